import Compute

/// What a model makes of some text: the figures that KenLM's `query` prints.
///
/// The events are the words of each sentence and its end. A word outside the vocabulary counts as
/// the unknown word.
package struct NGramTextScore: Sendable, Hashable, Codable {
    /// The sum of log10 p over all events but unknown words; negative infinity where one has no
    /// probability.
    package var knownLog10Probability: Double
    /// The same over unknown words.
    package var unknownLog10Probability: Double
    /// Events.
    package var tokens: Int
    /// Unknown words among them.
    package var unknownTokens: Int

    /// The score of no text, to which others are added.
    package static let zero = NGramTextScore(
        knownLog10Probability: 0, unknownLog10Probability: 0, tokens: 0, unknownTokens: 0)

    /// The sum of log10 p over all events.
    package var log10Probability: Double { knownLog10Probability + unknownLog10Probability }

    /// The cross-entropy: minus the mean of ln p over all events; NaN where there is none.
    package var natsPerToken: Double {
        tokens == 0 ? .nan : -log10Probability / Double(tokens) * 2.302_585_092_994_045_7
    }

    /// 10 to the mean of -log10 p over all events.
    package var perplexity: Double { Self.perplexity(log10Probability, tokens) }

    /// The same without the unknown words, whose probability is often a convention.
    package var perplexityWithoutUnknown: Double {
        Self.perplexity(knownLog10Probability, tokens - unknownTokens)
    }

    private static func perplexity(_ sum: Double, _ count: Int) -> Double {
        count == 0 ? .nan : Elementary.exp(-sum / Double(count) * 2.302_585_092_994_045_7)
    }

    /// Adds the log-probabilities and the counts of another text.
    package static func += (left: inout NGramTextScore, right: NGramTextScore) {
        left.knownLog10Probability += right.knownLog10Probability
        left.unknownLog10Probability += right.unknownLog10Probability
        left.tokens += right.tokens
        left.unknownTokens += right.unknownTokens
    }
}
