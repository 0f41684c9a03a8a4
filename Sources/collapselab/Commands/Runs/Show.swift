import ArgumentParser
import Collapse
import Foundation
import Lab
import Report
import Support

extension CollapseLab {
    /// `collapselab show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Show a run, or one generation of it: what it trained on, its model, its samples.",
            discussion: """
                  collapselab show runs/mine                       its arms, and how they ended
                  collapselab show runs/mine:replace/0/5           generation 5 of seed 0 of an arm
                  collapselab show runs/mine:replace/0/5 --samples 10 --metrics
                """)

        @Argument(help: "A run, or \(StoredModel.address).", completion: .directory)
        var place: String

        @Option(CommandKeys.count("samples", from: 0, "Samples to show."))
        var samples = SampleProvenance.mostShown

        @Flag(help: "Show every metric of the generation.")
        var metrics = false

        @Flag(help: "Print JSON for programs.")
        var json = false

        func run() throws {
            try reportingErrors {
                guard !RunModels.isThere(place),
                    let address = ModelAddress(place, isRun: RunModels.isThere)
                else { return try overview(LoadedRun(place)) }
                let run = try LoadedRun(address.run)
                let type = SettingRegistry.type(named: run.resolved.setting.name)
                let generation = try generation(type, run, address)
                if json {
                    try printLine(jsonText(generation))
                } else {
                    try generation.lines(run.results.setting, allMetrics: metrics).forEach {
                        try printLine($0)
                    }
                }
            }
        }

        private func generation<Setting: TaskSetting>(
            _ type: Setting.Type, _ run: LoadedRun, _ address: ModelAddress
        ) throws -> ShownGeneration {
            let models = try RunModels(run.resolved, in: run.directory)
            let place = try models.place(at: address)
            let (arm, seed) = (place.arm.name, place.seed)
            let t =
                switch place.generation {
                case .number(let t): t
                case .base: MetricTable.baseGeneration
                }
            var values: [String: Double] = [:]
            for name in run.results.metrics.metrics {
                values[name] = run.results.metrics.value(
                    arm: arm, seed: seed, generation: t, metric: name)
            }
            guard !values.isEmpty else {
                throw AddressError(
                    .generation,
                    "the arm \(arm), seed \(seed), of \(run.directory) has not recorded generation "
                        + "\(place.generation)")
            }
            let inspection = try RunInspection<Setting>(
                run.resolved, in: run.directory,
                execution: Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true)))
            let stored = try inspection.stored(arm: arm, seed: seed, generation: t)
            return ShownGeneration(
                run: run.directory, arm: arm, seed: seed, generation: t,
                trainedOn: try inspection.composition(of: arm, generation: t),
                model: try models.modelFolder(at: place), samples: stored?.folder,
                drawnBy: stored?.provenance?.models ?? [],
                texts: try stored.map {
                    try inspection.texts(of: $0, arm: arm, seed: seed, count: samples)
                } ?? [],
                metrics: values)
        }

        private func overview(_ run: LoadedRun) throws {
            let (results, table) = (run.results, OutcomeTable(Analysis(run.results)))
            guard !json else { return try printLine(jsonText(table.rows)) }
            let seeds = RunModels.ranges(results.seeds.map(Int.init))
            try printLine(
                "\(results.name) in \(run.directory): setting \(results.setting.name), seeds \(seeds), "
                    + "generations 0 to \(results.generations)")
            if !results.description.isEmpty { try printLine(results.description) }
            for arm in results.arms { try printLine("  \(arm.name): \(arm.summary)") }
            let outcome = OutcomeText.lines(table, width: TerminalSize.outputWidth)
            try (outcome.isEmpty ? ["Nothing is recorded yet."] : outcome).forEach {
                try printLine($0)
            }
            let place = ShellWord.quoted(
                "\(run.directory):\(results.arms[0].name)/\(results.seeds[0])/\(results.generations)"
            )
            try printLine("A generation: `collapselab show \(place)`")
        }
    }
}

/// A recorded generation as it is shown.
struct ShownGeneration: Encodable {
    var run: String
    var arm: String
    var seed: UInt64
    var generation: Int
    /// A source of its training data a line.
    var trainedOn: [String]
    /// The folder of its model; nil where the run keeps none.
    var model: String?
    /// The folder of its samples; nil where the run keeps none.
    var samples: String?
    /// The keys of the models that drew them, newest first.
    var drawnBy: [String]
    var texts: [String]
    var metrics: [String: Double]

    private enum CodingKeys: String, CodingKey {
        case run, arm, seed, generation, model, samples, texts, metrics
        case trainedOn = "trained_on"
        case drawnBy = "drawn_by"
    }

    func lines(_ setting: SettingDeclaration, allMetrics: Bool) -> [String] {
        var lines = [
            generation == MetricTable.baseGeneration
                ? "\(run): the base model of arm \(arm), seed \(seed)"
                : "\(run): arm \(arm), seed \(seed), generation \(generation)"
        ]
        for (index, source) in trainedOn.enumerated() {
            lines.append((index == 0 ? "trained on  " : "            ") + source)
        }
        lines.append("model       " + (model ?? "not kept"))
        lines.append("samples     " + (samples ?? "not kept"))
        if !drawnBy.isEmpty {
            lines.append(
                "drawn by    " + drawnBy.map { String($0.prefix(12)) }.joined(separator: ", "))
        }
        let declared = (setting.metrics + DataMetrics.all).filter { metrics[$0.name] != nil }
        let names = declared.map(\.name)
        let others = metrics.keys.filter { !names.contains($0) }.sorted()
        for name in allMetrics ? names + others : [setting.headline] {
            guard let value = metrics[name] else { continue }
            let unit = setting.metric(name).unit
            lines.append(
                "\(name)  \(NumberText.short(value, significant: 6))"
                    + (unit.isEmpty ? "" : " \(unit)"))
        }
        for (index, text) in texts.enumerated() {
            lines.append("")
            lines.append("sample \(index + 1):")
            lines.append(text)
        }
        return lines
    }
}
