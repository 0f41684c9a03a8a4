/// Draws from a distribution over 0 ..< count at a cost that does not depend on the distribution
/// (Walker 1977), built in one sweep over the weights without a work list.
///
/// A 64-bit word w chooses the slot floor(w count / 2^64); what is left of the product decides
/// between the slot and its alias. A draw's probability is off by less than 2^-52 of a slot, and an
/// outcome of weight 0 is never drawn.
struct AliasTable: Sendable {
    struct Slot {
        var threshold: UInt64
        var alias: UInt32
    }

    private let slots: [Slot]

    /// - Parameter weights: Not negative, at least one above zero; they need not add up to 1.
    init(weights: [Double]) {
        slots = weights.withUnsafeBufferPointer { weights in
            Array(unsafeUninitializedCapacity: weights.count) { slots, count in
                AliasTable.build(weights, total: weights.reduce(0, +), into: slots)
                count = weights.count
            }
        }
    }

    func draw(_ word: UInt64) -> Int {
        slots.withUnsafeBufferPointer { Int(AliasTable.draw(word, from: $0)) }
    }

    /// The outcome that a word chooses.
    @inline(__always)
    static func draw(_ word: UInt64, from slots: UnsafeBufferPointer<Slot>) -> UInt32 {
        let product = word.multipliedFullWidth(by: UInt64(slots.count))
        let slot = slots[Int(product.high)]
        return product.low < slot.threshold ? UInt32(truncatingIfNeeded: product.high) : slot.alias
    }

    /// Fills `slots`, which may be uninitialised, from weights that add up to `total`.
    static func build(
        _ weights: UnsafeBufferPointer<Double>, total: Double,
        into slots: UnsafeMutableBufferPointer<Slot>
    ) {
        let count = weights.count
        precondition(
            total > 0, "a distribution over \(count) outcomes has weights that add up to \(total)")
        let scale = Double(count) / total
        func next(after index: Int, heavy: Bool) -> Int {
            var index = index + 1
            while index < count, (weights[index] * scale > 1) != heavy { index += 1 }
            return index
        }
        // A light slot is filled up by the heavy outcome in hand; a heavy one that has become light
        // is filled up by the next heavy one.
        var light = next(after: -1, heavy: false)
        var heavy = next(after: -1, heavy: true)
        guard heavy < count else {
            // All weights are equal.
            for index in 0..<count {
                slots[index] = Slot(threshold: .max, alias: UInt32(index))
            }
            return
        }
        var rest = weights[heavy] * scale
        while true {
            if rest > 1 {
                guard light < count else { break }
                let share = weights[light] * scale
                slots[light] = Slot(threshold: threshold(share), alias: UInt32(heavy))
                rest = (rest + share) - 1
                light = next(after: light, heavy: false)
            } else {
                let following = next(after: heavy, heavy: true)
                guard following < count else { break }
                slots[heavy] = Slot(threshold: threshold(rest), alias: UInt32(following))
                rest = (rest + weights[following] * scale) - 1
                heavy = following
            }
        }
        // What rounding leaves over is full, up to the last digits.
        slots[heavy] = Slot(threshold: .max, alias: UInt32(heavy))
        for index in (heavy + 1)..<max(count, heavy + 1) where weights[index] * scale > 1 {
            slots[index] = Slot(threshold: .max, alias: UInt32(index))
        }
        while light < count {
            slots[light] = Slot(
                threshold: weights[light] > 0 ? .max : 0, alias: UInt32(heavy))
            light = next(after: light, heavy: false)
        }
    }

    private static func threshold(_ share: Double) -> UInt64 {
        share >= 1 ? .max : UInt64(Int(max(share, 0) * 0x1p63)) << 1
    }
}
