import ArgumentParser
import Collapse
import Foundation
import Lab
import Report
import Support

extension CollapseLab {
    /// `collapselab threshold`
    struct ThresholdCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "threshold",
            abstract:
                "Search for how much is enough: the smallest value of a key that keeps an arm "
                + "near its control.",
            discussion: """
                The smallest value of KEY such that it and all larger values that were tried keep the metric at the \
                last generation within the tolerance of the control, fresh real data in the place of all samples. \
                Values and seeds are added where they tell most, until the interval is as narrow as a step of a \
                grid of \(ThresholdSearch.gridValues) values or the runs are used up. Every run is kept below \
                --output, and a search that is repeated, stopped or given another tolerance computes nothing \
                twice.

                  collapselab threshold mine.yaml --key arms.mixture.real-fraction --tolerance 0.05
                """)

        @OptionGroup var experiment: ExperimentArguments

        @Option(
            help: ArgumentHelp(
                "A key of an arm that takes a number, such as arms.mixture.real-fraction.",
                valueName: "K"))
        var key: String

        @Option(
            help: ArgumentHelp(
                "The excess over the control that is still enough, in the metric's unit.",
                valueName: "X"))
        var tolerance: Double

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("The metric; the headline unless given.", valueName: "M"))
        var metric: String?

        @Option(help: "The confidence of the interval.")
        var confidence = 0.95

        @Option(
            help: ArgumentHelp(
                "The smallest value to try (default: the least of the file's sweep, or of the key); of a negative "
                    + "one write --smallest=-2.",
                valueName: "V"))
        var smallest: Double?

        @Option(help: ArgumentHelp("The largest value to try, likewise.", valueName: "V"))
        var largest: Double?

        @Option(
            help: ArgumentHelp(
                "How many chains may be run, controls among them.", valueName: "N"))
        var runs = ThresholdSearch.gridRuns / 2

        @Option(name: .shortAndLong, help: "The folder of the runs (default: runs/NAME-threshold).")
        var output: String?

        @Option(
            help: "A run directory, or a folder for many runs, whose stored generations are shared."
        )
        var store: String?

        @OptionGroup var commands: ConsentArguments

        @Option(CommandKeys.workers, name: .shortAndLong)
        var workers: Int = ProcessInfo.processInfo.activeProcessorCount

        @Flag(name: .shortAndLong, help: "Say nothing but errors and the result.")
        var quiet = false

        @Flag(help: "Print JSON for programs.")
        var json = false

        func validate() throws {
            guard tolerance > 0, tolerance.isFinite else {
                throw ValidationError(
                    "--tolerance \(tolerance): no finite number of seeds shows that two arms do not differ "
                        + "at all. Give the largest excess, above 0, that is of no importance.")
            }
            guard (0.5...0.999).contains(confidence) else {
                throw ValidationError("--confidence \(confidence): give 0.5 to 0.999.")
            }
            guard (50...1_000_000).contains(runs) else {
                throw ValidationError("--runs \(runs): give 50 to 1000000.")
            }
        }

        func run() throws {
            try reportingErrors {
                let resolved = try experiment.resolved()
                try search(SettingRegistry.type(named: resolved.setting.name), resolved)
            }
        }

        private func search<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws {
            let declaration = Setting.declaration
            let name = metric ?? declaration.headline
            guard let metric = declaration.metrics.first(where: { $0.name == name }) else {
                throw WrongInput(
                    "the setting \(declaration.name) has no metric \(name); it has "
                        + declaration.metrics.map(\.name).joined(separator: ", ") + ".")
            }
            let folder = output ?? experiment.defaultDirectory + "-threshold"
            try OutputPlace.check(folder)
            try OutputPlace.check(store, option: "--store")
            guard try resolved.experiment[ExperimentKeys.generations] > 0 else {
                throw WrongInput(
                    "with generations: 0 every model is fitted to real data, and there is nothing to "
                        + "search for: raise generations.")
            }
            guard
                try ExperimentFile.recorded(in: folder, settings: SettingRegistry.declarations)
                    == nil
            else {
                throw WrongInput(
                    "\(folder) is the directory of a run: name another --output, in which the search keeps "
                        + "its own runs.")
            }
            let load = { (overrides: [String]) in
                try Workplace.experiment(
                    experiment.experiment, overrides: experiment.overrides + overrides)
            }
            let key = try SearchedKey(key, smallest: smallest, largest: largest, load: load)
            let execution = Workplace.execution(
                workers: workers, reporter: RunReporter(isQuiet: true),
                consent: commands.consent)
            execution.endWithFits(
                saying: "\nInterrupted. Every run is kept; run the same command to go on.\n")
            let chains = try ThresholdRuns<Setting>(
                key, load: load, folder: folder, store: store, metric: metric,
                execution: execution)
            let answer = try ThresholdSearch.search(
                in: key.range, tolerance: tolerance,
                isTwoSided: ![.lowerIsBetter, .higherIsBetter].contains(metric.direction),
                confidence: confidence, mostRuns: runs
            ) { value, seeds, limit in
                let measured = try chains.contrasts(at: value, seeds: seeds, limit: limit)
                if let measured, !quiet {
                    let mean = Summary(measured.contrasts).mean
                    note(
                        "\(self.key) \(key.text(value)): \(seeds.count) seeds more, excess of these "
                            + "\(NumberText.short(mean))")
                }
                return measured
            }
            guard answer.runs > 0 else {
                throw WrongInput(
                    "the arm trains on real data alone at every value of \(self.key), so that it is its own "
                        + "control: there is nothing to search for.")
            }
            let report = ThresholdReport(
                answer, key: self.key, range: key.range, tolerance: tolerance, metric: metric,
                confidence: confidence, generation: chains.generation, doubt: chains.doubt)
            try printLine(json ? jsonText(report) : report.text)
        }
    }
}

