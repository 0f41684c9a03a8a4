package import Collapse

extension GaussianSetting {
    enum Metric {
        static let variance = "gaussian.variance"
        static let meanSquaredError = "gaussian.mean_squared_error"
        static let standardDeviation = "gaussian.standard_deviation"
        static let divergence = "gaussian.kl_from_truth"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "gaussian",
            summary:
                "A Gaussian fitted by its moments: exact theory, thousands of seeds in a second.",
            version: 1,
            sizeUnit: "draws",
            keys: [
                KeyDeclaration(
                    "variance-estimator", .choice(VarianceEstimator.allCases.map(\.rawValue)),
                    default: .text("biased"),
                    help: "biased divides by n (maximum likelihood), unbiased by n - 1. The papers "
                        + "differ, and the curves with them."),
                KeyDeclaration(
                    "true-variance", .number(1e-12...1e12), default: .number(1),
                    help: "sigma^2 of the real law N(0, sigma^2)."),
            ],
            evaluations: [.init("law", version: 1)],
            metrics: [
                MetricDeclaration(
                    Metric.variance, title: "model variance", direction: .neither,
                    help: "Variance of the fitted model."),
                MetricDeclaration(
                    Metric.meanSquaredError, title: "squared error of the mean",
                    direction: .lowerIsBetter,
                    help: "Squared distance of the model's mean from the true mean."),
                MetricDeclaration(
                    Metric.standardDeviation, title: "model standard deviation",
                    direction: .neither, help: "Square root of the model's variance."),
                MetricDeclaration(
                    Metric.divergence, title: "divergence from the truth", unit: "nats",
                    direction: .lowerIsBetter,
                    help:
                        "Kullback-Leibler divergence of the model from the true law; infinite once "
                        + "the variance is zero."),
            ],
            headline: Metric.variance,
            panels: [
                PanelDeclaration(
                    section: "Error", title: "Squared error of the mean",
                    metrics: [Metric.meanSquaredError]),
                PanelDeclaration(
                    section: "Error", title: "Divergence from the truth",
                    metrics: [Metric.divergence], logarithmic: true),
                PanelDeclaration(
                    section: "Spread", title: "Standard deviation",
                    metrics: [Metric.standardDeviation]),
            ],
            recordUnit: .chains(seeds: 250))
    }
}
