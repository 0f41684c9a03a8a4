package import Collapse
import Support

extension ContaminatedMeanSetting {
    /// The setting `contaminated-mean`, with the evaluation `error`; sizes count draws.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "contaminated-mean",
            summary:
                "The estimate of a mean from examples that earlier estimates have contaminated "
                + "(Amin et al. 2026).",
            version: 1, sizeUnit: "draws",
            keys: keys,
            evaluations: [.init("error", version: 1)],
            metrics: Metric.all,
            headline: Metric.scaledError,
            definitions: DefinitionRule.error(Metric.scaledError), panels: Metric.panels,
            recordUnit: .chains(seeds: 250))
    }

    static let syntheticFraction = Key(
        "synthetic-fraction", .number(0...1),
        help: "s of X = s Y + (1 - s) mu + U: the share of the last published estimate "
            + "in every later example.")
    static let weighting = Key<Weighting>(
        "weighting", .choice, default: .uniform,
        help: "uniform is the mean of all examples (empirical risk minimisation); "
            + "best-unbiased takes s Y out of each example and weighs it by its precision.")
    static let dimension = Key(
        "dimension", .integer(1...10_000), default: 1, help: "Coordinates of an example.")
    static let noiseVariance = Key(
        "noise-variance", .number(1e-12...1e12), default: 1,
        help: "Variance of U in each coordinate.")
    static let trueMean = Key(
        "true-mean", .number(-1e12...1e12), default: 0,
        help: "mu, the same in each coordinate. The error does not depend on it.")

    @KeyList private static var keys: [KeyDeclaration] {
        syntheticFraction
        weighting
        dimension
        noiseVariance
        trueMean
    }
}
