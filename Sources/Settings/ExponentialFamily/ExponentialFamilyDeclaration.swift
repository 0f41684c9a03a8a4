package import Collapse
import Support

extension ExponentialFamilySetting {
    /// The setting `exponential-family`, with the evaluation `distribution`; sizes count draws.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "exponential-family",
            summary:
                "The mean of a Gaussian, exponential, Poisson or Bernoulli distribution as a random walk of "
                + "estimators (Xu et al. 2025, Suresh et al. 2025).",
            version: 1, sizeUnit: "draws",
            keys: keys,
            evaluations: [.init("distribution", version: 1)],
            metrics: Metric.all,
            headline: Metric.scaledError,
            definitions: DefinitionRule.error(Metric.scaledError), panels: Metric.panels,
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
