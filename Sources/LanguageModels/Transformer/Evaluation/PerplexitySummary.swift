import Compute
package import Text

/// How well a model predicts documents: their tokens and their ends.
package struct PerplexitySummary: Sendable, Hashable, Codable {
    /// What was predicted: tokens, and one end for each document that was not cut.
    package var events: Int
    /// Documents scored.
    package var documents: Int
    /// The sum of the negative log-likelihoods.
    package var nats: Double

    /// The summary of the scores that ``TransformerScorer`` gave some documents.
    package init(scores: [Double], of dataset: TokenDataset) {
        let scores = dataset.events(of: scores)
        events = scores.count
        documents = dataset.documentCount
        nats = scores.reduce(0, +)
    }

    /// The cross-entropy; 0 where nothing was predicted.
    package var natsPerToken: Double { events == 0 ? 0 : nats / Double(events) }
    /// The exponential of ``natsPerToken``.
    package var perplexity: Double { Elementary.exp(natsPerToken) }
}
