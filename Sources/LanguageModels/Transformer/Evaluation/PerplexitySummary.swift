import Compute

/// How well a model predicts documents: their tokens and their ends.
package struct PerplexitySummary: Sendable, Hashable, Codable {
    /// What was predicted: tokens and one end for each document.
    package var events: Int
    /// Documents scored; each has one end among the events.
    package var documents: Int
    /// The sum of the negative log-likelihoods.
    package var nats: Double

    /// The summary of scores that ``TransformerScorer`` gave.
    package init(scores: [Double], documents: Int) {
        events = scores.count
        self.documents = documents
        nats = scores.reduce(0, +)
    }

    /// The cross-entropy; 0 where nothing was predicted.
    package var natsPerToken: Double { events == 0 ? 0 : nats / Double(events) }
    /// The exponential of ``natsPerToken``.
    package var perplexity: Double { Elementary.exp(natsPerToken) }
}
