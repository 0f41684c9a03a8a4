package import Collapse
import Support

extension ImageNetworkSetting {
    enum Metric {
        static let testError = "image.test_error"
        static let testLoss = "image.test_loss"
        static let generatorError = "image.generator_error"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "image-network",
            summary:
                "A two-layer network on real images of digits, part of whose labels another network "
                + "gave (Strong Model Collapse's neural experiment).",
            version: 1, sizeUnit: "images", keys: keys,
            evaluations: [.init("held-out", version: 1)],
            metrics: [
                MetricDeclaration(
                    Metric.testError, title: "test error", direction: .lowerIsBetter,
                    help: "The share of held-out real images whose class is not their label."),
                MetricDeclaration(
                    Metric.testLoss, title: "test loss", direction: .lowerIsBetter,
                    help: "The mean loss of held-out real images, of the kind that training uses."),
                MetricDeclaration(
                    Metric.generatorError, title: "generator's error", direction: .lowerIsBetter,
                    help: "The test error of the base model: how often synthetic labels are wrong."),
            ],
            headline: Metric.testError,
            panels: [
                PanelDeclaration(section: "Error", title: "Test loss", metrics: [Metric.testLoss]),
                PanelDeclaration(
                    section: "Trade-off", title: "Test error against the generator's error",
                    metrics: [Metric.testError], against: Metric.generatorError),
            ],
            recordUnit: .generation)
    }

    private static var keys: [KeyDeclaration] {
        [
            KeyDeclaration(
                "images", .choice(["digits", "mnist-5k"]), default: .text("digits"),
                hashed: .never(because: "the images themselves are hashed"),
                help: "The set: 1,797 digits of 8 x 8 pixels, or 5,000 of MNIST's of 28 x 28."),
            KeyDeclaration(
                "held-out", .integer(1...1_000_000), default: .integer(300),
                help: "Real images that only measure, other ones for each seed."),
            KeyDeclaration(
                "width", .integer(1...100_000), default: .integer(64),
                help: "m, the number of hidden units."),
            KeyDeclaration(
                "generator-size", .integer(1...1_000_000), default: .integer(100),
                help:
                    "The real images that the generator, the base model, learned from: the fewer, the "
                    + "worse its labels. They are no part of the learner's data."),
            KeyDeclaration(
                "generator-width", .optional(.integer(1...100_000)), default: .null,
                help: "The generator's hidden units; null for those of the learner."),
            KeyDeclaration(
                "loss", .choice(NetworkLoss.allCases.map(\.rawValue)),
                default: .text(NetworkLoss.crossEntropy.rawValue),
                help: "cross-entropy of a softmax, or half the squared distance from the label's "
                    + "unit vector."),
            KeyDeclaration(
                "optimizer", .choice(NetworkTraining.Optimizer.allCases.map(\.rawValue)),
                default: .text(NetworkTraining.Optimizer.adam.rawValue),
                help: "adam, or sgd without momentum."),
            KeyDeclaration(
                "learning-rate", .number(1e-9...1e3), default: .number(0.002),
                help: "The step of the optimizer, the same in all updates."),
            KeyDeclaration(
                "batch", .integer(1...100_000), default: .integer(32),
                help: "Images in one update."),
            KeyDeclaration(
                "epochs", .integer(1...100_000), default: .integer(30),
                help: "How often training meets each image."),
        ]
    }
}
