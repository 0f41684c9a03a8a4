import ArgumentParser
import Collapse
import Foundation
import Lab
import Report
import Support

extension CollapseLab {
    /// `collapselab cross`
    struct Cross: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Score each generation's samples, and held-out text, under each generation's model.",
            discussion: """
                For one chain of a run, cross.csv has a line for each generation's model and each data that it \
                scores: `real`, the run's held-out text, or the generation that drew it. cross.svg is the same as a \
                heat map. Cross-entropies are in nats per token, ends of documents included, and in bits per byte \
                where text can be recovered from its tokens. They are measured as the run measures: with its \
                held-out text, context, stride and scoring-smoothing, samples after their prompts. So of `real` they \
                are each generation's recorded heldout.nats_per_token.

                Models and samples that the run did not keep are computed again, to the same bits, and its records \
                stay as they are; with checkpoints: all a run keeps every model. Where a model holds something in \
                the data impossible, the cross-entropy is infinite (inf), and zero_probability_tokens says how much.

                  collapselab cross runs/mine --arm replace --seed 0
                  collapselab cross runs/mine --arm replace --seed 0 --generations 0,5,10..20 --output figures
                """)

        @OptionGroup var recorded: RecordedRunArguments

        @Option(help: "The arm (default: the only one).")
        var arm: String?

        @Option(help: "The seed (default: the only one).")
        var seed: String?

        @Option(
            help:
                "The generations: numbers and ranges, such as 0,5,10..20 (default: all that are recorded)."
        )
        var generations: GenerationList?

        @Option(
            name: .shortAndLong,
            help: "The folder to write to (default: cross/ARM/seed-SEED in the run directory).")
        var output: String?

        @Flag(help: "Print JSON for programs.")
        var json = false

        @OptionGroup var workers: WorkerArguments

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let resolved = try recorded.resolved()
                let table = try table(
                    SettingRegistry.type(named: resolved.setting.name), resolved)
                try write(table, to: output ?? table.folder(in: recorded.directory))
            }
        }

        private func table<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws -> CrossTable {
            let execution = Workplace.execution(
                workers: workers.workers, reporter: RunReporter(isQuiet: false))
            var progress = WorkProgress("scoring", total: nil)
            defer { progress.end() }
            return try CrossEvaluation<Setting>(
                resolved, in: recorded.directory, execution: execution
            ).table(arm: arm, seed: seed, generations: generations?.generations) { done, total in
                progress.say("scoring: \(done) of \(total) cells")
            }
        }

        private func write(_ table: CrossTable, to folder: String) throws {
            try FileSystem.createFolder(folder)
            let file = folder + "/cross.csv"
            try AtomicFile.write(table.csv, to: file, staging: folder)
            var files = [file]
            do {
                files += try FigureWriter().write(CrossFigure.figure(table), to: folder)
            } catch let problem as ReportError {
                note("\(problem)")
            }
            tellInfinite(table)
            if json {
                try printLine(jsonText(Report(table, files)))
            } else {
                try printLine(CrossText.text(table))
                for file in files where !file.hasSuffix(".gnuplot") { try printLine(file) }
            }
        }

        private func tellInfinite(_ table: CrossTable) {
            let count = table.infiniteCells.count
            guard count > 0 else { return }
            warn(
                "\(count) of \(table.cells.count) cross-entropies are infinite: the models there hold "
                    + "some tokens impossible, which zero_probability_tokens counts. "
                    + "evaluation.scoring-smoothing: interpolated scores such models smoothed.")
        }

        private struct Report: Encodable {
            struct Cell: Encodable {
                var model: Int
                var data: String
                var natsPerToken: Double
                @OrNull var bitsPerByte: Double?
                var tokens: Int
                var zeroProbabilityTokens: Int
            }

            var arm: String
            var seed: UInt64
            var generations: [Int]
            var cells: [Cell]
            var files: [String]

            init(_ table: CrossTable, _ files: [String]) {
                (arm, seed, generations) = (table.arm, table.seed, table.generations)
                cells = table.cells.map { cell in
                    Cell(
                        model: cell.model, data: "\(cell.data)",
                        natsPerToken: cell.score.natsPerEvent,
                        bitsPerByte: cell.score.bitsPerByte, tokens: cell.score.events,
                        zeroProbabilityTokens: cell.score.impossibleEvents)
                }
                self.files = files
            }
        }
    }
}

/// The table as lines that a terminal holds.
private enum CrossText {
    /// More columns do not fit.
    private static let mostColumns = 8
    private static let width = 10

    static func text(_ table: CrossTable) -> String {
        var data = table.data
        // The first and the newest generations, where not all fit.
        if data.count > mostColumns {
            data = Array(data.prefix(mostColumns / 2) + data.suffix(mostColumns / 2))
        }
        let shown = table.generations.filter { data.contains(.samples(generation: $0)) }
        let heading =
            "Cross-entropy in nats/token: a row is the model of a generation, a column the held-out "
            + "text (real) or the samples that a generation drew."
        let header = "model" + data.map { padded("\($0)") }.joined()
        let rows = shown.map { model in
            padded("\(model)", 5)
                + data.map { data in
                    let score = table.cells.first { $0.model == model && $0.data == data }?.score
                    return padded(score.map { word($0.natsPerEvent) } ?? "")
                }.joined()
        }
        let left = table.generations.count - shown.count
        return
            ([heading, header] + rows
            + (left > 0 ? ["... and \(left) generations between them, in cross.csv"] : []))
            .joined(separator: "\n")
    }

    private static func word(_ value: Double) -> String {
        value.isInfinite ? "infinite" : TerminalNumber.significant(value)
    }

    private static func padded(_ text: String, _ width: Int = width) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
