/// The draws that belong to a ``RandomKey``, in order.
///
/// A value type: copying it copies the position.
public struct RandomStream: RandomNumberGenerator, Sendable {
    private let key: SIMD2<UInt32>
    private var counter: SIMD4<UInt32>
    private var words = SIMD4<UInt32>.zero
    private var used = 4

    public init(_ key: RandomKey) {
        (self.key, counter) = key.philox
    }

    /// The next 32 bits.
    public mutating func nextWord() -> UInt32 {
        if used == 4 {
            words = Philox.block(counter: counter, key: key)
            counter.x &+= 1
            used = 0
        }
        defer { used += 1 }
        return words[used]
    }

    /// The next 64 bits: two words, the lower half first.
    public mutating func next() -> UInt64 {
        let low = UInt64(nextWord())
        return UInt64(nextWord()) << 32 | low
    }

    /// A multiple of 2^-53, uniform in [0, 1).
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number, uniform in `0..<bound`, without bias (Lemire 2019, with rejection).
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "no whole number lies in 0..<\(bound)")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold {
                product = next().multipliedFullWidth(by: bound)
            }
        }
        return Int(product.high)
    }

    /// A standard normal draw: one uniform draw through the inverse distribution function, so that
    /// the k-th normal of a stream depends on its k-th uniform alone.
    public mutating func normal() -> Double {
        // The half step keeps 0 and 1, where the quantile is infinite, out of reach.
        let uniform = (Double(next() >> 12) + 0.5) * 0x1p-52
        return SpecialFunctions.normalQuantile(uniform)
    }
}

extension RandomStream {
    /// A uniformly random permutation of `0..<count` (Fisher-Yates).
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        shuffle(&order)
        return order
    }

    /// Shuffles in place (Fisher-Yates, from the end).
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, below(last + 1))
        }
    }
}
