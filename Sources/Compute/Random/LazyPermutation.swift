/// A uniformly random permutation of `0..<count`, drawn entry by entry (Fisher and Yates, from the
/// front): a caller that needs only the first entries draws no more than those.
package struct LazyPermutation: Sendable {
    private var indices: [UInt32]
    private var drawn = 0

    package init(count: Int) {
        precondition(count >= 0 && count <= UInt32.max, "a permutation of \(count) indices")
        indices = Array(0..<UInt32(count))
    }

    /// The next index, or nil after the last.
    package mutating func next(_ random: inout RandomStream) -> Int? {
        guard drawn < indices.count else { return nil }
        indices.swapAt(drawn, drawn + random.below(indices.count - drawn))
        drawn += 1
        return Int(indices[drawn - 1])
    }
}
