package import Collapse
import Support

extension MultiviewSetting {
    /// The setting `multiview`; sizes count rows, and generations are checkpoints of training.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "multiview",
            summary:
                "Encoders of several views that training makes correlate (deep CCA), with or without "
                + "noise regularisation. Generations are checkpoints: 0 is before training, each later "
                + "one some epochs on. Nothing is sampled.",
            version: 1, sizeUnit: "rows", keys: keys,
            evaluations: [.init("representations", version: 1)],
            metrics: Metric.all, headline: Metric.score,
            definitions: DefinitionRule.risk(
                Metric.score, largerIsWorse: false, margin: 0.01, catastrophic: 0.25) + [
                    DefinitionRule(
                        .variance, Metric.effectiveRank, largerIsWorse: false, isRatio: true,
                        margin: 0.05, improves: false)
                ], panels: Metric.panels,
            recordUnit: .generation,
            example: .init(
                common: [
                    .init(ArmKeys.startFrom.name, .text("previous")),
                    .init(ArmKeys.optimizerState.name, .text("carry-over")),
                    .init(ArmKeys.workflow.name, .text(Mixture.name)),
                    .init(Mixture.realFraction.name, .integer(1)),
                    .init(Mixture.realData.name, .text("kept")),
                ],
                arms: [
                    ("dcca", [.init(alpha.name, .integer(0))]),
                    ("nr-dcca", [.init(alpha.name, .integer(10))]),
                ]))
    }

    private static let fitted = HashScope.only([.fit], because: "later stages are named by the fit")
    private static let fittedAndMeasured = HashScope.only(
        [.fit, .evaluate], because: "the data of a seed do not depend on it")

    static let data = Key<ViewData>(
        "data", .tagged, filledFrom: ViewData.defaultValue,
        hashed: .only([.seedData], because: "every stage is named by its data too"),
        help: "The views.")
    static let testRows = Key(
        "test-rows", .integer(4...1_000_000), default: 1_000,
        hashed: .only([.seedData], because: "every stage is named by its data too"),
        help: "Rows that only measure, other ones for each seed.")
    static let folds = Key(
        "folds", .integer(2...100), default: 5,
        hashed: .only([.evaluate], because: "it only measures"),
        help: "Folds of the test rows' cross-validation.")
    static let hiddenLayers = Key(
        "hidden-layers", .integer(0...16), default: 2, hashed: fitted,
        help: "Hidden layers of each encoder; 0 for linear ones.")
    static let width = Key(
        "width", .integer(1...65_536), default: 256, hashed: fitted,
        help: "Units of each hidden layer (ReLU).")
    static let outputWidth = Key<Int?>(
        "output-width", .optional(.integer(1...4_096)), default: .some(nil), hashed: fitted,
        help:
            "m, columns of each representation; null for those of its view. The noise gap compares "
            + "like with like at null only.")
    static let ridge = Key(
        "ridge", .number(0...1e3), default: 1e-3, hashed: fittedAndMeasured,
        help: "r, added to the diagonal of every covariance that a correlation is computed from.")
    static let alpha = Key(
        "alpha", .number(0...1e6), default: 0, hashed: fitted,
        help: "The weight of the noise regularisation; 0 is deep CCA.")
    static let noise = Key<NoiseDistribution>(
        "noise-distribution", .choice, default: .normal, hashed: fittedAndMeasured,
        help: "How the noise of the regularisation and of the noise gap is drawn, with variance 1.")
    static let learningRate = Key(
        "learning-rate", .number(1e-9...10), default: 1e-3, hashed: fitted,
        help: "Adam's rate, the same in all steps.")
    static let epochs = Key(
        "epochs", .integer(1...1_000_000), default: 25, hashed: fitted,
        help: "Epochs from one generation to the next, each a step on all rows.")

    @KeyList private static var keys: [KeyDeclaration] {
        data
        testRows
        folds
        hiddenLayers
        width
        outputWidth
        ridge
        alpha
        noise
        learningRate
        epochs
    }
}
