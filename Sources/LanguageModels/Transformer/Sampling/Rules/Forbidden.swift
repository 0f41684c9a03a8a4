/// Takes some tokens out.
struct Forbidden: SamplingStage {
    private let tokens: [UInt32]

    init?(_ rule: SamplingRule) {
        if rule.forbidden.isEmpty { return nil }
        tokens = rule.forbidden
    }

    func apply(to row: LogitsRow) {
        for token in tokens { row.logits[Int(token)] = -.infinity }
    }
}
