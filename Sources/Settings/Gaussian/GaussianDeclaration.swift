package import Collapse
import Support

extension GaussianSetting {
    /// The setting `gaussian`, with the evaluation `distribution`; sizes count draws.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "gaussian",
            summary:
                "A Gaussian fitted by its moments: exact theory, thousands of seeds in a second.",
            version: 2,
            sizeUnit: "draws",
            keys: keys,
            evaluations: [.init("distribution", version: 2)],
            metrics: Metric.all,
            headline: Metric.variance,
            definitions: DefinitionRule.error(Metric.meanSquaredError) + [
                DefinitionRule(
                    .variance, Metric.variance, largerIsWorse: false, isRatio: true, margin: 0.05,
                    improves: false)
            ], panels: Metric.panels,
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

}