/// The answer as JSON and for a reader.
private struct ThresholdReport: Encodable {
    let threshold: Threshold
    let key: String
    let range: ThresholdSearch.Range
    let tolerance: Double
    let metric: MetricDeclaration
    let confidence: Double
    let generation: Int
    let doubt: String?

    init(
        _ threshold: Threshold, key: String, range: ThresholdSearch.Range, tolerance: Double,
        metric: MetricDeclaration, confidence: Double, generation: Int, doubt: String?
    ) {
        self.doubt = doubt
        (self.threshold, self.key, self.range) = (threshold, key, range)
        (self.tolerance, self.metric) = (tolerance, metric)
        (self.confidence, self.generation) = (confidence, generation)
    }

    private enum CodingKeys: String, CodingKey {
        case key, tolerance, value, low, high, runs, metric, generation, confidence, side, reliable
        case remarks
        case gridRuns = "runs_of_grid"
    }

    /// What cannot be said is null.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key, forKey: .key)
        try container.encode(tolerance, forKey: .tolerance)
        try container.encode(threshold.value, forKey: .value)
        try container.encode(threshold.low, forKey: .low)
        try container.encode(threshold.high, forKey: .high)
        try container.encode(threshold.runs, forKey: .runs)
        try container.encode(ThresholdSearch.gridRuns, forKey: .gridRuns)
        try container.encode(metric.name, forKey: .metric)
        try container.encode(generation, forKey: .generation)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(threshold.side, forKey: .side)
        try container.encode(doubt == nil, forKey: .reliable)
        try container.encode(remarks, forKey: .remarks)
    }

    private func number(_ value: Double) -> String { NumberText.short(value) }

    /// Where the search looked, in words.
    private var bounds: String { "\(number(range.smallest)) to \(number(range.largest))" }

    private var isEnough: String {
        "\(metric.name) at generation \(generation) within \(number(tolerance)) of the control"
    }

    var text: String {
        ([(doubt == nil ? "" : "Not to be relied on: ") + answer] + remarks + [
            "\(threshold.runs) runs; a grid of \(ThresholdSearch.gridValues) values and "
                + "\(ThresholdSearch.gridSeeds) seeds takes \(ThresholdSearch.gridRuns)."
        ]).joined(separator: "\n")
    }

    private var answer: String {
        let percent = "\(number(100 * confidence)) %"
        let (direction, edge, enough) =
            threshold.side == .atLeast
            ? ("at least", "smallest", range.largest) : ("at most", "largest", range.smallest)
        switch threshold.finding {
        case .value(let value):
            let ends = [threshold.low, threshold.high].compactMap(\.self).map(number)
            return "\(key) of \(direction) about \(number(value)) (\(percent) interval "
                + "\(ends.joined(separator: " to "))) keeps \(isEnough)."
        case .everywhere:
            return "Every value of \(key) from \(bounds) keeps \(isEnough)."
        case .none:
            return
                "No value of \(key) from \(bounds) keeps \(isEnough): \(number(enough)) is shown to be "
                + "beyond it."
        case .undecided:
            return
                "Whether any value of \(key) from \(bounds) keeps \(isEnough) cannot be said: not even "
                + "\(number(enough)) is shown to, by so many runs. Raise --runs or --tolerance, or look "
                + "in a wider range: the \(edge) value that is enough may lie beyond it."
        }
    }

    private var remarks: [String] {
        var remarks: [String] = []
        if let rise = threshold.rise {
            remarks.append(
                "The curve is not monotone: \(number(rise.better)) is better than "
                    + "\(number(rise.worse)), which lies further on the side where values are to be enough. "
                    + "Between values that were tried it may leave the tolerance again.")
        }
        if threshold.usedUp {
            remarks.append(
                "What is left of the runs does not pay for the next seeds: with more --runs the interval may "
                    + "get narrower.")
        }
        let isWide = threshold.width.map { $0 > (range.largest - range.smallest) / 2 } ?? false
        let needed = threshold.seedsForTolerance(tolerance)
        if isWide { remarks.append("The interval is wide and the value means little.") }
        if isWide || threshold.finding == .undecided, needed > Double(ThresholdSearch.gridSeeds) {
            let seeds =
                needed < 1e9 ? "about \(number(needed)) seeds" : "more seeds than anybody has"
            remarks.append(
                "Differences between seeds have a deviation of about \(number(threshold.deviation)), so "
                    + "that to show one within the tolerance takes \(seeds) at each value.")
        }
        if let doubt { remarks.append(doubt) }
        return remarks
    }
}
