package import Collapse
package import Compute
import Support

extension GaussianMixtureSetting {
    enum Metric {
        static let distance = MetricDeclaration(
            "gmm.squared_distance", title: "squared L2 distance from the truth",
            direction: .lowerIsBetter,
            help:
                "Integral of the squared difference of the densities, in closed form; only "
                + "where the real distribution is a mixture (normal, blobs).")
        static let distanceFromFirst = MetricDeclaration(
            "gmm.squared_distance_from_generation_0",
            title: "squared L2 distance from generation 0",
            direction: .lowerIsBetter,
            help: "Integral of the squared difference from generation 0's density.")
        static let negativeLogDensity = MetricDeclaration(
            "gmm.negative_log_density", title: "negative log density", unit: "nats/point",
            direction: .lowerIsBetter,
            help: "Mean negative log density of the model at the real test points.")
        static let variance = MetricDeclaration(
            "gmm.variance", title: "model variance", direction: .neither,
            help: "Variance of the whole mixture, averaged over coordinates.")
        static let squaredError = MetricDeclaration(
            "gmm.mean_squared_error", title: "squared error of the mean",
            direction: .lowerIsBetter,
            help:
                "Squared distance of the mixture's mean from the mean of the real distribution.")
        static let componentVariance = MetricDeclaration(
            "gmm.component_variance", title: "variance within components",
            direction: .neither,
            help: "Mean variance of the components, weighted, averaged over coordinates.")
        static let smallestWeight = MetricDeclaration(
            "gmm.smallest_weight", title: "smallest weight", direction: .neither,
            help: "Weight of the lightest component.")
        static let survival = MetricDeclaration(
            "gmm.survival", title: "share of chains not collapsed", direction: .neither,
            help:
                "1 while the standard deviation of the mixture exceeds collapse-threshold: "
                + "its mean over seeds is a probability.")
        static let iterations = MetricDeclaration(
            "fit.iterations", title: "EM iterations", direction: .neither,
            help: "Iterations of EM that the fit took.")
        static let converged = MetricDeclaration(
            "fit.converged", title: "EM converged", direction: .neither,
            help: "1 where EM converged within its limit of iterations, else 0.")

        static let all = [
            distance, distanceFromFirst, negativeLogDensity, variance, squaredError,
            componentVariance, smallestWeight, survival, iterations, converged,
        ]

        static let panels = [
            PanelDeclaration(
                section: "Error", title: "Squared L2 distance",
                metrics: [distance, distanceFromFirst]),
            PanelDeclaration(
                section: "Error", title: "Negative log density",
                metrics: [negativeLogDensity]),
            PanelDeclaration(
                section: "Error", title: "Squared error of the mean",
                metrics: [squaredError]),
            PanelDeclaration(
                section: "Spread", title: "Components",
                metrics: [componentVariance, smallestWeight]),
            PanelDeclaration(
                section: "Spread", title: "Chains not collapsed", metrics: [survival]),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<GaussianMixtureSetting>,
        seedData: PointData, key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let model = try subject.model()
        let densities = model.logDensities(at: seedData.test)
        let variance = model.variance
        let error = zip(model.mean, distribution.mean).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        var metrics = [
            Metric.negativeLogDensity.value(-densities.reduce(0, +) / Double(densities.count)),
            Metric.distanceFromFirst.value(model.squaredDistance(to: try subject.reference())),
            Metric.variance.value(variance),
            Metric.squaredError.value(error),
            Metric.componentVariance.value(
                model.components.reduce(0) { $0 + $1.weight * $1.variance }),
            Metric.smallestWeight.value(model.components.map(\.weight).min() ?? .nan),
            Metric.survival.value(variance.squareRoot() > collapseThreshold ? 1 : 0),
        ]
        if let truth = distribution.mixture {
            metrics.append(Metric.distance.value(model.squaredDistance(to: truth)))
        }
        return metrics
    }
}
