import Compute

/// Keeps the likeliest k tokens (Fan et al. 2018), and those as likely as the last of them.
struct TopK: SamplingStage {
    private let k: Int

    init?(_ rule: SamplingRule) {
        guard let k = rule.topK else { return nil }
        self.k = k
    }

    func apply(to row: LogitsRow) {
        guard k < row.count else { return }
        let ranking = row.scratch.ranking
        ranking.keys.base.update(from: row.logits, count: row.count)
        ranking.begin()
        var last = 0
        for _ in 0..<k { last = ranking.next() ?? last }
        let (logits, least) = (row.logits, row.logits[last])
        row.keep { logits[$0] >= least }
    }
}
