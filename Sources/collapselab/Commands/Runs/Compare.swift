import ArgumentParser
import Collapse
import Foundation
import Lab
import Report
import Support

extension CollapseLab {
    /// `collapselab compare`
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say in what the arms of one run differ from those of another.",
            discussion: """
                Arms of equal names are compared, at the last generation that both have, seed by seed where the \
                runs share seeds. What is printed is the second run less the first.

                  collapselab compare runs/a runs/b
                  collapselab compare runs/a runs/b --arms replace=replace-smoothed --metric samples.distinct_2
                """)

        @Argument(help: "The first run.", completion: .directory)
        var first: String

        @Argument(help: "The second run.", completion: .directory)
        var second: String

        @Option(
            name: .customLong("arms"), parsing: .singleValue,
            help: ArgumentHelp(
                "An arm of each run; may be repeated (default: those of equal names).",
                valueName: "first=second"))
        var arms: [String] = []

        @Option(
            name: .customLong("metric"), parsing: .singleValue,
            help: "A metric; may be repeated (default: the headline metric).")
        var metrics: [String] = []

        @Option(help: "The generation (default: the last that both have).")
        var generation: Int?

        @Flag(help: "Print JSON for programs.")
        var json = false

        func run() throws {
            try reportingErrors {
                let (left, right) = (try LoadedRun(first), try LoadedRun(second))
                let metrics = try metrics(left, right)
                let pairs = try pairs(left, right)
                try checkUnits(left, right, pairs, metrics)
                if let generation {
                    let last = min(left.results.generations, right.results.generations)
                    guard (MetricTable.baseGeneration...last).contains(generation) else {
                        throw WrongInput(
                            "there is no generation \(generation) in both runs: the last is \(last)."
                        )
                    }
                }
                let comparison = RunComparison(
                    left.results, right.results, pairs: pairs, metrics: metrics,
                    generation: generation)
                guard !comparison.rows.isEmpty else {
                    throw WrongInput(
                        "no generation of \(metrics.joined(separator: ", ")) is recorded in both runs"
                            + (generation.map { " at generation \($0)" } ?? "") + ".")
                }
                if let remark = RunUnits.otherData(left.resolved, right.resolved) { warn(remark) }
                guard !json else { return try printLine(jsonText(comparison.rows)) }
                try write(comparison, left)
            }
        }

        private func metrics(_ left: LoadedRun, _ right: LoadedRun) throws -> [String] {
            let (ours, theirs) = (
                Set(left.results.metrics.metrics), Set(right.results.metrics.metrics)
            )
            let asked = metrics.isEmpty ? [left.results.setting.headline] : metrics
            let common = ours.intersection(theirs)
            for name in asked {
                for run in [left, right] { try run.check(metric: name, among: common) }
            }
            return asked
        }

        private func pairs(_ left: LoadedRun, _ right: LoadedRun) throws -> [RunComparison.Pair] {
            guard arms.isEmpty else {
                return try arms.map { text in
                    // The names of swept arms hold equals signs in their brackets.
                    let splits = text.indices.filter { text[$0] == "=" }.map {
                        (String(text[..<$0]), String(text[text.index(after: $0)...]))
                    }
                    let names = left.results.arms.map(\.name)
                    guard let (a, b) = splits.first(where: { names.contains($0.0) }) ?? splits.first
                    else {
                        throw WrongInput("--arms \(text): write FIRST=SECOND, an arm of each run.")
                    }
                    return RunComparison.Pair(first: try left.arm(a), second: try right.arm(b))
                }
            }
            let theirs = Set(right.results.arms.map(\.name))
            let shared = left.results.arms.map(\.name).filter(theirs.contains)
            guard !shared.isEmpty else {
                throw WrongInput(
                    "the runs have no arms of equal names: name pairs, such as --arms "
                        + "\(left.results.arms[0].name)=\(right.results.arms[0].name).")
            }
            return shared.map { RunComparison.Pair(first: $0, second: $0) }
        }

        /// Nats of unequal tokens are no difference of models.
        private func checkUnits(
            _ left: LoadedRun, _ right: LoadedRun, _ pairs: [RunComparison.Pair],
            _ metrics: [String]
        ) throws {
            let setting = left.results.setting
            guard setting.name == right.results.setting.name else {
                throw WrongInput(
                    "\(left.directory) is of the setting \(setting.name) and \(right.directory) of "
                        + "\(right.results.setting.name), whose metrics are of different things.")
            }
            let bound = metrics.filter { !setting.metric($0).comparesAcrossUnits }
            guard let metric = bound.first else { return }
            for pair in pairs {
                guard
                    let difference = RunUnits.difference(
                        left.resolved, pair.first, right.resolved, pair.second)
                else { continue }
                let measured = Set(left.results.metrics.metrics)
                    .intersection(right.results.metrics.metrics)
                let others = setting.metrics.filter {
                    $0.comparesAcrossUnits && measured.contains($0.name)
                }.map(\.name)
                throw WrongInput(
                    "\(metric) cannot be compared between the arms \(pair.first) and \(pair.second): they count "
                        + "in other \(setting.sizeUnit), because \(difference.key) is "
                        + "\(shortened(difference.existing)) in \(left.directory) and "
                        + "\(shortened(difference.requested)) in \(right.directory)."
                        + (others.isEmpty
                            ? "" : " What compares: --metric \(others.joined(separator: " or "))."))
            }
        }

        private func shortened(_ text: String) -> String {
            text.count <= 60 ? text : text.prefix(57) + "..."
        }

        private func write(_ comparison: RunComparison, _ left: LoadedRun) throws {
            var table = TextTable([
                ("arm", .left), ("generation", .right), ("first", .right), ("second", .right),
                ("second less first", .right), ("seeds", .left),
            ])
            var metric: String?
            func flush() throws {
                for line in table.lines(width: TerminalSize.outputWidth) { try printLine(line) }
            }
            for row in comparison.rows.sorted(by: { position($0.metric) < position($1.metric) }) {
                if row.metric != metric {
                    if metric != nil { try flush() }
                    table.removeRows()
                    metric = row.metric
                    let declaration = left.results.setting.metric(row.metric)
                    try printLine("\(declaration.axisTitle), 95 % intervals:")
                }
                table.append([
                    row.first == row.second ? row.first : "\(row.first), \(row.second)",
                    "\(row.generation)", NumberText.short(row.firstMean),
                    NumberText.short(row.secondMean),
                    NumberText.estimate(row.difference, halfWidth: row.halfWidth, signed: true),
                    row.pairedSeeds > 0
                        ? "\(row.pairedSeeds) paired"
                        : "\(row.firstSeeds) and \(row.secondSeeds), not paired",
                ])
            }
            try flush()
        }

        private func position(_ metric: String) -> Int {
            metrics.firstIndex(of: metric) ?? 0
        }
    }
}
