/// When a fit ends before its last step: once the loss on validation documents has stopped falling.
/// The result is then the model with the least validation loss, whether the fit was stopped or came
/// to its end.
package struct EarlyStopping: Hashable, Sendable {
    /// Steps between validations; one more is made after the last step.
    package var interval: Int
    /// Validations without improvement after which the fit ends.
    package var patience: Int
    /// By how much the loss must fall below the least so far to count as an improvement, in nats
    /// per token.
    package var minimumImprovement: Double

    package init(interval: Int, patience: Int, minimumImprovement: Double = 0) {
        self.interval = interval
        self.patience = patience
        self.minimumImprovement = minimumImprovement
    }

    /// The validations made so far.
    struct Progress: Hashable, Codable {
        /// In nats per token; nil before the first validation.
        var leastNats: Double?
        var leastStep = 0
        /// Validations since the least.
        var failures = 0
    }

    /// Takes in a validation.
    ///
    /// - Returns: Whether it is the best so far.
    func note(_ nats: Double, at step: Int, in progress: inout Progress) -> Bool {
        if let least = progress.leastNats, !(nats < least - minimumImprovement) {
            progress.failures += 1
            return false
        }
        progress = Progress(leastNats: nats, leastStep: step)
        return true
    }

    func hasEnded(_ progress: Progress) -> Bool { progress.failures >= patience }
}
