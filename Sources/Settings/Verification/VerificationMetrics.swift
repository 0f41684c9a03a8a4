package import Collapse
package import Compute
import Support

extension VerificationSetting {
    enum Metric {
        static let accuracy = MetricDeclaration(
            "verification.accuracy", title: "accuracy", direction: .higherIsBetter,
            help:
                "Probability that the student labels a new input right, computed from its "
                + "angle to the truth.")
        static let isRight = MetricDeclaration(
            "verification.right_side", title: "on the right side of 1/2",
            direction: .higherIsBetter,
            help: "1 where the accuracy is above 1/2, else 0; its mean over seeds is a "
                + "probability.")

        static let all = [accuracy, isRight]

        static let panels = [
            PanelDeclaration(
                section: "Threshold", title: "Students on the right side of 1/2",
                metrics: [isRight])
        ]
    }

    /// For Gaussian inputs the accuracy is 1 minus the angle to the truth over pi, so no test set
    /// is drawn.
    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<VerificationSetting>,
        seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let weights = try subject.model().weights
        let along = zip(weights, seedData.truth).reduce(0.0) { $0 + $1.0 * $1.1 }
        let length = weights.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
        let cosine = length > 0 ? min(max(along / length, -1), 1) : 0
        // 1 - arccos(r)/pi is the distribution function of the arcsine law at (1 + r)/2.
        let accuracy = SpecialFunctions.incompleteBeta((1 + cosine) / 2, 0.5, 0.5)
        return [
            Metric.accuracy.value(accuracy),
            // The accuracy is above 1/2 where the cosine is positive; at 0 it is rounded.
            Metric.isRight.value(cosine > 0 ? 1 : 0),
        ]
    }
}
