import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab collect`
    struct Collect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write metrics, figures and report of what workers have recorded.",
            discussion: """
                While workers are at it the results are of what there is so far. Once everything is recorded, \
                models that the experiment does not keep are removed, and the directory is as one process would \
                have left it.

                Exit codes: 0 everything is recorded, 1 something is missing or failed; the list says what.
                """)

        @OptionGroup var recorded: RecordedRunArguments

        @Flag(name: .shortAndLong, help: "Say nothing but errors and where the report is.")
        var quiet = false

        func run() throws {
            try reportingErrors {
                let resolved = try recorded.resolved()
                let isWhole = try Collection(directory: recorded.directory, isQuiet: quiet)
                    .collect(SettingRegistry.type(named: resolved.setting.name), resolved)
                if !isWhole { throw ExitCode(1) }
            }
        }
    }
}

/// The results of what is recorded, with figures and page.
struct Collection {
    var directory: String
    var isQuiet: Bool

    /// - Returns: Whether nothing is missing; what is, is told.
    func collect<Setting: TaskSetting>(
        _ type: Setting.Type, _ resolved: ResolvedExperiment
    ) throws -> Bool {
        let execution = Workplace.execution(
            workers: ProcessInfo.processInfo.activeProcessorCount,
            reporter: RunReporter(isQuiet: true))
        let collected = try RecordedRun<Setting>(resolved, execution: execution)
            .collect(in: directory)
        try RunEnding(
            results: collected.results, failures: collected.failures.count, directory: directory
        ).report(isQuiet: isQuiet)
        for failure in collected.failures {
            note(
                "arm \(failure.arm)  seed \(failure.seed)  FAILED on \(failure.host), process "
                    + "\(failure.process)\(failure.job.map { ", job \($0)" } ?? ""), log "
                    + "\(failure.log): \(failure.message)")
        }
        guard collected.missing > 0 else { return collected.failures.isEmpty }
        note(
            "\(collected.missing) of \(collected.planned) files of records are missing. "
                + (collected.workers > 0
                    ? "Workers are still at it (`collapselab status \(ShellWord.quoted(directory))`): collect again when "
                        + "they have ended."
                    : "The command that prepared the run, given again, lists them for workers to do.")
        )
        return false
    }
}
