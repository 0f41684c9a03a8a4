import Compute

/// Keeps the fewest likeliest tokens that hold a share p of the probability (Holtzman et al. 2020); of equally likely tokens those
/// of smaller ids.
struct TopP: SamplingStage {
    private let p: Double

    init?(_ rule: SamplingRule) {
        guard let p = rule.topP, p < 1 else { return nil }
        self.p = p
    }

    func apply(to row: LogitsRow) {
        let mass = p * row.weigh()
        let (weights, ranking) = (row.scratch.weights.base, row.scratch.ranking)
        ranking.keys.base.update(from: weights, count: row.count)
        ranking.begin()
        var held = 0.0
        while held < mass, let token = ranking.next() { held += Double(weights[token]) }
        let logits = row.logits
        ranking.forEachRemaining { logits[$0] = -.infinity }
    }
}
