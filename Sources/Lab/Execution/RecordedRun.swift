package import Collapse

/// A run as its records tell it: nothing of it needs the real data that it read.
package struct RecordedRun<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let resolved: ResolvedExperiment
    private let workers: Int

    /// The arms, in the order of the specification.
    package var arms: [PreparedArm<Setting>] { prepared.arms }

    /// - Parameters:
    ///   - resolved: The experiment of the run directory's `experiment.yaml`.
    ///   - execution: Where presets are found, and how many threads read.
    /// - Throws: ``SpecificationError``.
    package init(_ resolved: ResolvedExperiment, execution: Execution) throws {
        self.resolved = resolved
        prepared = try PreparedExperiment(resolved, execution: execution, mayFetch: false)
        workers = execution.workers
    }

    /// The results of all generations that are recorded in a directory.
    package func results(in directory: RunDirectory) throws -> ExperimentResults {
        try ResultsBuilder(
            prepared, in: directory, workers: workers, provenance: resolved.provenance,
            specificationText: try directory.specification() ?? ""
        ).results()
    }

    /// Writes `metrics.csv`, `theory.csv`, `run.json` and the copy of `experiment.yaml` anew.
    ///
    /// - Returns: The results, for figures and page.
    /// - Throws: A `StoreError`, of kind `inUse` while a run writes to the directory.
    package func rewriteResults(in path: String) throws -> ExperimentResults {
        let directory = try RunDirectory(opening: path)
        let results = try results(in: directory)
        try directory.write(specification: results.specificationText)
        try directory.write(
            results, isFinished: directory.missing(of: prepared.blocks()) == 0,
            specificationHash: resolved.provenance?.specificationHash, workers: workers)
        return results
    }
}
