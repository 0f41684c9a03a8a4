/// Makes tokens that have occurred less likely (Keskar et al. 2019, CTRL): divides their logits where positive and multiplies them
/// where negative. Prompt and boundary count as occurred, as in transformers.
struct RepetitionPenalty: SamplingStage {
    private let penalty: Float

    init?(_ rule: SamplingRule) {
        if rule.repetitionPenalty == 1 { return nil }
        penalty = Float(rule.repetitionPenalty)
    }

    func apply(to row: LogitsRow) {
        let (logits, penalty) = (row.logits, self.penalty)
        row.scratch.forEachDistinct(row.history) { token in
            let score = logits[token]
            logits[token] = score < 0 ? score * penalty : score / penalty
        }
    }
}
