package import Collapse
import Compute
import Support
import Synchronization

/// Runs what is missing of an experiment in a run directory.
package struct ExperimentRunner<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory
    private let execution: Execution
    private var store: any GenerationStore { directory.store }

    package init(
        _ prepared: PreparedExperiment<Setting>, in directory: RunDirectory, execution: Execution
    ) {
        self.prepared = prepared
        self.directory = directory
        self.execution = execution
    }

    /// What became of the chains.
    package struct Outcome: Sendable {
        /// One for each chain, or block of chains, that stopped; in no fixed order.
        package var failures: [Failure]
    }

    /// A chain, or a block of chains recorded together, that stopped with an error.
    package struct Failure: Sendable, Error {
        /// The arm's name.
        package var arm: String
        /// The seed whose chain stopped.
        package var seed: UInt64
        /// The description of the error.
        package var message: String
    }

    private struct Task: Sendable {
        var arm: PreparedArm<Setting>
        var seeds: [UInt64]
    }

    /// Computes and records every missing generation. A chain that fails does not stop the others.
    package func run() throws -> Outcome {
        // Seed by seed, so that the arms of a seed follow each other and share its data and
        // generation 0.
        let tasks = prepared.seedGroups().flatMap { seeds in
            prepared.arms.map { Task(arm: $0, seeds: seeds) }
        }
        let threads = max(1, min(execution.workers, tasks.count))
        let environment = StoreEnvironment<Setting>(
            store: store, storesModels: prepared.checkpoints != .none,
            workers: max(1, execution.workers / threads), fingerprint: execution.fingerprint,
            cachedModels: execution.workers + 1, commands: prepared.executor(execution.consent),
            checkpoints: directory.fits(execution),
            noteStored: { [interruption = execution.interruption] in interruption.noteProgress() },
            report: { [observer = execution.observer] in observer(.progress($0)) })
        makeBases(in: environment.with(workers: execution.workers))
        let failures = Mutex<[Failure]>([])
        let isMoved = Atomic<Bool>(false)
        let pool = WorkerPool(count: threads)
        pool.perform(tasks: tasks.count) { index, _ in
            let task = tasks[index]
            if isMoved.load(ordering: .relaxed) { return }
            do {
                try run(task, in: environment)
            } catch {
                // Nothing can be recorded any more, which is one error and not one for each chain.
                if (try? directory.checkInPlace()) == nil {
                    isMoved.store(true, ordering: .relaxed)
                    return
                }
                let failure = Failure(
                    arm: task.arm.specification.name,
                    seed: (error as? StoppedChain)?.seed ?? task.seeds[0], message: "\(error)")
                failures.withLock { $0.append(failure) }
                execution.observer(
                    .failed(arm: failure.arm, seed: failure.seed, message: failure.message))
            }
        }
        try directory.checkInPlace()
        let failed = failures.withLock { $0 }
        if failed.isEmpty {
            try directory.removeFits()
            try pruneModels()
        }
        return Outcome(failures: failed)
    }

    // MARK: Base models

    /// Fits the base models that chains will wait for, one after another with all workers. What
    /// goes wrong is said by the chains that need them.
    private func makeBases(in environment: StoreEnvironment<Setting>) {
        for seed in prepared.seeds {
            for arm in prepared.arms {
                guard let storage = arm.setting.storage, storage.fitsBase,
                    arm.specification.usesBase,
                    directory.missing(
                        of: prepared.blocks(arm: arm.specification.name, seeds: [seed]))
                        > 0
                else { continue }
                let chain = try? prepared.storedChain(
                    of: arm, seed: seed, storage: storage, environment: environment)
                guard let chain, !store.contains(chain.baseKey) else { continue }
                execution.observer(.note("fitting the base model of seed \(seed)"))
                try? chain.makeBase()
            }
        }
    }

    // MARK: One task

    private func run(_ task: Task, in environment: StoreEnvironment<Setting>) throws {
        let blocks = prepared.blocks(arm: task.arm.specification.name, seeds: task.seeds)
        guard let storage = task.arm.setting.storage else {
            for block in blocks { try run(block, of: task.arm, in: environment) }
            return
        }
        let chain = try prepared.storedChain(
            of: task.arm, seed: task.seeds[0], storage: storage, environment: environment)
        for block in blocks { try run(block, of: chain) }
    }

    /// One generation of one seed.
    private func run(_ block: RecordBlock, of chain: StoredChain<Setting>) throws {
        let t = block.generations.lowerBound
        let existing = try records(of: block, keyed: chain.recordKey(of: t))
        // Somebody may have removed an object, or the policy may keep more models than it did.
        if let existing, prepared.keptKeys(of: t, chain).allSatisfy(directory.objects.contains) {
            announce(existing, arm: block.arm, seconds: nil)
            return
        }
        let started = execution.stopwatch()
        let record: GenerationRecord
        do {
            record = try chain.record(of: t)
        } catch {
            let kept = t > 0 ? " (generations 0 to \(t - 1) are recorded)" : ""
            throw StoppedChain(
                seed: block.seeds[0], description: "generation \(t): \(error)\(kept)")
        }
        if existing != [record] { try directory.write([record], of: block) }
        execution.interruption.noteProgress()
        chain.removeCheckpoint(of: t)
        announce([record], arm: block.arm, seconds: execution.stopwatch() - started)
        try dropPreviousModel(of: chain, after: t)
    }

    /// The records of a block that are there already.
    ///
    /// - Throws: `StoreError` of kind `otherRecord` where they are of something else, which is not
    ///   overwritten.
    private func records(
        of block: RecordBlock, keyed key: ContentKey
    ) throws -> [GenerationRecord]? {
        guard let records = try directory.records(of: block) else { return nil }
        guard records.allSatisfy({ $0.key == key }) else {
            throw StoreError(.otherRecord, path: directory.path(of: block))
        }
        return records
    }

    /// A chain that could not go on: why, where, and what there is to go on from.
    private struct StoppedChain: Error, CustomStringConvertible {
        var seed: UInt64
        var description: String
    }

    /// All generations of a range of seeds.
    private func run(
        _ block: RecordBlock, of arm: PreparedArm<Setting>,
        in environment: StoreEnvironment<Setting>
    ) throws {
        let key = prepared.blockKey(block, of: arm, fingerprint: execution.fingerprint)
        if let records = try records(of: block, keyed: key) {
            announce(records, arm: block.arm, seconds: nil)
            return
        }
        let started = execution.stopwatch()
        var records: [GenerationRecord] = []
        records.reserveCapacity(block.seeds.count * block.generations.count)
        var plan: ChainPlan?
        for seed in block.seeds {
            let chain = try prepared.chain(
                of: arm, seed: seed, plan: plan, workers: environment.workers,
                commands: environment.commands)
            plan = chain.plan
            let measured: [[MetricValue]]
            do {
                measured = try arm.setting.measure(block.generations, of: chain)
            } catch {
                throw StoppedChain(
                    seed: seed,
                    description: "\(error) (seeds \(block.seeds[0]) to "
                        + "\(block.seeds[block.seeds.count - 1]) of this arm are recorded together "
                        + "and stop with it)")
            }
            for (t, metrics) in zip(block.generations, measured) {
                records.append(
                    GenerationRecord(seed: seed, generation: t, key: key, metrics: metrics))
            }
        }
        try directory.write(records, of: block)
        execution.interruption.noteProgress()
        announce(records, arm: block.arm, seconds: execution.stopwatch() - started)
    }

    private func announce(_ records: [GenerationRecord], arm: String, seconds: Double?) {
        let headline = Setting.declaration.headline
        let recorded = records.map { record in
            func value(_ name: String) -> Double {
                record.metrics.first { $0.name == name }?.value ?? .nan
            }
            return RecordedGeneration(
                arm: arm, seed: record.seed, generation: record.generation,
                headline: value(headline), realFraction: value(DataMetrics.realFraction.name),
                size: value(DataMetrics.size.name))
        }
        execution.observer(.recorded(recorded, seconds: seconds))
    }

    // MARK: Checkpoints

    /// Under `last`, a model goes once its successors no longer need it. Generation 0's stays until
    /// the run ends: it is the reference that later generations are scored with.
    private func dropPreviousModel(of chain: StoredChain<Setting>, after t: Int) throws {
        let old = t - chain.chain.plan.arm.parents
        guard prepared.checkpoints == .last, old > 0 else { return }
        try directory.objects.remove(chain.modelKey(of: old))
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
