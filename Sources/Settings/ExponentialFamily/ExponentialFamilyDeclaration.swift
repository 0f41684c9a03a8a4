package import Collapse
import Support

extension ExponentialFamilySetting {
    enum Metric {
        static let mean = "family.mean"
        static let squaredError = "family.squared_error"
        static let scaledError = "family.scaled_error"
        static let isBetter = "family.better_than_generation_0"
        static let isAlive = "family.alive"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "exponential-family",
            summary:
                "The mean of a Gaussian, exponential, Poisson or Bernoulli distribution as a random walk of "
                + "estimators (Xu et al. 2025, Suresh et al. 2025).",
            version: 1, sizeUnit: "draws",
            keys: keys,
            evaluations: [.init("distribution", version: 1)],
            metrics: [
                MetricDeclaration(
                    Metric.mean, title: "estimated mean", direction: .neither,
                    help: "The mean of the fitted distribution."),
                MetricDeclaration(
                    Metric.squaredError, title: "squared error of the mean",
                    direction: .lowerIsBetter,
                    help: "Squared distance of the fitted mean from the true mean."),
                MetricDeclaration(
                    Metric.scaledError, title: "squared error in units of generation 0's",
                    direction: .lowerIsBetter,
                    help:
                        "n_0 times the squared error over the true variance of a draw: its mean is "
                        + "1 in generation 0."),
                MetricDeclaration(
                    Metric.isBetter, title: "better than generation 0",
                    direction: .higherIsBetter,
                    help:
                        "1 where the mean is nearer to the truth than generation 0's, else 0; its "
                        + "mean over seeds is a probability."),
                MetricDeclaration(
                    Metric.isAlive, title: "alive", direction: .higherIsBetter,
                    help:
                        "0 where the fitted mean is exactly zero, which counts never leave again, "
                        + "else 1; its mean over seeds is the probability of survival."),
            ],
            headline: Metric.scaledError,
            panels: [
                PanelDeclaration(
                    section: "Error", title: "Squared error of the mean",
                    metrics: [Metric.squaredError], logarithmic: true),
                PanelDeclaration(
                    section: "Improvement", title: "Probability of being better than generation 0",
                    metrics: [Metric.isBetter]),
                PanelDeclaration(
                    section: "Survival", title: "Probability that the mean is not zero",
                    metrics: [Metric.isAlive]),
            ],
            recordUnit: .chains(seeds: 250))
    }

    static let family = Key<Family>(
        "family", .choice, default: .gaussianMean,
        help: "The distribution of a draw; the Gaussian's variance is 1 and known.")
    static let parameter = Key(
        "parameter", .number(-1e9...1e9),
        help: "The true mean of a draw: the rate of a Poisson, the probability of a "
            + "Bernoulli, the inverse rate of an exponential distribution.")

    @KeyList private static var keys: [KeyDeclaration] {
        family
        parameter
    }
}
