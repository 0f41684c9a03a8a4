import Collapse
import Lab

/// A run with its results, as its records tell them.
struct LoadedRun {
    var directory: String
    var resolved: ResolvedExperiment
    var results: ExperimentResults

    /// Reads a run directory, or the one of a name in `runs/`.
    init(_ run: String) throws {
        directory = try RunModels.path(of: run)
        guard
            let resolved = try ExperimentFile.recorded(
                in: directory, settings: SettingRegistry.declarations)
        else { throw WrongInput("\(directory) has lost its experiment.yaml.") }
        self.resolved = resolved
        results = try Self.results(
            SettingRegistry.type(named: resolved.setting.name), resolved, in: directory)
    }

    private static func results<Setting: TaskSetting>(
        _ type: Setting.Type, _ resolved: ResolvedExperiment, in directory: String
    ) throws -> ExperimentResults {
        try RecordedRun<Setting>(
            resolved,
            execution: Workplace.execution(workers: 1, reporter: RunReporter(isQuiet: true))
        ).results(in: RunDirectory(reading: directory))
    }

    /// The name of an arm that the run has.
    func arm(_ name: String) throws -> String {
        let names = results.arms.map(\.name)
        guard names.contains(name) else {
            throw WrongInput(
                "\(directory) has no arm \(name): its arms are \(names.joined(separator: ", ")).")
        }
        return name
    }
}
