/// A uniformly random permutation of `0..<count`, drawn place by place (Fisher and Yates, from the front): who needs only
/// the first places draws no more than those.
package struct LazyPermutation: Sendable {
    private var places: [UInt32]
    private var drawn = 0

    package init(count: Int) {
        precondition(count >= 0 && count <= UInt32.max, "a permutation of \(count) places")
        places = Array(0..<UInt32(count))
    }

    /// The next place, or nil after the last.
    package mutating func next(_ random: inout RandomStream) -> Int? {
        guard drawn < places.count else { return nil }
        places.swapAt(drawn, drawn + random.below(places.count - drawn))
        drawn += 1
        return Int(places[drawn - 1])
    }
}
