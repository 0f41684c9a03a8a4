/// Consecutive tokens put together so that each part has about the same work.
struct NGramPartition {
    /// Part i holds tokens `bounds[i] ..< bounds[i + 1]`.
    private(set) var bounds: [Int] = [0]

    /// - Parameters:
    ///   - work: The work of each token.
    ///   - most: What a part may have at most, unless it is a single token.
    init(of work: [Int], atMost most: Int) {
        var sum = 0
        for (token, amount) in work.enumerated() {
            if sum > 0, sum + amount > most {
                bounds.append(token)
                sum = 0
            }
            sum += amount
        }
        bounds.append(work.count)
    }

    var count: Int { bounds.count - 1 }

    subscript(part: Int) -> Range<Int> { bounds[part]..<bounds[part + 1] }

    /// The part of each token.
    var parts: [UInt32] {
        (0..<count).flatMap { Array(repeating: UInt32($0), count: self[$0].count) }
    }
}
