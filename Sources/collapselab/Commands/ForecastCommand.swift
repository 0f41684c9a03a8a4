import ArgumentParser
import Collapse
import Foundation
import Lab
import Report
import Support

extension CollapseLab {
    /// `collapselab forecast`
    struct ForecastCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forecast",
            abstract:
                "Say where the arms of a run go after a generation, from what was measured until it.",
            discussion: """
                The headline metric's mean over the run's seeds in the generations M + 1 to M + H, with 90 % \
                prediction intervals, from generations 0 to M alone. Where the setting has a theory of the metric its \
                curve is carried on; else the curve is fitted in the mean age of the arm's data, which its plan \
                tells. It knows nothing of changes that have not begun by M.
                """)

        @OptionGroup var recorded: RecordedRunArguments

        @Option(help: ArgumentHelp("The last generation that is looked at.", valueName: "M"))
        var from: Int

        @Option(help: ArgumentHelp("How many generations after it.", valueName: "H"))
        var horizon: Int

        @Option(name: .shortAndLong, help: "The metric; the headline unless given.")
        var metric: String?

        @Flag(help: "Print JSON for programs.")
        var json = false

        func validate() throws {
            guard from >= Forecast.leastGenerations else {
                throw ValidationError(
                    "--from \(from): a curve is told from a line by \(Forecast.leastGenerations) generations "
                        + "after 0 at least.")
            }
            guard (1...100_000).contains(horizon) else {
                throw ValidationError("--horizon \(horizon): give 1 to 100000 generations.")
            }
        }

        func run() throws {
            try reportingErrors {
                let resolved = try recorded.resolved()
                try forecast(SettingRegistry.type(named: resolved.setting.name), resolved)
            }
        }

        private func forecast<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws {
            let execution = Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true))
            let run = try RecordedRun<Setting>(resolved, execution: execution)
            let results = try run.results(in: RunDirectory(reading: recorded.directory))
            let name = metric ?? results.setting.headline
            guard results.declaredMetrics.contains(where: { $0.name == name }) else {
                throw WrongInput("the setting \(results.setting.name) has no metric \(name).")
            }
            let rows = try run.arms.map { arm in
                try ForecastRow(arm, results, metric: name, from: from, horizon: horizon)
            }
            try printLine(
                json
                    ? jsonText(rows.flatMap(\.records))
                    : rows.map(\.text).joined(separator: "\n"))
        }
    }
}

/// The forecast of one arm, or why there is none.
private struct ForecastRow {
    /// One generation of an arm; without a number where nothing can be said.
    struct Record: Encodable {
        var arm: String
        var metric: String
        var generation: Int
        var estimate: Double?
        var low: Double?
        var high: Double?
        var basis: String

        private enum CodingKeys: String, CodingKey {
            case arm, metric, generation, estimate, low, high, basis
        }

        /// What cannot be said is null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(arm, forKey: .arm)
            try container.encode(metric, forKey: .metric)
            try container.encode(generation, forKey: .generation)
            try container.encode(estimate, forKey: .estimate)
            try container.encode(low, forKey: .low)
            try container.encode(high, forKey: .high)
            try container.encode(basis, forKey: .basis)
        }
    }

    let records: [Record]

    init<Setting: TaskSetting>(
        _ arm: PreparedArm<Setting>, _ results: ExperimentResults, metric: String, from: Int,
        horizon: Int
    ) throws {
        let name = arm.specification.name
        func record(_ generation: Int, _ point: Forecast.Point?, _ basis: String) -> Record {
            Record(
                arm: name, metric: metric, generation: generation, estimate: point?.estimate,
                low: point?.interval?.lowerBound, high: point?.interval?.upperBound, basis: basis)
        }
        func nothing(_ reason: String) -> [Record] { [record(from + horizon, nil, reason)] }
        let curves = results.seeds.compactMap { seed -> [Double]? in
            let values = (0...from).compactMap {
                results.metrics.value(arm: name, seed: seed, generation: $0, metric: metric)
            }
            return values.count == from + 1 ? values : nil
        }
        guard !curves.isEmpty else {
            records = nothing("no seed has been measured in all generations from 0 to \(from)")
            return
        }
        guard curves.joined().allSatisfy(\.isFinite) else {
            records = nothing("\(metric) is infinite or undefined by generation \(from)")
            return
        }
        let change = arm.specification.phases.first { $0.from <= from + horizon }
        if let change {
            records = nothing(
                "the arm changes at generation \(change.from), and no law here holds before and after"
            )
            return
        }
        let plan: ChainPlan
        do {
            plan = try ChainPlan(arm: arm.specification, generations: from + horizon)
        } catch {
            records = nothing(
                "the arm has no plan to generation \(from + horizon): \(error.message)")
            return
        }
        let theory = arm.predictions(for: plan).first {
            $0.metric == metric && !$0.relation.isBound
        }
        let forecast = Forecast(
            curves: curves, theory: theory, ages: plan.meanAges, horizon: horizon)
        var basis: String
        switch forecast.basis {
        case .theory(let source): basis = "theory: \(source)"
        case .age: basis = "fitted in the mean age of the data"
        }
        if curves.count == 1 { basis += "; one seed gives no interval: add seeds" }
        records = forecast.points.map { record($0.generation, $0, basis) }
    }

    /// The last generation, for a reader.
    var text: String {
        guard let last = records.last else { return "" }
        guard let estimate = last.estimate else {
            return "\(last.arm): nothing can be said: \(last.basis)"
        }
        var words =
            "\(last.arm): \(last.metric) at generation \(last.generation) is expected at "
            + TerminalNumber.significant(estimate)
        if let low = last.low, let high = last.high {
            words +=
                " (90 % \(TerminalNumber.significant(low)) to \(TerminalNumber.significant(high)))"
        }
        return "\(words); \(last.basis)"
    }
}
