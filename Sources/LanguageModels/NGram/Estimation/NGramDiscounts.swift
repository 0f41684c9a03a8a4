/// The absolute discounts of one order of a modified Kneser-Ney model.
package struct NGramDiscounts: Sendable, Hashable, Codable {
    /// Taken from n-grams with count 1, 2, and 3 or more.
    package var one: Double
    package var two: Double
    package var threeOrMore: Double
    /// Whether the counts of counts did not determine them.
    package var isFallback: Bool

    package init(one: Double, two: Double, threeOrMore: Double, isFallback: Bool) {
        self.one = one
        self.two = two
        self.threeOrMore = threeOrMore
        self.isFallback = isFallback
    }

    /// What stands in where the counts of counts give no discount D_k with 0 <= D_k <= k.
    package static let fallback = NGramDiscounts(
        one: 0.5, two: 1, threeOrMore: 1.5, isFallback: true)

    /// Chen and Goodman 1998, equation 26: Y = n1 / (n1 + 2 n2), D_k = k - (k + 1) Y n_{k+1} / n_k.
    ///
    /// - Parameter countsOfCounts: n1, n2, n3, n4: how many n-grams have that adjusted count.
    package init(countsOfCounts: [Int]) {
        precondition(countsOfCounts.count == 4, "\(countsOfCounts.count) counts of counts")
        self = .fallback
        guard countsOfCounts[..<3].allSatisfy({ $0 > 0 }) else { return }
        let frequencies = countsOfCounts.map { Double($0) }
        let y = frequencies[0] / (frequencies[0] + 2 * frequencies[1])
        let discounts = (1...3).map { (k: Int) -> Double in
            let ratio = frequencies[k] / frequencies[k - 1]
            return Double(k) - Double(k + 1) * y * ratio
        }
        guard zip(1...3, discounts).allSatisfy({ $1 >= 0 && $1 <= Double($0) }) else { return }
        self.init(
            one: discounts[0], two: discounts[1], threeOrMore: discounts[2], isFallback: false)
    }

    /// The discount of a whole count.
    subscript(count: Double) -> Double {
        if count >= 3 { return threeOrMore }
        if count == 0 { return 0 }
        return count == 1 ? one : two
    }
}

/// Where `lmplz` departs from the definition: its pass over the n-grams, sorted by last token first and numbered by
/// first appearance, enters the last one of each lower order with its raw count.
struct NGramLmplzStatistics {
    /// The last n-gram of order 1, 2, ... and its raw count, as far as there are such.
    private(set) var last: [(tokens: [UInt32], rawCount: Double)] = []

    init(_ corpus: NGramCorpus, order: Int) {
        let stream = corpus.stream
        // `<unk>`, `<s>` and `</s>` come first; as an event the boundary is `</s>`, as context `<s>`.
        var ranks = Array(repeating: 0, count: corpus.vocabularyCount)
        ranks[Int(corpus.boundary)] = 2
        var nextRank = 3
        var greatest = corpus.boundary
        for token in stream where ranks[Int(token)] == 0 {
            ranks[Int(token)] = nextRank
            nextRank += 1
            greatest = token
        }
        ranks[Int(corpus.boundary)] = 1
        var ends = stream.indices.dropFirst().filter { stream[$0] == greatest }
        for length in 1..<max(order, 1) {
            guard let end = ends.first else { return }
            let begin = end - length + 1
            last.append(
                (
                    Array(stream[begin...end]),
                    corpus.weights.isEmpty
                        ? Double(ends.count) : ends.reduce(0) { $0 + corpus.weights[$1] }
                ))
            if length > 1, stream[begin] == corpus.boundary { return }
            let best = ends.map { ranks[Int(stream[$0 - length])] }.max()
            ends = ends.filter { ranks[Int(stream[$0 - length])] == best }
        }
    }

    /// Counts of counts as `lmplz` has them.
    func corrected(_ countsOfCounts: [Int], length: Int, counts: NGramCounts) -> [Int] {
        guard length <= last.count else { return countsOfCounts }
        var corrected = countsOfCounts
        var node = 0
        for token in last[length - 1].tokens {
            guard let next = counts.trie.successor(of: node, token: token) else {
                return countsOfCounts
            }
            node = next
        }
        let (adjusted, raw) = (counts.column[node], last[length - 1].rawCount)
        if adjusted >= 1, adjusted <= 4 { corrected[Int(adjusted) - 1] -= 1 }
        if raw >= 1, raw <= 4 { corrected[Int(raw) - 1] += 1 }
        return corrected
    }
}
