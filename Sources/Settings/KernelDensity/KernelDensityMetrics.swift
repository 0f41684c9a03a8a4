package import Collapse
package import Compute
import Support

extension KernelDensitySetting {
    enum Metric {
        static let negativeLogDensity = MetricDeclaration(
            "kde.negative_log_density", title: "negative log density", unit: "nats/point",
            direction: .lowerIsBetter,
            help: "Mean negative log density of the model at the real test points.")
        static let lowestLogDensity = MetricDeclaration(
            "kde.lowest_log_density", title: "lowest log density", unit: "nats",
            direction: .higherIsBetter,
            help: "Log density of the model at the real test point it finds least likely.")
        static let variance = MetricDeclaration(
            "kde.variance", title: "model variance", direction: .neither,
            help:
                "Variance of the model, averaged over coordinates: that of its points and "
                + "the squared bandwidth.")
        static let squaredError = MetricDeclaration(
            "kde.mean_squared_error", title: "squared error of the mean",
            direction: .lowerIsBetter,
            help:
                "Squared distance of the model's mean from the mean of the real distribution.")
        static let bandwidth = MetricDeclaration(
            "kde.bandwidth", title: "bandwidth", direction: .neither,
            help: "The bandwidth of the fit.")

        static let all = [negativeLogDensity, lowestLogDensity, variance, squaredError, bandwidth]

        static let panels = [
            PanelDeclaration(
                section: "Error", title: "Least likely test point",
                metrics: [lowestLogDensity]),
            PanelDeclaration(
                section: "Error", title: "Squared error of the mean",
                metrics: [squaredError]),
            PanelDeclaration(
                section: "Spread", title: "Model variance", metrics: [variance]),
            PanelDeclaration(
                section: "Spread", title: "Bandwidth", metrics: [bandwidth]),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<KernelDensitySetting>,
        seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let model = try subject.model()
        let densities = logDensities(
            model,
            sums: model.data.testSums
                ?? model.data.points.sums(at: seedData.test, bandwidth: model.bandwidth))
        let moments = model.data.moments
        return [
            Metric.negativeLogDensity.value(-densities.reduce(0, +) / Double(densities.count)),
            Metric.lowestLogDensity.value(densities.min() ?? .nan),
            Metric.variance.value(moments.variance + model.bandwidth * model.bandwidth),
            Metric.squaredError.value(moments.squaredDistance(of: distribution.mean)),
            Metric.bandwidth.value(model.bandwidth),
        ]
    }
}
