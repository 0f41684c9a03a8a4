package import Collapse
package import Compute
import Support

extension LinearRegressionSetting {
    enum Metric {
        static let testError = MetricDeclaration(
            "regression.test_error", title: "test error", direction: .lowerIsBetter,
            help: "|Sigma^(1/2)(w - w*)|^2, the mean squared error on new inputs with true "
                + "labels, in closed form.")
        static let downstreamError = MetricDeclaration(
            "regression.downstream_error", title: "downstream error", direction: .lowerIsBetter,
            help: "The same error of the downstream fit.")
        static let downstreamPenalty = MetricDeclaration(
            "regression.downstream_penalty", title: "downstream penalty", direction: .neither,
            help: "lam of the downstream fit.")
        static let penalty = MetricDeclaration(
            "fit.penalty", title: "penalty", direction: .neither,
            help: "lam of the generation's own fit, where it is a ridge.")

        static let all = [testError, downstreamError, downstreamPenalty, penalty]

        static let panels = [
            PanelDeclaration(
                section: "Error", title: "Test error, logarithmic",
                metrics: [testError], logarithmic: true),
            PanelDeclaration(
                section: "Downstream", title: "Downstream error",
                metrics: [downstreamError]),
            PanelDeclaration(
                section: "Penalty", title: "Downstream penalty",
                metrics: [downstreamPenalty], logarithmic: true),
            PanelDeclaration(
                section: "Penalty", title: "Penalty of the chain", metrics: [penalty],
                logarithmic: true),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<LinearRegressionSetting>,
        seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        switch (evaluation, task.downstream) {
        case ("downstream", let downstream?):
            let labeller = try subject.previous()?.weights ?? seedData.truth
            let penalty = forecast.step(subject.generation).downstreamPenalty
            let weights = fitted(
                downstream, to: labeller, penalty: penalty, key: key.with(purpose: .evaluate))
            return [
                Metric.downstreamError.value(error(of: weights, in: seedData)),
                Metric.downstreamPenalty.value(penalty),
            ]
        case ("error", _):
            return [
                Metric.testError.value(error(of: try subject.model().weights, in: seedData))
            ]
        default: return []
        }
    }

    /// |Sigma^(1/2)(w - w*)|^2: the mean squared error on new inputs with true labels.
    private func error(of weights: [Double], in seedData: SeedData) -> Double {
        var sum = 0.0
        for (index, eigenvalue) in task.eigenvalues.enumerated() {
            let distance = weights[index] - seedData.truth[index]
            sum += eigenvalue * distance * distance
        }
        return sum
    }

    private func fitted(
        _ downstream: RegressionTask.Downstream, to labeller: [Double], penalty: Double,
        key: RandomKey
    ) -> [Double] {
        let rows = inputs(downstream.size, from: key.at(0)).rows
        let noise = NormalDraws.array(downstream.size, from: key.at(1))
        let labels = noisy(rows.times(vector: labeller), noise, variance: downstream.noise)
        return RidgeSolver.weights(
            inputs: rows, labels: labels, ridge: penalty * Double(downstream.size))
    }
}
