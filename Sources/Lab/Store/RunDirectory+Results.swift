package import Collapse
import Compute
import Support
import Synchronization

extension RunDirectory {
    /// Writes what is made from the records: `metrics.csv`, `theory.csv` where theory predicts
    /// anything, and `run.json`. The directory must have been opened to write to it.
    ///
    /// - Throws: `FileError` when a file cannot be written, `StoreError` when the directory is no
    ///   longer in its place.
    func write(
        _ results: ExperimentResults, isFinished: Bool, specificationHash: String?, workers: Int
    ) throws {
        try checkInPlace()
        try write(results.metrics, workers: workers)
        try write(theoryOf: results)
        try write(effectiveSamplesOf: results)
        let summary = RunSummary(
            results, specificationHash: specificationHash ?? "", isFinished: isFinished)
        try write(try summary.encoded(), to: RunSummary.fileName)
    }

    /// Writes the measurements, in pieces that the workers put into words side by side.
    package func write(_ metrics: MetricTable, workers: Int) throws {
        var file = try AtomicFileWriter.begin(path + "/metrics.csv", staging: path)
        try file.write(Array((MetricTable.header + "\n").utf8))
        let pool = WorkerPool(count: workers)
        let pieceSize = 50_000
        var first = 0
        while first < metrics.count {
            let pieces = Mutex([[UInt8]](repeating: [], count: workers))
            pool.perform(tasks: workers) { task, _ in
                let start = min(first + task * pieceSize, metrics.count)
                let bytes = metrics.csvBytes(of: start..<min(start + pieceSize, metrics.count))
                pieces.withLock { $0[task] = bytes }
            }
            for piece in pieces.withLock({ $0 }) { try file.write(piece) }
            first += workers * pieceSize
        }
        try file.commit()
    }

    private func write(effectiveSamplesOf results: ExperimentResults) throws {
        var file = try AtomicFileWriter.begin(path + "/effective-sample.csv", staging: path)
        try file.write(Array((EffectiveSample.header + "\n").utf8))
        for arm in results.arms {
            let name = CSVField.text(arm.name)
            for (t, sample) in arm.effectiveSamples.enumerated() {
                let values = "\(sample.unknownProvenance),\(sample.knownProvenance)"
                try file.write(Array("\(name),\(t),\(values)\n".utf8))
            }
        }
        try file.commit()
    }

    /// Writes `theory.csv`, an arm at a time; no file where theory predicts nothing.
    private func write(theoryOf results: ExperimentResults) throws {
        guard
            results.arms.contains(where: { !$0.predictions.isEmpty || $0.excessTheory != nil })
        else { return }
        var file = try AtomicFileWriter.begin(path + "/theory.csv", staging: path)
        try file.write(Array((TheoryComparison.header + "\n").utf8))
        for arm in results.arms {
            for comparison in results.theoryComparisons(of: arm) {
                try file.write(Array(comparison.lines.utf8))
            }
        }
        try file.commit()
    }
}
