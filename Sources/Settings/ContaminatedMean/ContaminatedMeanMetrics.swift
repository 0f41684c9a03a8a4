package import Collapse
package import Compute
import Support

extension ContaminatedMeanSetting {
    enum Metric {
        static let squaredError = MetricDeclaration(
            "mean.squared_error", title: "squared error of the mean",
            direction: .lowerIsBetter,
            help: "Squared distance of the published estimate from the true mean.")
        static let scaledError = MetricDeclaration(
            "mean.scaled_error", title: "squared error in units of one draw's variance",
            direction: .lowerIsBetter,
            help: "The squared error divided by the variance of one real draw: 1 is what a "
                + "single real draw achieves.")

        static let all = [squaredError, scaledError]

        static let panels = [
            PanelDeclaration(
                section: "Error", title: "Squared error of the mean",
                metrics: [squaredError], logarithmic: true)
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<ContaminatedMeanSetting>,
        seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let squaredError = try subject.model().reduce(0.0) {
            $0 + ($1 - trueMean) * ($1 - trueMean)
        }
        return [
            Metric.squaredError.value(squaredError),
            Metric.scaledError.value(squaredError / (Double(dimension) * noiseVariance)),
        ]
    }
}
