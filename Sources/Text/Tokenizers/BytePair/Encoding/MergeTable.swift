/// One merge: two neighbouring tokens become a third.
package struct TokenMerge: Sendable, Hashable {
    /// The id of the first token.
    package var left: UInt32
    /// The id of the token behind it.
    package var right: UInt32
    /// The id that stands for both.
    package var result: UInt32

    package init(left: UInt32, right: UInt32, result: UInt32) {
        self.left = left
        self.right = right
        self.result = result
    }
}

/// What a pair of neighbouring tokens becomes, and how early: a flat open-addressing hash.
struct MergeTable: Sendable {
    /// Rank in the upper half, resulting id in the lower, so that the smallest value merges first.
    typealias Value = UInt64

    /// The value of a pair that does not merge; above every real one.
    static let absent: Value = .max

    private struct Slot {
        /// The two ids, the left one in the upper half.
        var pair: UInt64
        var value: Value
    }

    private var slots: [Slot]
    private let shift: UInt64

    /// The merges ranked by position.
    init(_ merges: [TokenMerge]) {
        var bits: UInt64 = 6
        while 1 << bits < merges.count * 2 { bits += 1 }
        shift = 64 - bits
        slots = [Slot](repeating: Slot(pair: 0, value: Self.absent), count: 1 << Int(bits))
        for (rank, merge) in merges.enumerated() {
            let pair = UInt64(merge.left) << 32 | UInt64(merge.right)
            var slot = Self.home(pair, shift)
            while slots[slot].value != Self.absent { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Slot(pair: pair, value: UInt64(rank) << 32 | UInt64(merge.result))
        }
    }

    /// What `left` followed by `right` becomes; ``absent`` if they do not merge.
    @inline(__always)
    func value(_ left: UInt32, _ right: UInt32) -> Value {
        let pair = UInt64(left) << 32 | UInt64(right)
        var slot = Self.home(pair, shift)
        while true {
            let found = slots[slot]
            if found.pair == pair || found.value == Self.absent { return found.value }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
    }

    @inline(__always)
    private static func home(_ pair: UInt64, _ shift: UInt64) -> Int {
        Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }
}
