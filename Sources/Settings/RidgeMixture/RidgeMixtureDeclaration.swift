package import Collapse
import Support

extension RidgeMixtureSetting {
    /// The setting `ridge-mixture`, with the evaluation `error`; sizes count points.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "ridge-mixture",
            summary:
                "Ridge regression and random features on real and flawed labels, with the error's "
                + "terms B, V and zeta measured beside the theory (Strong Model Collapse).",
            version: 1, sizeUnit: "points", keys: keys, evaluations: [.init("error", version: 1)],
            metrics: Metric.all, headline: Metric.testError,
            definitions: DefinitionRule.error(Metric.testError), panels: Metric.panels,
            recordUnit: .chains(seeds: 4))
    }

    static let dimension = Key(
        "dimension", .integer(1...20_000), default: 300,
        help: "d, the number of the inputs' coordinates.")
    static let spectrum = Key<Spectrum>(
        "spectrum", .tagged, filledFrom: Spectrum.defaultValue,
        help: "The eigenvalues of the inputs' covariance.")
    static let signal = Key(
        "signal", .number(0...1e6), default: 1,
        help: "E (x.w1)^2, the variance of a clean real label.")
    static let labelQuality = Key(
        "label-quality", .number(0...1e6), default: 0.5,
        help: "c^2 = E (x.(w2 - w1))^2, the squared error of the flawed labeller: 0 labels "
            + "like the truth.")
    static let realNoise = Key(
        "real-noise", .number(0...1e6), default: 1,
        help: "s1^2, the variance of the noise of real labels.")
    static let syntheticNoise = Key<Double?>(
        "synthetic-noise", .optional(.number(0...1e6)), default: .some(nil),
        help: "s2^2, the variance of the noise of synthetic labels; null for that of real "
            + "labels, 0 to relabel without noise.")
    static let penalty = Key(
        "ridge", .number(0...1e6), default: 1e-6,
        help: "lam of (1/n) |X w - y|^2 + lam |w|^2; 0 for the solution of least norm.")
    static let width = Key<Int?>(
        "width", .optional(.integer(1...1_000_000)), default: .some(nil),
        help: "m, the number of random features; null to learn from the inputs themselves.")
    static let design = Key<Design>(
        "design", .choice, default: .fresh,
        help:
            "Whether synthetic labels stand at new inputs in each generation or at the same "
            + "ones. `real-data: kept` says the same of the real points.")

    @KeyList private static var keys: [KeyDeclaration] {
        dimension
        spectrum
        signal
        labelQuality
        realNoise
        syntheticNoise
        penalty
        width
        design
    }

}
