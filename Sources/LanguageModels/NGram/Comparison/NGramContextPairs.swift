/// The contexts of events under two models, each pair of them once, in groups that end in the same
/// token.
struct NGramContextPairs {
    struct Pair {
        var first: UInt32
        var second: UInt32
        /// The last token of both.
        var token: UInt32
    }

    private(set) var pairs: [Pair] = []
    /// Which pairs end in one token.
    private(set) var groups: [Range<Int>] = []
    private(set) var pairOfEvent: [UInt32]

    init(_ first: [UInt32], _ second: [UInt32], lastTokens: [UInt32]) {
        pairOfEvent = Array(repeating: 0, count: first.count)
        func key(_ event: Int) -> (UInt32, UInt32, UInt32) {
            (lastTokens[event], first[event], second[event])
        }
        let order = first.indices.sorted { key($0) < key($1) }
        for event in order {
            let (token, first, second) = key(event)
            if let last = pairs.last, last.token == token {
                if last.first != first || last.second != second {
                    pairs.append(Pair(first: first, second: second, token: token))
                    groups[groups.count - 1] = groups[groups.count - 1].lowerBound..<pairs.count
                }
            } else {
                pairs.append(Pair(first: first, second: second, token: token))
                groups.append(pairs.count - 1..<pairs.count)
            }
            pairOfEvent[event] = UInt32(truncatingIfNeeded: pairs.count - 1)
        }
    }
}
