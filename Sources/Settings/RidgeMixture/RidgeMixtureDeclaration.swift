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

    private static var keys: [KeyDeclaration] {
        [
            KeyDeclaration(
                "dimension", .integer(1...20_000), default: .integer(300),
                help: "d, the number of the inputs' coordinates."),
            KeyDeclaration(
                "spectrum", Spectrum.type, default: Spectrum.defaultValue,
                help: "The eigenvalues of the inputs' covariance."),
            KeyDeclaration(
                "signal", .number(0...1e6), default: .number(1),
                help: "E (x.w1)^2, the variance of a clean real label."),
            KeyDeclaration(
                "label-quality", .number(0...1e6), default: .number(0.5),
                help: "c^2 = E (x.(w2 - w1))^2, the squared error of the flawed labeller: 0 labels "
                    + "like the truth."),
            KeyDeclaration(
                "real-noise", .number(0...1e6), default: .number(1),
                help: "s1^2, the variance of the noise of real labels."),
            KeyDeclaration(
                "synthetic-noise", .optional(.number(0...1e6)), default: .null,
                help: "s2^2, the variance of the noise of synthetic labels; null for that of real "
                    + "labels, 0 to relabel without noise."),
            KeyDeclaration(
                "ridge", .number(0...1e6), default: .number(1e-6),
                help: "lam of (1/n) |X w - y|^2 + lam |w|^2; 0 for the solution of least norm."),
            KeyDeclaration(
                "width", .optional(.integer(1...1_000_000)), default: .null,
                help: "m, the number of random features; null to learn from the inputs themselves."
            ),
            KeyDeclaration(
                "design", .choice(Design.allCases.map(\.rawValue)),
                default: .text(Design.fresh.rawValue),
                help:
                    "Whether synthetic labels stand at new inputs in each generation or at the same "
                    + "ones. `real-data: kept` says the same of the real points."),
        ]
    }

    private static var metrics: [MetricDeclaration] {
        [
            MetricDeclaration(
                Metric.testError, title: "test error", direction: .lowerIsBetter,
                help: "E (x.w - x.w1)^2 on the real law, in closed form."),
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
