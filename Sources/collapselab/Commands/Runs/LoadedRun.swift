import Collapse
import Compute
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

    /// Refuses a metric that the run has not measured.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - others: The metrics that may be named in its place.
    /// - Throws: ``WrongInput`` with the nearest of those, or the first.
    func check(metric name: String, among others: Set<String>) throws {
        let measured = results.metrics.metrics
        guard !measured.isEmpty else {
            throw WrongInput("\(directory) has recorded nothing yet.")
        }
        guard !measured.contains(name) else { return }
        // What is drawn as a histogram is many, and asked for by nobody.
        let named = others.filter { $0.wholeMatch(of: /.*_histogram_\d+/) == nil }.sorted()
        let advice =
            NearestWord.find(name, in: named).map { "Is it \($0)?" }
            ?? (named.isEmpty
                ? "There is none in its place."
                : "There are \(named.prefix(12).joined(separator: ", "))"
                    + (named.count > 12
                        ? " and \(named.count - 12) more, in metrics.csv." : "."))
        throw WrongInput("\(directory) has no metric \(name). \(advice)")
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
