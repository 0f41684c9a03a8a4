package import Collapse
import Support

extension GaussianMixtureSetting {
    enum Metric {
        static let distance = "gmm.squared_distance"
        static let distanceFromFirst = "gmm.squared_distance_from_generation_0"
        static let negativeLogDensity = "gmm.negative_log_density"
        static let variance = "gmm.variance"
        static let squaredError = "gmm.mean_squared_error"
        static let componentVariance = "gmm.component_variance"
        static let smallestWeight = "gmm.smallest_weight"
        static let survival = "gmm.survival"
    }

    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "gaussian-mixture",
            summary: "A mixture of Gaussians with full covariances, fitted by EM.",
            version: 1,
            sizeUnit: "points",
            keys: keys,
            evaluations: [.init("distribution", version: 1)],
            metrics: [
                MetricDeclaration(
                    Metric.distance, title: "squared L2 distance from the truth",
                    direction: .lowerIsBetter,
                    help:
                        "Integral of the squared difference of the densities, in closed form; only "
                        + "where the real distribution is a mixture (normal, blobs)."),
                MetricDeclaration(
                    Metric.distanceFromFirst, title: "squared L2 distance from generation 0",
                    direction: .lowerIsBetter,
                    help: "Integral of the squared difference from generation 0's density."),
                MetricDeclaration(
                    Metric.negativeLogDensity, title: "negative log density", unit: "nats/point",
                    direction: .lowerIsBetter,
                    help: "Mean negative log density of the model at the real test points."),
                MetricDeclaration(
                    Metric.variance, title: "model variance", direction: .neither,
                    help: "Variance of the whole mixture, averaged over coordinates."),
                MetricDeclaration(
                    Metric.squaredError, title: "squared error of the mean",
                    direction: .lowerIsBetter,
                    help:
                        "Squared distance of the mixture's mean from the mean of the real distribution."
                ),
                MetricDeclaration(
                    Metric.componentVariance, title: "variance within components",
                    direction: .neither,
                    help: "Mean variance of the components, weighted, averaged over coordinates."),
                MetricDeclaration(
                    Metric.smallestWeight, title: "smallest weight", direction: .neither,
                    help: "Weight of the lightest component."),
                MetricDeclaration(
                    Metric.survival, title: "share of chains not collapsed", direction: .neither,
                    help:
                        "1 while the standard deviation of the mixture exceeds collapse-threshold: "
                        + "its mean over seeds is a probability."),
                MetricDeclaration(
                    "fit.iterations", title: "EM iterations", direction: .neither,
                    help: "Iterations of EM that the fit took."),
                MetricDeclaration(
                    "fit.converged", title: "EM converged", direction: .neither,
                    help: "1 where EM converged within its limit of iterations, else 0."),
            ],
            headline: Metric.variance,
            panels: [
                PanelDeclaration(
                    section: "Error", title: "Squared L2 distance",
                    metrics: [Metric.distance, Metric.distanceFromFirst]),
                PanelDeclaration(
                    section: "Error", title: "Negative log density",
                    metrics: [Metric.negativeLogDensity]),
                PanelDeclaration(
                    section: "Error", title: "Squared error of the mean",
                    metrics: [Metric.squaredError]),
                PanelDeclaration(
                    section: "Spread", title: "Components",
                    metrics: [Metric.componentVariance, Metric.smallestWeight]),
                PanelDeclaration(
                    section: "Spread", title: "Chains not collapsed", metrics: [Metric.survival]),
            ],
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
