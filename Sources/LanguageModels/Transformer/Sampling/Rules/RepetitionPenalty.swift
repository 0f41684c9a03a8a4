package import Support

/// Makes tokens that have occurred less likely (Keskar et al. 2019, CTRL): divides their logits
/// where positive and multiplies them where negative. Prompt and boundary count as occurred, as in
/// transformers.
package struct RepetitionPenalty: SamplingStage {
    package static let key = Key(
        "repetition-penalty", .number(1e-3...1e3), default: 1,
        help: "Divides positive logits of tokens that have occurred and multiplies negative ones; "
            + "1 does nothing.")
    package static let phase = SamplingPhase.scores

    /// The factor, above 0; 1 changes nothing.
    package let penalty: Double

    package init(_ penalty: Double) { self.penalty = penalty }

    package var problem: String? {
        penalty > 0 && penalty.isFinite ? nil : "\(penalty); it must lie above 0"
    }

    package var isActive: Bool { penalty != 1 }

    package func apply(to row: LogitsRow) {
        let (logits, penalty) = (row.logits, Float(self.penalty))
        row.scratch.forEachDistinct(row.history) { token in
            let score = logits[token]
            logits[token] = score < 0 ? score * penalty : score / penalty
        }
    }
}
