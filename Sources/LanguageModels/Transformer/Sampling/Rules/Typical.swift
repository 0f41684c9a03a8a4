import Compute
package import Support

/// Keeps the tokens whose surprise -log p is nearest to the distribution's entropy, the fewest that
/// hold a share of the probability, and those as near as the last of them (Meister et al. 2023).
package struct Typical: SamplingStage {
    package static let key = Key<Double?>(
        "typical", .optional(.number(1e-6...1)), default: .some(nil),
        help:
            "Keep the tokens whose surprise is nearest to the entropy, with this much probability.")
    package static let phase = SamplingPhase.truncation

    /// nil for all.
    package let share: Double?

    package init(_ share: Double?) { self.share = share }

    package var problem: String? { Self.problem(ofShare: share) }
    package var isActive: Bool { share.map { $0 < 1 } ?? false }

    package func apply(to row: LogitsRow) {
        guard let share else { return }
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
