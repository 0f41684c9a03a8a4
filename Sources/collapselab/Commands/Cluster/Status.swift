import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab status`
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how far a run is, who works on it, and what failed.",
            discussion: """
                Reads the run's own files, and disturbs nobody. Where Slurm was given the run, its word on the \
                jobs is added.
                """)

        @OptionGroup var recorded: RecordedRunArguments

        @Flag(
            help: "Say it again every two seconds, until the run has ended or nobody works on it.")
        var watch = false

        @Flag(help: "Print JSON; with --watch, an object a line.")
        var json = false

        func run() throws {
            try reportingErrors {
                let resolved = try recorded.resolved()
                try show(SettingRegistry.type(named: resolved.setting.name), resolved)
            }
        }

        private func show<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws {
            let prepared = try PreparedExperiment<Setting>(
                resolved,
                execution: Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true)),
                mayFetch: false)
            let redraws = watch && !json && StandardOutput.isTerminal
            while true {
                let status = try WorkStatus(of: prepared, in: recorded.directory)
                let jobs = Slurm.states(of: status.jobs)
                if redraws { try StandardOutput.write("\u{1B}[H\u{1B}[2J") }
                if json {
                    try StandardOutput.write(StatusText.json(status, jobs, isLine: watch))
                } else {
                    try StandardOutput.write(
                        StatusText.lines(status, jobs).joined(separator: "\n") + "\n")
                }
                let isOver = status.done + status.failed == status.units
                let isAnybodyThere = !status.workers.isEmpty || jobs.contains { $0.isComing }
                guard watch, !isOver, isAnybodyThere else { return }
                sleep(2)
            }
        }
    }

    /// `collapselab cancel`
    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the work on a run: its jobs, and its workers wherever they are.",
            discussion: """
                Everything that is recorded stays. Workers on other machines that no scheduler started end when \
                they next look, within seconds.
                """)

        @OptionGroup var recorded: RecordedRunArguments

        func run() throws {
            try reportingErrors {
                let directory = recorded.directory
                let folder = WorkFolder(of: directory)
                guard folder.isPrepared else {
                    _ = try recorded.resolved()
                    if let holder = RunDirectory.onlyHolder(of: directory) {
                        throw WorkRefusal.ranAlone(
                            directory: directory, process: holder.process.number, host: holder.host)
                    }
                    try printLine("\(directory) has no jobs and no workers: nothing was to cancel.")
                    return
                }
                try folder.cancel()
                let jobs = try folder.jobs()
                if !jobs.isEmpty { try Slurm.located().cancel(jobs) }
                let workers = try folder.liveWorkers()
                let own = workers.filter { $0.process.isAlive == true }
                for worker in own { kill(worker.process.number, SIGTERM) }
                // Nobody need wait for the lease of a job that is over.
                let numbers = Set(jobs.map(\.job))
                try folder.release { holder in
                    guard let job = holder.job?.split(separator: "_").first else { return false }
                    return numbers.contains(String(job)) && holder.process.isAlive != true
                }
                try printLine(
                    "\(directory): told \(jobs.count) \(jobs.count == 1 ? "job" : "jobs") and "
                        + "\(workers.count) \(workers.count == 1 ? "worker" : "workers") to end. What is "
                        + "recorded stays; the command that prepared the run, given again, goes on."
                )
            }
        }
    }
}
