import Compute
package import Support

/// Keeps tokens at least p times as likely as the likeliest (Nguyen et al. 2024).
package struct MinP: SamplingStage {
    package static let key = Key<Double?>(
        "min-p", .optional(.number(1e-9...1)), default: .some(nil),
        help: "Keep tokens at least so many times as likely as the likeliest.")
    package static let phase = SamplingPhase.truncation

    /// nil for all.
    package let p: Double?

    package init(_ p: Double?) { self.p = p }

    package var problem: String? { Self.problem(ofShare: p) }
    package var isActive: Bool { p != nil }

    package func apply(to row: LogitsRow) {
        guard let p else { return }
        let (logits, least) = (row.logits, row.top + Float(Elementary.log(p)))
        row.keep { logits[$0] >= least }
    }
}
