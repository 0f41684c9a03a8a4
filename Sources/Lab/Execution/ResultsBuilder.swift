package import Collapse
import Compute
import Support
import Synchronization

/// Gathers an experiment's results from its records: what the report is made of.
package struct ResultsBuilder<Setting: TaskSetting> {
    /// Samples are shown for this many documents of each shown generation.
    private static var shownDocuments: Int { 2 }

    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory
    private let execution: Execution
    private let specificationText: String

    package init(
        _ prepared: PreparedExperiment<Setting>, in directory: RunDirectory, execution: Execution,
        specificationText: String
    ) {
        self.prepared = prepared
        self.directory = directory
        self.execution = execution
        self.specificationText = specificationText
    }

    /// The results of all generations that are recorded.
    package func results() throws -> ExperimentResults {
        let experiment = prepared.resolved.experiment
        return ExperimentResults(
            name: prepared.name,
            description: try experiment[ExperimentKeys.description],
            setting: Setting.declaration,
            arms: try prepared.arms.map { arm in
                ExperimentResults.Arm(
                    name: arm.specification.name, summary: arm.specification.summary,
                    coordinates: arm.coordinates,
                    predictions: arm.setting.predictions(
                        for: try ChainPlan(
                            arm: arm.specification, generations: prepared.generations)),
                    curationMetrics: Curation.metrics(of: arm.specification.curation))
            },
            seeds: prepared.seeds, generations: prepared.generations, metrics: try metrics(),
            samples: try samples(), tolerance: try experiment[ExperimentKeys.tolerance],
            specificationText: specificationText,
            environment: [
                (name: "collapselab", value: execution.version),
                (name: "kernels", value: execution.fingerprint),
            ])
    }

    /// All measurements: arms in their order, then seeds, generations and metrics in theirs.
    private func metrics() throws -> MetricTable {
        let blocks = prepared.arms.flatMap { arm in
            let name = arm.specification.name
            return prepared.seedGroups().flatMap { prepared.blocks(arm: name, seeds: $0) }
        }
        var table = MetricTable()
        let pool = WorkerPool(count: execution.workers)
        // A few blocks at a time: all of them may be more than memory should hold twice.
        for start in stride(from: 0, to: blocks.count, by: 4 * execution.workers) {
            let batch = blocks[start..<min(start + 4 * execution.workers, blocks.count)]
            let read = Mutex<[Result<[GenerationRecord]?, any Error>?]>(
                Array(repeating: nil, count: batch.count))
            pool.perform(tasks: batch.count) { task, _ in
                let records = Result { try directory.records(of: batch[start + task]) }
                read.withLock { $0[task] = records }
            }
            for (block, records) in zip(batch, read.withLock { $0 }) {
                guard let records = try records?.get() else { continue }
                table.append(records, arm: block.arm)
            }
        }
        return table
    }

    /// A few samples of the first seed from the first, middle and last generation.
    private func samples() throws -> [ExperimentResults.Sample] {
        guard case .generation = Setting.declaration.recordUnit, let seed = prepared.seeds.first
        else { return [] }
        var shown: [ExperimentResults.Sample] = []
        let last = prepared.generations
        let generations = Array(Set([0, last / 2, last])).sorted()
        for arm in prepared.arms {
            guard let storage = arm.setting.storage else { continue }
            let seedData = try prepared.seedData(of: arm, seed: seed)
            for generation in generations {
                let block = RecordBlock(
                    arm: arm.specification.name, seeds: [seed],
                    generations: generation...generation)
                guard let key = try directory.records(of: block)?.first?.samples,
                    let files = try directory.store.read(key)
                else { continue }
                let examples = try storage.decodeExamples(files, seedData)
                for index in 0..<min(ResultsBuilder.shownDocuments, examples.count) {
                    shown.append(
                        ExperimentResults.Sample(
                            arm: arm.specification.name, seed: seed, generation: generation,
                            text: storage.show(examples, index, seedData)))
                }
            }
        }
        return shown
    }
}
