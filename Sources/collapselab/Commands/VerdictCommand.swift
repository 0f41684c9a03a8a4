import ArgumentParser
import Collapse
import Foundation
import Lab
import Report

extension CollapseLab {
    /// `collapselab verdict`
    struct VerdictCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verdict",
            abstract: "Say of every arm of a run whether it collapsed, in each published sense.",
            discussion: """
                Each arm is held against its control (a control against its own generation 0), seed by seed, in \
                the eight senses that Schaeffer et al. (2025) list. `bounded` means shown to be equivalent, not \
                that nothing was found; what cannot be decided is `inconclusive` and says what to add. Holm's \
                correction holds the chance of any wrong `collapsed` or `improving` at 5 %.
                """)

        @OptionGroup var recorded: RecordedRunArguments

        @Flag(help: "Print JSON for programs.")
        var json = false

        func run() throws {
            try reportingErrors {
                let resolved = try recorded.resolved()
                try judge(SettingRegistry.type(named: resolved.setting.name), resolved)
            }
        }

        private func judge<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws {
            let execution = Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true))
            let results = try RecordedRun<Setting>(resolved, execution: execution).results(
                in: RunDirectory(reading: recorded.directory))
            results.cautions.forEach(warn)
            let table = VerdictTable(Analysis(results))
            try printLine(json ? jsonText(table.rows) : table.text)
        }
    }
}
