package import Collapse
import Support

extension VerificationSetting {
    /// The setting `verification`, with the evaluation `accuracy`; sizes count examples.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "verification",
            summary:
                "Linear classification with labels of which a share is wrong, and a verifier that "
                + "keeps some (Feng et al. 2025).",
            version: 1, sizeUnit: "examples",
            keys: keys,
            evaluations: [.init("accuracy", version: 2)],
            metrics: Metric.all,
            headline: Metric.accuracy,
            definitions: DefinitionRule.risk(
                Metric.accuracy, largerIsWorse: false, margin: 0.01, catastrophic: 0.25),
            panels: Metric.panels,
            recordUnit: .chains(seeds: 4))
    }

    static let dimension = Key(
        "dimension", .integer(1...10_000), default: 20,
        help: "Coordinates of an input, which is standard normal.")
    static let labelError = Key(
        "label-error", .number(0...1),
        help:
            "p, the share of wrong labels of the given labeller: the base model, which "
            + "labels with sample-from: base.")
    static let learner = Key<Learner>(
        "learner", .choice, default: .leastSquares,
        help: "least-squares on labels of -1 and 1, or logistic regression.")

    @KeyList private static var keys: [KeyDeclaration] {
        dimension
        labelError
        learner
    }
}
