/// Divides the logits: below 1 likely tokens become likelier still.
struct Temperature: SamplingStage {
    private let temperature: Float

    init?(_ rule: SamplingRule) {
        if rule.temperature == 1 { return nil }
        temperature = Float(rule.temperature)
    }

    func apply(to row: LogitsRow) {
        for token in 0..<row.count { row.logits[token] /= temperature }
    }
}
