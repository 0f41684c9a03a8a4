/// What a model says of one event of a text.
package struct EventPrediction: Sendable, Hashable, BitwiseCopyable {
    /// The event's negative log-likelihood.
    package var nats: Double
    /// The probability of the most probable token.
    package var confidence: Double
    /// Whether that token is the event.
    package var isRight: Bool

    package init(nats: Double, confidence: Double, isRight: Bool) {
        self.nats = nats
        self.confidence = confidence
        self.isRight = isRight
    }
}
