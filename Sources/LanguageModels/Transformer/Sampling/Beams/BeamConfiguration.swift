import Compute

/// How beam search looks for a likely continuation; the words and defaults are those of
/// transformers.
package struct BeamConfiguration: Hashable, Sendable {
    /// When no better continuation is expected, so that the search ends.
    package enum EarlyStopping: String, CaseIterable, Sendable {
        /// The best unfinished continuation, scored at its present length, is worse than every
        /// finished one.
        case heuristic
        /// As many continuations have finished as there are beams.
        case whenFull = "when-full"
        /// As `heuristic`, but with a positive length penalty scored at the greatest length, where
        /// it can still get.
        case never
    }

    /// Continuations that are kept at each step.
    package var beams: Int
    /// A finished continuation of n tokens, its end included, has the score log p / n^penalty.
    package var lengthPenalty: Double
    /// When the search ends before the greatest length.
    package var earlyStopping: EarlyStopping

    package init(
        beams: Int = 5, lengthPenalty: Double = 1, earlyStopping: EarlyStopping = .heuristic
    ) {
        self.beams = beams
        self.lengthPenalty = lengthPenalty
        self.earlyStopping = earlyStopping
    }

    func validate() throws(TransformerError) {
        guard (1...1_024).contains(beams), lengthPenalty.isFinite, abs(lengthPenalty) <= 100 else {
            throw TransformerError(
                .configuration(
                    "sampling.beams is \(beams) and sampling.length-penalty \(lengthPenalty); choose "
                        + "1...1024 beams and a penalty within -100...100"))
        }
    }

    /// The score of a continuation.
    func score(_ logProbability: Double, length: Int) -> Double {
        logProbability / Elementary.power(Double(length), lengthPenalty)
    }
}
