package import Collapse
import Glibc
import Support

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
        let text = try directory.specification() ?? ""
        try directory.write(specification: text)
        return try collector(in: directory, text).collect(mayPrune: false).results
    }

    /// What became of work that was done by several processes.
    package struct Collected {
        package var results: ExperimentResults
        /// Files of records that are not there, of all that are planned.
        package var missing: Int
        package var planned: Int
        /// Processes that still work.
        package var workers: Int
        package var failures: [RecordedFailure]
    }

    /// Makes everything of a run that follows from the records, and removes what nobody needs any more
    /// once all is there and nobody works on it.
    ///
    /// - Throws: A `StoreError`, of kind `inUse` while a process has the directory for itself.
    package func collect(in path: String) throws -> Collected {
        let directory = try RunDirectory(opening: path, besideWorkers: true)
        let work = WorkFolder(of: path)
        let workers = try processesLeft(in: work, directory)
        let text = try directory.specification() ?? ""
        // An alarm leaves nothing missing, and is a failure all the same.
        let failures = try work.failures()
        let isEnding = workers == 0 && failures.isEmpty
        let (results, missing) = try collector(in: directory, text).collect(mayPrune: isEnding)
        if workers == 0 {
            try directory.joinEvents()
            try directory.sweepRecords()
        }
        if missing == 0, isEnding { try work.tidy() }
        return Collected(
            results: results, missing: missing, planned: prepared.blocks().count, workers: workers,
            failures: failures)
    }

    /// The processes that still work, after those that have nothing left to do have gone.
    ///
    /// One that was killed on another machine counts as there until its lease is over.
    private func processesLeft(in work: WorkFolder, _ directory: RunDirectory) throws -> Int {
        var patience = ((try? work.plan())?.terms ?? .usual).expiry + 5
        while true {
            let count = try work.liveWorkers().count
            let isWaiting = count > 0 && directory.missing(prepared.blocks()).isEmpty
            guard isWaiting, patience > 0 else { return count }
            usleep(200_000)
            patience -= 0.2
        }
    }

    private func collector(
        in directory: RunDirectory, _ specificationText: String
    ) -> RunCollector<Setting> {
        RunCollector(
            prepared: prepared, directory: directory, workers: workers,
            provenance: resolved.provenance, specificationText: specificationText)
    }
}
