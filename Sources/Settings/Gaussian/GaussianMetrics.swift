package import Collapse
package import Compute
import Support

extension GaussianSetting {
    enum Metric {
        static let variance = MetricDeclaration(
            "gaussian.variance", title: "model variance", direction: .neither,
            help: "Variance of the fitted model, the mean over its coordinates: with a true "
                + "variance of 1, the trace of its covariance over the true one's.")
        static let meanSquaredError = MetricDeclaration(
            "gaussian.mean_squared_error", title: "squared error of the mean",
            direction: .lowerIsBetter,
            help: "Squared distance of the model's mean from the true mean, summed over the "
                + "coordinates.")
        static let standardDeviation = MetricDeclaration(
            "gaussian.standard_deviation", title: "model standard deviation",
            direction: .neither, help: "Square root of the model's variance.")
        static let logDeterminantRatio = MetricDeclaration(
            "gaussian.log_determinant_ratio", title: "log ratio of determinants", unit: "nats",
            direction: .neither,
            help: "Logarithm of the determinant of the model's covariance over the true one's; "
                + "minus infinity where the covariance is singular.")
        static let aboveThreshold = MetricDeclaration(
            "gaussian.above_threshold", title: "above the threshold", direction: .neither,
            help:
                "1 where the model's standard deviation is above the key `threshold`, else 0: "
                + "its mean over seeds is a probability.")
        static let divergence = MetricDeclaration(
            "gaussian.kl_from_truth", title: "divergence from the truth", unit: "nats",
            direction: .lowerIsBetter,
            help:
                "Kullback-Leibler divergence of the model from the true distribution; infinite once "
                + "the covariance is singular.")
        static let wasserstein = MetricDeclaration(
            "gaussian.squared_wasserstein", title: "squared Wasserstein distance",
            direction: .lowerIsBetter,
            help:
                "Square of the Wasserstein-2 distance between the model and the true distribution.")

        static let all = [
            variance, meanSquaredError, standardDeviation, logDeterminantRatio, aboveThreshold,
            divergence, wasserstein,
        ]

        static let panels = [
            PanelDeclaration(
                section: "Error", title: "Squared error of the mean",
                metrics: [meanSquaredError]),
            PanelDeclaration(
                section: "Error", title: "Divergence from the truth",
                metrics: [divergence], logarithmic: true),
            PanelDeclaration(
                section: "Error", title: "Squared Wasserstein distance to the truth",
                metrics: [wasserstein]),
            PanelDeclaration(
                section: "Spread", title: "Standard deviation",
                metrics: [standardDeviation]),
            PanelDeclaration(
                section: "Spread", title: "Share of seeds above the threshold",
                metrics: [aboveThreshold]),
            PanelDeclaration(
                section: "Spread", title: "Log ratio of the determinants",
                metrics: [logDeterminantRatio]),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<GaussianSetting>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let model = try subject.model()
        let variance = model.trace / Double(dimension)
        let deviation = variance.squareRoot()
        let logRatio = model.logDeterminant - Double(dimension) * Elementary.log(trueVariance)
        var metrics = [
            Metric.variance.value(variance),
            Metric.meanSquaredError.value(model.squaredNormOfMean),
            Metric.standardDeviation.value(deviation),
            Metric.logDeterminantRatio.value(logRatio),
        ]
        if let threshold {
            metrics.append(Metric.aboveThreshold.value(deviation > threshold ? 1 : 0))
        }
        if measuresDistances {
            metrics += [
                Metric.divergence.value(model.divergence(fromVariance: trueVariance)),
                Metric.wasserstein.value(model.squaredWasserstein(toVariance: trueVariance)),
            ]
        }
        return metrics
    }
}
