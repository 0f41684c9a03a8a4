import Collapse
import Support

/// Makes everything that follows from the records of a run: once all is recorded, or of what there
/// is.
struct RunCollector<Setting: TaskSetting> {
    let prepared: PreparedExperiment<Setting>
    let directory: RunDirectory
    let workers: Int
    let provenance: RunProvenance?
    let specificationText: String

    /// Writes `metrics.csv`, `theory.csv` where theory predicts anything, and `run.json`; removes the
    /// models that the checkpoint policy does not keep once nothing is missing.
    ///
    /// - Parameter mayPrune: Whether no other process can need a model any more.
    /// - Returns: The results, and how many files of records are missing.
    /// - Throws: `StoreError` where a record is damaged or the directory has gone.
    func collect(mayPrune: Bool) throws -> (results: ExperimentResults, missing: Int) {
        let missing = directory.missing(prepared.blocks()).count
        if missing == 0, mayPrune {
            try directory.removeFits()
            try pruneModels()
        }
        let results = try ResultsBuilder(
            prepared, in: directory, workers: workers, provenance: provenance,
            specificationText: specificationText
        ).results()
        try directory.write(
            results, isFinished: missing == 0,
            specificationHash: provenance?.specificationHash, workers: workers)
        return (results, missing)
    }

    /// Leaves the models that the checkpoint policy keeps.
    private func pruneModels() throws {
        guard case .generation = Setting.declaration.recordUnit, prepared.checkpoints != .all else {
            return
        }
        var kept: Set<ContentKey> = []
        if prepared.checkpoints == .last {
            for arm in prepared.arms {
                for seed in prepared.seeds {
                    let last = RecordBlock(
                        arm: arm.specification.name, seeds: [seed],
                        generations: prepared.generations...prepared.generations)
                    for record in try directory.records(of: last) ?? [] {
                        if let model = record.model { kept.insert(model) }
                    }
                }
            }
        }
        try directory.objects.prune(.model, keeping: kept)
    }
}
