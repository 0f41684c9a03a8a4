import Compute

/// Keeps the tokens whose surprise -log p is nearest to the distribution's entropy, the fewest that hold a share of the
/// probability, and those as near as the last of them (Meister et al. 2023).
struct Typical: SamplingStage {
    private let share: Double

    init?(_ rule: SamplingRule) {
        guard let share = rule.typical, share < 1 else { return nil }
        self.share = share
    }

    func apply(to row: LogitsRow) {
        let sum = row.weigh()
        let (logits, top, logarithm) = (row.logits, row.top, Elementary.log(sum))
        let (weights, ranking) = (row.scratch.weights.base, row.scratch.ranking)
        // With y = logit - top the surprise is log(sum) - y, and the entropy the mean of that.
        var mean = 0.0
        for token in 0..<row.count where weights[token] > 0 {
            mean += Double(weights[token]) * Double(logits[token] - top)
        }
        let entropy = logarithm - mean / sum
        for token in 0..<row.count {
            let surprise = logarithm - Double(logits[token] - top)
            ranking.keys.base[token] = -Float(abs(surprise - entropy))
        }
        ranking.begin()
        var held = 0.0
        var last = 0
        while held < share * sum, let token = ranking.next() {
            held += Double(weights[token])
            last = token
        }
        let (keys, least) = (ranking.keys.base, ranking.keys.base[last])
        row.keep { keys[$0] >= least }
    }
}
