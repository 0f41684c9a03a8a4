import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab theory`
    struct Theory: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what theory predicts for each arm, as CSV; nothing is run.",
            discussion: """
                EXPERIMENT is a YAML file, a recipe, or the name of a task setting, which stands for its arms \
                replace, accumulate, accumulate-subsample and a mixture with a tenth of fresh real data at the \
                setting's defaults:

                  collapselab theory kazdan-gaussian
                  collapselab theory gaussian --set sample-size=10 --set generations=50
                  collapselab theory discrete --set arms.mixture.real-fraction=0.5
                """)

        @Argument(help: "A YAML file, the name of a recipe, or the name of a task setting.")
        var experiment: String

        @Option(
            name: .customLong("set"), parsing: .singleValue,
            help: ArgumentHelp("Override a value; may be repeated.", valueName: "key=value"))
        var overrides: [String] = []

        @Option(name: .shortAndLong, help: "Print the curves of this metric alone.")
        var metric: String?

        func run() throws {
            try reportingErrors {
                let resolved = try Workplace.experimentOrSetting(experiment, overrides: overrides)
                let type = SettingRegistry.type(named: resolved.setting.name)
                try printPredictions(type, resolved)
            }
        }

        private func printPredictions<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws {
            let execution = Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true))
            let prepared = try PreparedExperiment<Setting>(resolved, execution: execution)
            let known = Setting.declaration.metrics.map(\.name)
            if let metric, !known.contains(metric) {
                throw WrongInput(
                    "the setting \(Setting.declaration.name) has no metric \(metric); choose one of "
                        + "\(known.joined(separator: ", ")).")
            }
            var lines = ""
            for arm in prepared.arms {
                let plan = try resolved.locating(["arms", arm.specification.name]) {
                    try ChainPlan(arm: arm.specification, generations: prepared.generations)
                }
                let shape = arm.excessTheory(for: plan).map { [$0.shape] } ?? []
                let predictions = (arm.predictions(for: plan) + shape).filter {
                    metric == nil || $0.metric == metric
                }
                if predictions.isEmpty {
                    note("No theory here for the arm \(arm.specification.name).")
                }
                for prediction in predictions {
                    lines += prediction.lines(arm: arm.specification.name)
                }
            }
            try printLine(Prediction.header)
            try StandardOutput.write(lines)
        }
    }
}
