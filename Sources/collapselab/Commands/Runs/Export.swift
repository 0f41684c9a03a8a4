import ArgumentParser
import Collapse
import Foundation
import Lab
import Report
import Support

extension CollapseLab {
    /// `collapselab export`
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Write the measurements or samples of one or several runs for other programs.",
            discussion: """
                Measurements are CSV in tidy form, run,arm,seed,generation,metric,value, as pandas and R read it. \
                A file whose name ends in .gz is compressed.

                  collapselab export runs/a runs/b --output both.csv.gz
                  collapselab export runs/a --metric heldout.nats_per_token
                  collapselab export runs/a --latex --output table.tex
                  collapselab export runs/a --samples --output samples.jsonl.gz
                """)

        @Argument(help: "The runs.", completion: .directory)
        var runs: [String]

        @Option(
            name: .customLong("metric"), parsing: .singleValue,
            help: "A metric; may be repeated (default: all).")
        var metrics: [String] = []

        @Flag(help: "Write how the arms ended, as a table for LaTeX.")
        var latex = false

        @Flag(help: "Write all stored samples as JSON lines, with what drew them.")
        var samples = false

        @Option(name: .shortAndLong, help: "The file; - is standard output.")
        var output = "-"

        @Flag(help: "Overwrite the file where it exists.")
        var replace = false

        func validate() throws {
            guard !(latex && samples) else {
                throw ValidationError("--latex and --samples are of different things: choose one.")
            }
            guard metrics.isEmpty || !(latex || samples) else {
                throw ValidationError("--metric is for measurements alone.")
            }
        }

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                guard
                    output == "-" || replace || !FileSystem.isNamed(output)
                        || FileSystem.isSpecial(output)
                else {
                    throw WrongInput(
                        "\(output) exists: name another --output, or overwrite it with --replace.")
                }
                let named = try runs.map { (name: $0, run: try LoadedRun($0)) }
                try check(named.map(\.run))
                var file = try OutputFile(output, compresses: true)
                if latex {
                    let tables = named.map { ($0.name, OutcomeTable(Analysis($0.run.results))) }
                    try file.write(Array(LaTeXTable.text(tables).utf8))
                } else if samples {
                    for (name, run) in named {
                        try write(
                            SettingRegistry.type(named: run.resolved.setting.name), run, name,
                            to: &file)
                    }
                } else {
                    try write(named, to: &file)
                }
                try file.commit()
            }
        }

        private func check(_ runs: [LoadedRun]) throws {
            for run in runs {
                let measured = Set(run.results.metrics.metrics)
                for name in metrics.isEmpty ? [run.results.setting.headline] : metrics {
                    try run.check(metric: name, among: measured)
                }
            }
        }

        /// The measurements of runs, in their order.
        private func write(
            _ runs: [(name: String, run: LoadedRun)], to file: inout OutputFile
        ) throws {
            let wanted = Set(metrics)
            try file.write(Array("run,\(MetricTable.header)\n".utf8))
            for (name, run) in runs {
                let start = CSVField.text(name) + ","
                var lines: [UInt8] = []
                for row in run.results.metrics.rows
                where wanted.isEmpty || wanted.contains(row.metric) {
                    lines +=
                        (start + CSVField.text(row.arm)
                        + ",\(row.seed),\(row.generation),\(CSVField.text(row.metric)),\(row.value)\n")
                        .utf8
                    if lines.count > 1 << 20 {
                        try file.write(lines)
                        lines = []
                    }
                }
                try file.write(lines)
            }
        }

        /// An example as a line of JSON.
        private struct Example: Encodable {
            var run: String
            var arm: String
            var seed: UInt64
            /// The generation whose model drew it.
            var generation: Int
            var index: Int
            /// 0 is real, t was drawn by generation t - 1.
            var provenance: Int
            /// The keys of the models that drew the samples, newest first.
            var models: [String]
            var text: String
        }

        private func write<Setting: TaskSetting>(
            _ type: Setting.Type, _ run: LoadedRun, _ name: String, to file: inout OutputFile
        ) throws {
            let inspection = try RunInspection<Setting>(
                run.resolved, in: run.directory,
                execution: Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true)))
            var count = 0
            for arm in run.results.arms.map(\.name) {
                for seed in run.results.seeds {
                    for t in 0...run.results.generations {
                        guard
                            let stored = try inspection.stored(
                                arm: arm, seed: seed, generation: t)
                        else { continue }
                        count += 1
                        let texts = try inspection.texts(
                            of: stored, arm: arm, seed: seed, count: .max)
                        for (index, text) in texts.enumerated() {
                            let example = Example(
                                run: name, arm: arm, seed: seed, generation: t, index: index,
                                provenance: stored.provenance?.provenance ?? t + 1,
                                models: stored.provenance?.models ?? [], text: text)
                            try file.write(Array(jsonLine(example).utf8))
                        }
                    }
                }
            }
            guard count > 0 else {
                throw WrongInput(
                    "\(run.directory) keeps no samples"
                        + (Setting.declaration.recordUnit == .generation
                            ? "."
                            : ": the setting \(Setting.declaration.name) records metrics alone."))
            }
        }
    }
}
