package import Collapse
import Support

extension GaussianSetting {
    enum Metric {
        static let variance = "gaussian.variance"
        static let meanSquaredError = "gaussian.mean_squared_error"
        static let standardDeviation = "gaussian.standard_deviation"
        static let logDeterminantRatio = "gaussian.log_determinant_ratio"
        static let aboveThreshold = "gaussian.above_threshold"
        static let divergence = "gaussian.kl_from_truth"
        static let wasserstein = "gaussian.squared_wasserstein"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "gaussian",
            summary:
                "A Gaussian fitted by its moments: exact theory, thousands of seeds in a second.",
            version: 2,
            sizeUnit: "draws",
            keys: keys,
            evaluations: [.init("distribution", version: 2)],
            metrics: metrics,
            headline: Metric.variance,
            panels: [
                PanelDeclaration(
                    section: "Error", title: "Squared error of the mean",
                    metrics: [Metric.meanSquaredError]),
                PanelDeclaration(
                    section: "Error", title: "Divergence from the truth",
                    metrics: [Metric.divergence], logarithmic: true),
                PanelDeclaration(
                    section: "Error", title: "Squared Wasserstein distance to the truth",
                    metrics: [Metric.wasserstein]),
                PanelDeclaration(
                    section: "Spread", title: "Standard deviation",
                    metrics: [Metric.standardDeviation]),
                PanelDeclaration(
                    section: "Spread", title: "Share of seeds above the threshold",
                    metrics: [Metric.aboveThreshold]),
                PanelDeclaration(
                    section: "Spread", title: "Log ratio of the determinants",
                    metrics: [Metric.logDeterminantRatio]),
            ],
            recordUnit: .chains(seeds: 10))
    }

    static let dimension = Key(
        "dimension", .integer(1...2_000), default: 1,
        help: "d; a draw is a vector of d numbers.")
    static let estimator = Key<VarianceEstimator>(
        "variance-estimator", .choice, default: .biased,
        help: "biased divides by n (maximum likelihood), unbiased by n - 1. The papers "
            + "differ, and the curves with them.")
    static let trueVariance = Key(
        "true-variance", .number(1e-12...1e12), default: 1,
        help: "sigma^2 of the real distribution N(0, sigma^2 I).")
    static let samplingBias = Key(
        "sampling-bias", .number(1e-12...1), default: 1,
        help: "What the covariance of synthetic draws is multiplied by (Alemohammad et al. "
            + "2024); below 1 the samples are better and less diverse, 1 is honest.")
    static let drawing = Key<Drawing>(
        "drawing", .choice, default: .moments,
        help:
            "moments draws the mean and covariance of a batch from their own distribution, where the "
            + "arm uses whole batches only; rows makes every single draw, as subsamples and "
            + "stages that look at examples always do. Every result has the same distribution "
            + "under both.")
    static let distances = Key(
        "distances", .boolean, default: true,
        help: "Whether the divergence and the Wasserstein distance to the truth are "
            + "measured; in many dimensions they cost more than a fit.")
    static let threshold = Key<Double?>(
        "threshold", .optional(.number(0...1e6)), default: .some(nil),
        help:
            "A standard deviation; the share of seeds that are above it becomes a metric, "
            + "with the bound of Suresh et al. (2025) on its mean.")

    @KeyList private static var keys: [KeyDeclaration] {
        dimension
        estimator
        trueVariance
        samplingBias
        drawing
        distances
        threshold
    }

    private static var metrics: [MetricDeclaration] {
        [
            MetricDeclaration(
                Metric.variance, title: "model variance", direction: .neither,
                help: "Variance of the fitted model, the mean over its coordinates: with a true "
                    + "variance of 1, the trace of its covariance over the true one's."),
            MetricDeclaration(
                Metric.meanSquaredError, title: "squared error of the mean",
                direction: .lowerIsBetter,
                help: "Squared distance of the model's mean from the true mean, summed over the "
                    + "coordinates."),
            MetricDeclaration(
                Metric.standardDeviation, title: "model standard deviation",
                direction: .neither, help: "Square root of the model's variance."),
            MetricDeclaration(
                Metric.logDeterminantRatio, title: "log ratio of determinants", unit: "nats",
                direction: .neither,
                help: "Logarithm of the determinant of the model's covariance over the true one's; "
                    + "minus infinity where the covariance is singular."),
            MetricDeclaration(
                Metric.aboveThreshold, title: "above the threshold", direction: .neither,
                help:
                    "1 where the model's standard deviation is above the key `threshold`, else 0: "
                    + "its mean over seeds is a probability."),
            MetricDeclaration(
                Metric.divergence, title: "divergence from the truth", unit: "nats",
                direction: .lowerIsBetter,
                help:
                    "Kullback-Leibler divergence of the model from the true distribution; infinite once "
                    + "the covariance is singular."),
            MetricDeclaration(
                Metric.wasserstein, title: "squared Wasserstein distance",
                direction: .lowerIsBetter,
                help:
                    "Square of the Wasserstein-2 distance between the model and the true distribution."
            ),
        ]
    }
}
