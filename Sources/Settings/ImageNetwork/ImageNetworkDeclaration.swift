package import Collapse
import Support

extension ImageNetworkSetting {
    /// The setting `image-network`, with the evaluation `held-out`; sizes count images.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "image-network",
            summary:
                "A two-layer network on real images of digits, part of whose labels another network "
                + "gave (Strong Model Collapse's neural experiment).",
            version: 2, sizeUnit: "images", keys: keys,
            evaluations: [.init("held-out", version: 1)],
            metrics: Metric.all,
            headline: Metric.testError,
            definitions: DefinitionRule.risk(Metric.testError, margin: 0.01, catastrophic: 0.25),
            panels: Metric.panels,
            recordUnit: .generation,
            example: .init(size: 200))
    }

    static let heldOut = Key(
        "held-out", .integer(1...1_000_000), default: 300,
        help: "Real images that only measure, other ones for each seed.")
    static let width = Key(
        "width", .integer(1...100_000), default: 64, help: "m, the number of hidden units.")
    static let labellerSize = Key(
        "labeller-size", .integer(1...1_000_000), default: 100,
        help:
            "The real images that the generator, the base model, learned from: the fewer, the "
            + "worse its labels. They are no part of the learner's data.")
    static let generatorWidth = Key<Int?>(
        "generator-width", .optional(.integer(1...100_000)), default: .some(nil),
        help: "The generator's hidden units; null for those of the learner.")
    static let loss = Key<NetworkLoss>(
        "loss", .choice, default: .crossEntropy,
        help: "cross-entropy of a softmax, or half the squared distance from the label's "
            + "unit vector.")
    static let optimizer = Key<NetworkTraining.Optimizer>(
        "optimizer", .choice, default: .adam, help: "adam, or sgd without momentum.")
    static let learningRate = Key(
        "learning-rate", .number(1e-9...1e3), default: 0.002,
        help: "The step of the optimizer, the same in all updates.")
    static let batch = Key(
        "batch", .integer(1...100_000), default: 32, help: "Images in one update.")
    static let epochs = Key(
        "epochs", .integer(1...100_000), default: 30,
        help: "How often training meets each image.")

    @KeyList private static var keys: [KeyDeclaration] {
        Images.key
        heldOut
        width
        labellerSize
        generatorWidth
        loss
        optimizer
        learningRate
        batch
        epochs
    }
}
