package import Collapse
import Support

extension RidgeMixtureSetting {
    enum Metric {
        static let testError = "ridge.test_error"
        static let bias = "ridge.bias"
        static let variance = "ridge.variance"
        static let zeta = "ridge.zeta"
        static let crossTerms = "ridge.cross_terms"
        static let cleanError = "ridge.clean_error"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "ridge-mixture",
            summary:
                "Ridge regression and random features on real and flawed labels, with the error's "
                + "terms B, V and zeta measured beside the theory (Strong Model Collapse).",
            version: 1, sizeUnit: "points", keys: keys, evaluations: [.init("error", version: 1)],
            metrics: metrics, headline: Metric.testError, panels: panels,
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

    private static var metrics: [MetricDeclaration] {
        [
            MetricDeclaration(
                Metric.testError, title: "test error", direction: .lowerIsBetter,
                help: "E (x.w - x.w1)^2 on the real distribution, in closed form."),
            MetricDeclaration(
                Metric.bias, title: "bias B", direction: .lowerIsBetter,
                help: "The error of the same fit to noiseless labels of the truth."),
            MetricDeclaration(
                Metric.variance, title: "variance V", direction: .lowerIsBetter,
                help: "The squared norm of the same fit to the noise of the labels."),
            MetricDeclaration(
                Metric.zeta, title: "price of synthetic labels (zeta)", direction: .lowerIsBetter,
                help: "The squared norm of the same fit to what the labeller is off by."),
            MetricDeclaration(
                Metric.crossTerms, title: "cross terms", direction: .neither,
                help: "The test error less B + V + zeta; zero in the mean when labeller, noise and "
                    + "truth are independent."),
            MetricDeclaration(
                Metric.cleanError, title: "error with true labels", direction: .lowerIsBetter,
                help: "The test error of the same fit had every label been a real one."),
        ]
    }

    private static var panels: [PanelDeclaration] {
        [
            PanelDeclaration(
                section: "Terms", title: "Bias, variance and the price of synthetic labels",
                metrics: [Metric.bias, Metric.variance, Metric.zeta], logarithmic: true),
            PanelDeclaration(
                section: "Terms", title: "Price of synthetic labels", metrics: [Metric.zeta],
                logarithmic: true),
            PanelDeclaration(
                section: "Trade-off",
                title: "Error with synthetic labels against error with true ones",
                metrics: [Metric.testError], logarithmic: true, against: Metric.cleanError),
            PanelDeclaration(section: "Checks", title: "Cross terms", metrics: [Metric.crossTerms]),
        ]
    }
}
