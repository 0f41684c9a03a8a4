import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

/// A run whose work is done by jobs of Slurm.
struct ClusterRun {
    var preparation: Preparation
    var arguments: ExecutorArguments
    /// What workers may start, as an option of theirs.
    var consent: [String]

    /// - Returns: Whether everything is recorded, or left to the jobs.
    func run<Setting: TaskSetting>(
        _ type: Setting.Type, _ resolved: ResolvedExperiment
    ) throws -> Bool {
        let directory = preparation.output
        let request = try arguments.request()
        let slurm = try SlurmSubmission.check(request, directory: directory)
        let (missing, units) = try preparation.prepare(type, resolved)
        let jobs = try SlurmSubmission(
            request: request, name: resolved.experiment[ExperimentKeys.name], directory: directory,
            missing: missing, arguments: consent, root: Workplace.root
        ).submit(to: slurm)
        let place = ShellWord.quoted(directory)
        note(
            "\(directory): \(missing) of \(units) units are to be done, by the "
                + (jobs.count > 1 ? "jobs " : "job ") + jobs.map(\.job).joined(separator: " and ")
                + " of Slurm. `collapselab status \(place)` says how far they are, `collapselab cancel "
                + "\(place)` ends them.")
        guard arguments.presence == .wait else {
            try printLine(directory)
            return true
        }
        Termination.end(
            saying:
                "\nThe jobs go on: `collapselab status \(place) --watch` says how far they are, "
                + "`collapselab cancel \(place)` ends them.\n")
        return try wait(type, jobs)
    }

    /// Stays until no job is left.
    private func wait<Setting: TaskSetting>(
        _ type: Setting.Type, _ jobs: [SubmittedJob]
    ) throws -> Bool {
        let directory = preparation.output
        guard
            let resolved = try ExperimentFile.recorded(
                in: directory, settings: SettingRegistry.declarations)
        else { throw WrongInput("\(directory) has lost its experiment.yaml.") }
        let execution = Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true))
        let prepared = try PreparedExperiment<Setting>(
            resolved, execution: execution, mayFetch: false)
        var last = ""
        var wasAnybodyThere = false
        while true {
            let status = try WorkStatus(of: prepared, in: directory)
            let states = Slurm.states(of: jobs)
            wasAnybodyThere = wasAnybodyThere || !status.workers.isEmpty
            let line = StatusText.line(status, states)
            if line != last, !preparation.isQuiet { note(line) }
            last = line
            let isComing = states.contains(where: \.isComing)
            if !isComing, status.workers.isEmpty {
                if !wasAnybodyThere, status.recorded == 0, status.planned > 0 {
                    throw SlurmError.noWorker(logs: WorkFolder(of: directory).logs)
                }
                break
            }
            sleep(2)
        }
        return try Collection(directory: directory, isQuiet: preparation.isQuiet)
            .collect(type, resolved)
    }
}
