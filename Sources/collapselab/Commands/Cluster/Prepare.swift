import ArgumentParser
import Collapse
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab prepare`
    struct Prepare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check an experiment and write what workers need to run it; run nothing.",
            discussion: """
                DIR becomes a run directory with the list of what is missing. Any number of `collapselab worker \
                DIR`, on this machine and on others that see the same files, then do it together; `collapselab \
                collect DIR` ends with the bytes of a run by one process.

                  collapselab prepare sweep.yaml --output runs/sweep
                  collapselab worker runs/sweep
                  collapselab collect runs/sweep
                """)

        @OptionGroup var experiment: ExperimentArguments

        @Option(
            name: .shortAndLong,
            help: "The run directory (default: runs/ and the name of the file or recipe).")
        var output: String?

        @Option(help: "A folder whose stored generations runs share, as for run.")
        var store: String?

        @OptionGroup var commands: ConsentArguments

        @Flag(help: "Continue a directory that has fewer generations, seeds or arms.")
        var extend = false

        @OptionGroup var lease: LeaseArguments

        @Flag(name: .shortAndLong, help: "Say nothing but errors.")
        var quiet = false

        func run() throws {
            try reportingErrors {
                let resolved = try experiment.resolved()
                let path = output ?? experiment.defaultDirectory
                let type = SettingRegistry.type(named: resolved.setting.name)
                let (missing, units) = try Preparation(
                    output: path, store: store, extends: extend, terms: try lease.terms,
                    consent: commands.consent, isQuiet: quiet
                ).prepare(type, resolved)
                guard !quiet else { return }
                let place = ShellWord.quoted(path)
                let next =
                    missing == 0
                    ? "`collapselab collect \(place)` writes its results"
                    : "start `collapselab worker \(place)` as often as you like, then `collapselab collect \(place)`"
                try printLine("\(path): \(missing) of \(units) units are to be done; \(next).")
            }
        }
    }
}

/// What writes the list of what is missing.
struct Preparation {
    var output: String
    var store: String?
    var extends: Bool
    var terms: LeaseTerms
    var consent: CommandConsent
    var isQuiet: Bool

    /// - Returns: How many units are missing, of so many.
    func prepare<Setting: TaskSetting>(
        _ type: Setting.Type, _ resolved: ResolvedExperiment
    ) throws -> (missing: Int, units: Int) {
        try OutputPlace.check(output)
        try OutputPlace.check(store, option: "--store")
        var execution = Workplace.execution(
            workers: ProcessInfo.processInfo.activeProcessorCount,
            reporter: RunReporter(isQuiet: isQuiet), consent: consent)
        // Nothing is begun here.
        execution.observer = { [observer = execution.observer] event in
            if case .started = event { return }
            observer(event)
        }
        let session = try ExperimentSession<Setting>(
            resolved,
            existing: try ExperimentFile.recorded(
                in: output, settings: SettingRegistry.declarations),
            at: output, sharing: store, mayExtend: extends, execution: execution)
        let (missing, units) = try session.prepare(
            for: .current(version: CollapseLab.version), sharing: store, terms: terms)
        return (missing.count, units)
    }
}
