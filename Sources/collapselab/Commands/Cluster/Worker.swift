import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab worker`
    struct Worker: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Work on a prepared run beside other workers, here or on other machines.",
            discussion: """
                Takes what is missing of DIR, one unit after another, until nothing is left that nobody else \
                works on. Start as many as you like, at any time, by a scheduler, ssh or GNU parallel; each may be \
                ended at any moment, and another goes on with what it had begun.
                """)

        @OptionGroup var recorded: RecordedRunArguments

        @Option(CommandKeys.workers, name: .shortAndLong)
        var workers: Int = ProcessInfo.processInfo.activeProcessorCount

        @Option(
            help: ArgumentHelp(
                "Leave before so much time is over, such as 3h50m: a scheduler's limit.",
                valueName: "time"), transform: TimeSpanArgument.read)
        var until: TimeSpan?

        @Option(
            help: ArgumentHelp(
                "Leave after so long without anything to do (default: 60s).", valueName: "time"),
            transform: TimeSpanArgument.read)
        var idleExit = TimeSpan(seconds: 60)

        @Option(
            CommandKeys.count(
                "requeues", from: 0,
                "In a job of Slurm: how often it goes back into the queue when its time is over."))
        var requeues = 0

        @OptionGroup var commands: ConsentArguments

        @Flag(name: .shortAndLong, help: "Say nothing but errors.")
        var quiet = false

        func run() throws {
            try reportingErrors {
                guard FileSystem.exists(recorded.directory) else {
                    throw WorkRefusal.notThere(
                        directory: recorded.directory, host: ProcessIdentity.host)
                }
                let execution = Workplace.execution(
                    workers: workers, reporter: RunReporter(isQuiet: quiet),
                    consent: commands.consent)
                let job = SlurmJob(environment: ProcessInfo.processInfo.environment)
                let ending = WorkerEnding(
                    folder: WorkFolder(of: recorded.directory), execution: execution, job: job,
                    mostRequeues: requeues)
                ending.watch(limit: until?.seconds)
                let resolved = try recorded.resolved()
                let type = SettingRegistry.type(named: resolved.setting.name)
                let outcome = try work(type, resolved, execution, ending)
                guard !quiet || !outcome.failures.isEmpty else { return }
                for failure in outcome.failures {
                    note("arm \(failure.arm)  seed \(failure.seed)  FAILED: \(failure.message)")
                }
                note(
                    outcome.left == 0
                        ? "Nothing is left to take in \(recorded.directory)."
                        : "\(outcome.left) units of \(recorded.directory) are still worked on or open."
                )
                if !outcome.failures.isEmpty { throw ExitCode(1) }
            }
        }

        private func work<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment, _ execution: Execution,
            _ ending: WorkerEnding
        ) throws -> WorkerOutcome {
            let session = try WorkerSession<Setting>(
                resolved, joining: recorded.directory,
                as: .current(version: CollapseLab.version), job: ending.job?.name,
                patience: Double(idleExit.seconds), execution: execution)
            return try session.run(
                WorkerStay(
                    idleExit: Double(idleExit.seconds), isEnding: { ending.hasBegun }))
        }
    }
}
