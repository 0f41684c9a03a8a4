import Compute

/// Keeps tokens at least p times as likely as the likeliest (Nguyen et al. 2024).
struct MinP: SamplingStage {
    private let logarithm: Float

    init?(_ rule: SamplingRule) {
        guard let p = rule.minP else { return nil }
        logarithm = Float(Elementary.log(p))
    }

    func apply(to row: LogitsRow) {
        let (logits, least) = (row.logits, row.top + logarithm)
        row.keep { logits[$0] >= least }
    }
}
