package import Collapse
package import Compute
import Support

extension ExponentialFamilySetting {
    enum Metric {
        static let mean = MetricDeclaration(
            "family.mean", title: "estimated mean", direction: .neither,
            help: "The mean of the fitted distribution.")
        static let squaredError = MetricDeclaration(
            "family.squared_error", title: "squared error of the mean",
            direction: .lowerIsBetter,
            help: "Squared distance of the fitted mean from the true mean.")
        static let scaledError = MetricDeclaration(
            "family.scaled_error", title: "squared error in units of generation 0's",
            direction: .lowerIsBetter,
            help:
                "n_0 times the squared error over the true variance of a draw: its mean is "
                + "1 in generation 0.")
        static let isBetter = MetricDeclaration(
            "family.better_than_generation_0", title: "better than generation 0",
            direction: .higherIsBetter,
            help:
                "1 where the mean is nearer to the truth than generation 0's, else 0; its "
                + "mean over seeds is a probability.")
        static let isAlive = MetricDeclaration(
            "family.alive", title: "alive", direction: .higherIsBetter,
            help:
                "0 where the fitted mean is exactly zero, which counts never leave again, "
                + "else 1; its mean over seeds is the probability of survival.")

        static let all = [mean, squaredError, scaledError, isBetter, isAlive]

        static let panels = [
            PanelDeclaration(
                section: "Error", title: "Squared error of the mean",
                metrics: [squaredError], logarithmic: true),
            PanelDeclaration(
                section: "Improvement", title: "Probability of being better than generation 0",
                metrics: [isBetter]),
            PanelDeclaration(
                section: "Survival", title: "Probability that the mean is not zero",
                metrics: [isAlive]),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<ExponentialFamilySetting>,
        seedData: SeedData, key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let mean = try subject.model()
        let error = mean - parameter
        let initial = try subject.reference() - parameter
        let unit = family.variance(parameter) / Double(seedData.initialSize)
        return [
            Metric.mean.value(mean),
            Metric.squaredError.value(error * error),
            Metric.scaledError.value(error * error / unit),
            Metric.isBetter.value(abs(error) < abs(initial) ? 1 : 0),
            Metric.isAlive.value(mean == 0 ? 0 : 1),
        ]
    }
}
