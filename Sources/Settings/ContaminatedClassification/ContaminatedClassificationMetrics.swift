package import Collapse
package import Compute
import Support

extension ContaminatedClassificationSetting {
    enum Metric {
        static let error = MetricDeclaration(
            "classification.error_mass", title: "error", direction: .lowerIsBetter,
            help: "Probability of the points that the classifier gets wrong.")
        static let stuck = MetricDeclaration(
            "classification.stuck_mass", title: "stuck mass", direction: .lowerIsBetter,
            help: "Probability of the points that generation 0 got wrong and that are "
                + "wrong now.")
        static let stuckShare = MetricDeclaration(
            "classification.stuck_share", title: "share of generation 0's errors that are left",
            direction: .lowerIsBetter,
            help: "Stuck mass over generation 0's error; undefined where it made none.")

        static let all = [error, stuck, stuckShare]

        static let panels = [
            PanelDeclaration(
                section: "Error", title: "Error on a logarithmic axis",
                metrics: [error], logarithmic: true),
            PanelDeclaration(
                section: "Error", title: "What is left of generation 0's errors",
                metrics: [stuckShare]),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<ContaminatedClassificationSetting>,
        seedData: SeedData, key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let model = try subject.model()
        let reference = try subject.reference()
        var error = 0.0
        var initial = 0.0
        var stuck = 0.0
        for (point, mass) in masses.enumerated() {
            let isWrong = model[point] != seedData.truth[point]
            if isWrong { error += mass }
            guard reference[point] != seedData.truth[point] else { continue }
            initial += mass
            if isWrong { stuck += mass }
        }
        return [
            Metric.error.value(error), Metric.stuck.value(stuck),
            Metric.stuckShare.value(stuck / initial),
        ]
    }
}
