import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab list`
    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "List the runs below a folder, each with its setting, size, state and outcome.")

        @Argument(help: "Folders of runs (default: runs).", completion: .directory)
        var folders: [String] = ["runs"]

        @Flag(help: "Print JSON for programs.")
        var json = false

        func run() throws {
            try reportingErrors {
                if let missing = folders.first(where: { !FileSystem.isFolder($0) }) {
                    throw WrongInput(
                        "there is no folder \(missing): name one that holds run directories, or make a run, "
                            + "`collapselab run demo-ngram`.")
                }
                let list = try RunList(
                    below: folders.map(Self.trimmed),
                    workers: ProcessInfo.processInfo.activeProcessorCount)
                guard !json else { return try printLine(jsonText(list.entries)) }
                guard !list.entries.isEmpty else {
                    return note(
                        "There is no run in \(folders.joined(separator: ", ")), nor in the folders below."
                    )
                }
                var table = TextTable([
                    ("run", .left), ("setting", .left), ("arms", .right), ("seeds", .right),
                    ("generations", .right), ("state", .left), ("headline", .left),
                ])
                let settings = Dictionary(
                    uniqueKeysWithValues: SettingRegistry.declarations.map { ($0.name, $0) })
                for entry in list.entries { table.append(Self.cells(entry, settings)) }
                try printLine(
                    table.lines(width: TerminalSize.outputWidth).joined(separator: "\n"))
            }
        }

        private static func trimmed(_ path: String) -> String {
            var path = path
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return path
        }

        private static func cells(
            _ entry: RunList.Entry, _ settings: [String: SettingDeclaration]
        ) -> [String] {
            guard let summary = entry.summary else {
                return [entry.path, "", "", "", "", entry.state.rawValue, ""]
            }
            return [
                entry.path, summary.setting, "\(summary.arms.count)", "\(summary.seeds)",
                "\(summary.generations)", entry.state.rawValue,
                headline(summary, settings[summary.setting]),
            ]
        }

        /// The range of the arms' final means, with the metric.
        private static func headline(
            _ summary: RunSummary, _ setting: SettingDeclaration?
        ) -> String {
            let means = summary.arms.compactMap(\.finalMean).filter { !$0.isNaN }
            guard let low = means.min(), let high = means.max() else { return "" }
            let numbers =
                [low] == [high] || means.count == 1
                ? TerminalNumber.significant(low)
                : "\(TerminalNumber.significant(low)) to \(TerminalNumber.significant(high))"
            let unit = setting?.metric(summary.headlineMetric).unit ?? ""
            return numbers + " " + (unit.isEmpty ? summary.headlineMetric : unit)
        }
    }
}
