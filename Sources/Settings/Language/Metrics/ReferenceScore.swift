import Collapse
import Compute

/// How likely the samples are under generation 0's model.
struct ReferenceScore {
    static let evaluation = SettingDeclaration.Evaluation("reference", version: 1)

    static let natsPerToken = MetricDeclaration(
        "samples.reference_nats_per_token", title: "cross-entropy under generation 0",
        unit: "nats/token", direction: .neither,
        help: "Cross-entropy of the samples under generation 0's model.")
    static let perplexity = MetricDeclaration(
        "samples.reference_perplexity", title: "perplexity under generation 0",
        unit: "per token", direction: .neither,
        help: "exp of samples.reference_nats_per_token: generated text becomes likelier "
            + "as diversity falls.")

    static let metrics = [natsPerToken, perplexity]

    static let panels = [
        PanelDeclaration(
            section: "Samples under generation 0",
            title: "Perplexity of the samples under generation 0's model", metrics: [perplexity])
    ]

    /// Negative log-likelihoods in nats: for each document its tokens, then its end.
    let nats: [Double]

    var metrics: [MetricValue] {
        let crossEntropy = nats.reduce(0, +) / Double(nats.count)
        return [
            Self.natsPerToken.value(crossEntropy),
            Self.perplexity.value(Elementary.exp(crossEntropy)),
        ]
    }
}
