import Compute
package import Support

/// Keeps the likeliest k tokens (Fan et al. 2018), and those as likely as the last of them.
package struct TopK: SamplingStage {
    package static let key = Key<Int?>(
        "top-k", .optional(.integer(1...10_000_000)), default: .some(nil),
        help: "Keep only the k likeliest tokens.")
    package static let phase = SamplingPhase.truncation

    /// nil for all.
    package let k: Int?

    package init(_ k: Int?) { self.k = k }

    package var problem: String? {
        k.flatMap { $0 < 1 ? "\($0); it must be at least 1" : nil }
    }

    package var isActive: Bool { k != nil }

    package func apply(to row: LogitsRow) {
        guard let k, k < row.count else { return }
        let ranking = row.scratch.ranking
        ranking.keys.base.update(from: row.logits, count: row.count)
        ranking.begin()
        var last = 0
        for _ in 0..<k { last = ranking.next() ?? last }
        let (logits, least) = (row.logits, row.logits[last])
        row.keep { logits[$0] >= least }
    }
}
