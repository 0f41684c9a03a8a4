/// How far a model q lies from a model p in what they say about the next token, in nats; a mean
/// over contexts.
package struct NGramDivergence: Sendable, Hashable, Codable {
    /// H(p) = - sum p log p.
    package var entropy: Double
    /// H(p, q) = - sum p log q; infinite where q excludes what p does not.
    package var crossEntropy: Double
    /// Half the sum of |p - q|, from 0 to 1.
    package var totalVariation: Double

    /// KL(p || q) = H(p, q) - H(p).
    package var relativeEntropy: Double { crossEntropy - entropy }

    static let zero = NGramDivergence(entropy: 0, crossEntropy: 0, totalVariation: 0)

    static func mean(_ divergences: some Collection<NGramDivergence>) -> NGramDivergence {
        var sum = zero
        for divergence in divergences {
            sum.entropy += divergence.entropy
            sum.crossEntropy += divergence.crossEntropy
            sum.totalVariation += divergence.totalVariation
        }
        let count = Double(divergences.count)
        return NGramDivergence(
            entropy: sum.entropy / count, crossEntropy: sum.crossEntropy / count,
            totalVariation: sum.totalVariation / count)
    }
}

/// Two models compared over the contexts of a data set.
package struct NGramComparison: Sendable, Hashable {
    /// Of each event's context: for each document its tokens', then its end's.
    package let events: [NGramDivergence]
    /// Where each document's events lie; `documentCount + 1` entries.
    package let offsets: [Int]

    /// The mean over all events.
    package var mean: NGramDivergence { .mean(events) }

    /// The mean over the events of one document.
    package func mean(ofDocument index: Int) -> NGramDivergence {
        .mean(events[offsets[index]..<offsets[index + 1]])
    }
}
