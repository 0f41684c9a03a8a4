import Compute
package import Support

/// Keeps the fewest likeliest tokens that hold a share p of the probability (Holtzman et al. 2020);
/// of equally likely tokens those of smaller ids.
package struct TopP: SamplingStage {
    package static let key = Key<Double?>(
        "top-p", .optional(.number(1e-6...1)), default: .some(nil),
        help: "Keep the smallest set of likeliest tokens with this much probability.")
    package static let phase = SamplingPhase.truncation

    /// nil for all.
    package let p: Double?

    package init(_ p: Double?) { self.p = p }

    package var problem: String? { Self.problem(ofShare: p) }
    package var isActive: Bool { p.map { $0 < 1 } ?? false }

    package func apply(to row: LogitsRow) {
        guard let p else { return }
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
