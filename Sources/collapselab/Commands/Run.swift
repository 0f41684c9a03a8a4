import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab run`
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run what is missing of an experiment, then write its figures and report.",
            discussion: """
                EXPERIMENT is a YAML file or the name of a bundled recipe. The run directory holds \
                experiment.yaml, events.jsonl, metrics.csv, records, figures/ and report.html. A run that was \
                stopped, however, goes on when the same command is given again, with the same bits.

                  collapselab run demo-ngram --output runs/demo-ngram
                  collapselab run sweep.yaml --executor slurm --time 04:00:00 --workers-total 20
                  collapselab run mine.yaml --set arms.mixture.real-fraction=0.2 --set seeds=0..9
                """)

        @OptionGroup var experiment: ExperimentArguments

        @Option(
            name: .shortAndLong,
            help: "The run directory (default: runs/ and the name of the file or recipe).")
        var output: String?

        @Option(
            help: """
                A run directory, or a folder for many runs, whose stored generations are shared: \
                what is there is not computed again, and what this run stores is kept there too, \
                as links to the same files.
                """)
        var store: String?

        @Option(CommandKeys.workers, name: .shortAndLong)
        var workers: Int = ProcessInfo.processInfo.activeProcessorCount

        @OptionGroup var commands: ConsentArguments

        @OptionGroup var cluster: ExecutorArguments

        @Flag(help: "Continue a directory that has fewer generations, seeds or arms.")
        var extend = false

        @Flag(name: .shortAndLong, help: "Say nothing but errors and where the report is.")
        var quiet = false

        @Flag(help: "Print JSON for programs, a line for each event and one for the outcome.")
        var json = false

        func validate() throws {
            guard !json || cluster.executor == .local else {
                throw ValidationError(
                    "--json is for a run on this machine: use `collapselab status --json`.")
            }
        }

        func run() throws {
            try reportingErrors {
                // Any moment will do: every record is whole.
                let execution = Workplace.execution(
                    workers: workers, reporter: RunReporter(isQuiet: quiet, printsJSON: json),
                    consent: commands.consent)
                execution.endWithFits(
                    saying: "\nInterrupted. Every recorded generation is kept; "
                        + "run the same command to go on.\n")
                let resolved = try experiment.resolved()
                let type = SettingRegistry.type(named: resolved.setting.name)
                guard cluster.executor == .local else {
                    guard try submit(type, resolved) else { throw ExitCode(1) }
                    return
                }
                let failures = try execute(type, resolved, execution)
                if failures > 0 {
                    throw ExitCode(1)
                }
            }
        }

        /// - Returns: Whether nothing is missing that should be there now.
        private func submit<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment
        ) throws -> Bool {
            return try ClusterRun(
                preparation: Preparation(
                    output: output ?? experiment.defaultDirectory, store: store, extends: extend,
                    terms: try cluster.lease.terms, consent: commands.consent, isQuiet: quiet),
                arguments: cluster,
                consent: commands.hash.map { [CommandConsent.option, $0] } ?? []
            ).run(type, resolved)
        }

        /// - Returns: How many chains failed.
        private func execute<Setting: TaskSetting>(
            _ type: Setting.Type, _ resolved: ResolvedExperiment, _ execution: Execution
        ) throws -> Int {
            let path = output ?? experiment.defaultDirectory
            try OutputPlace.check(path)
            try OutputPlace.check(store, option: "--store")
            let session = try ExperimentSession<Setting>(
                resolved,
                existing: try ExperimentFile.recorded(
                    in: path, settings: SettingRegistry.declarations),
                at: path, sharing: store, mayExtend: extend,
                execution: execution)
            let (results, failures) = try session.run()
            try RunEnding(results: results, failures: failures.count, directory: path)
                .report(isQuiet: quiet, printsJSON: json)
            return failures.count
        }
    }
}
