package import Collapse
import Support

extension GaussianMixtureSetting {
    /// The setting `gaussian-mixture`, with the evaluation `distribution`; sizes count points.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "gaussian-mixture",
            summary: "A mixture of Gaussians with full covariances, fitted by EM.",
            version: 1,
            sizeUnit: "points",
            keys: keys,
            evaluations: [.init("distribution", version: 1)],
            metrics: Metric.all,
            headline: Metric.variance,
            definitions: DefinitionRule.risk(
                Metric.negativeLogDensity, margin: 0.05, catastrophic: 1) + [
                    DefinitionRule(
                        .variance, Metric.componentVariance, largerIsWorse: false, isRatio: true,
                        margin: 0.05, improves: false),
                    DefinitionRule(
                        .modes, Metric.smallestWeight, largerIsWorse: false, margin: 0.05),
                ], panels: Metric.panels,
            recordUnit: .chains(seeds: 1))
    }

    static let components = Key(
        "components", .integer(1...1_000), default: 2, help: "How many Gaussians the model mixes.")
    static let initialise = Key<MixtureStart>(
        "initialise", .choice, default: .kMeans,
        help:
            "How a fit from scratch begins: clusters by k-means, or random shares. With "
            + "start-from: previous the previous mixture is where EM begins.")
    static let tolerance = Key(
        "em-tolerance", .number(0...1e6), default: 1e-3,
        help: "EM stops when the mean log-likelihood changes by less.")
    static let iterations = Key(
        "em-iterations", .integer(1...1_000_000), default: 100,
        help: "EM stops after so many steps.")
    static let covarianceFloor = Key(
        "covariance-floor", .number(0...1e6), default: 1e-6,
        help:
            "Added to the diagonal of every covariance. With 0 a component may collapse "
            + "onto a point, which ends the fit and is recorded.")
    static let collapseThreshold = Key(
        "collapse-threshold", .number(0...1e12), default: 0.1,
        help: "The standard deviation epsilon below which a model counts as collapsed.")

    @KeyList private static var keys: [KeyDeclaration] {
        components
        initialise
        tolerance
        iterations
        covarianceFloor
        collapseThreshold
        PointDistribution.keys(dimension: 2)
    }
}
