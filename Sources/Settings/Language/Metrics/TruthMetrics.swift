import Collapse
import Compute

/// What is known exactly where a model plays the real world.
enum TruthMetrics {
    /// A score of the truth itself on the held-out text, beside that of a generation.
    static let natsPerToken = ofTruth(
        "heldout.nats_per_token_truth", title: "cross-entropy of the truth itself",
        unit: "nats/token",
        help: "heldout.nats_per_token of the model that plays the real world, on the same text: in "
            + "expectation no model has less.")
    static let perplexity = ofTruth(
        "heldout.perplexity_truth", title: "perplexity of the truth itself", unit: "per token",
        help: "exp of heldout.nats_per_token_truth.")
    static let bitsPerByte = ofTruth(
        "heldout.bits_per_byte_truth", title: "bits per byte of the truth itself",
        unit: "bits/byte",
        help: "heldout.bits_per_byte of the model that plays the real world.")

    /// How far next-token distributions lie from those that real text has.
    static let distance = NextTokenDistributions.Distance(
        "truth", from: "the truth", reading: "all of the document so far", real: nil)

    static let metrics = [natsPerToken, perplexity, bitsPerByte] + distance.metrics

    static let panel = PanelDeclaration(
        section: "Next token", title: "Distance from the truth", metrics: distance.metrics)

    private static func ofTruth(
        _ name: String, title: String, unit: String, help: String
    ) -> MetricDeclaration {
        MetricDeclaration(name, title: title, unit: unit, direction: .neither, help: help)
    }

    /// The scores of the truth on held-out text.
    static func values(_ score: HeldOutScore) -> [MetricValue] {
        let total = score.total
        return [
            natsPerToken.value(total.natsPerEvent),
            perplexity.value(Elementary.exp(total.natsPerEvent)),
        ] + (total.bitsPerByte.map { [bitsPerByte.value($0)] } ?? [])
    }
}
