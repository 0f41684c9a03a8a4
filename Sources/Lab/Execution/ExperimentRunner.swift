import Collapse
import Compute
import Support
import Synchronization

/// Works on units of an experiment in a run directory.
struct ExperimentRunner<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory
    private let execution: Execution
    /// Whether other processes work on the run, which may be able to do what this one cannot.
    private let isShared: Bool
    private var store: any GenerationStore { directory.store }

    init(
        _ prepared: PreparedExperiment<Setting>, in directory: RunDirectory, execution: Execution
    ) {
        isShared = directory.isShared
        self.prepared = prepared
        self.directory = directory
        self.execution = execution
    }

    /// Computes and records what is missing of the units of a queue. A chain that fails does not stop
    /// the others.
    ///
    /// - Parameters:
    ///   - queue: Gives the units.
    ///   - count: How many it can give, so that no more threads than that are started.
    /// - Throws: `StoreError` where nothing can be recorded any more.
    func run(_ queue: some UnitQueue, count: Int) throws {
        let threads = max(1, min(execution.workers, count))
        let environment = StoreEnvironment<Setting>(
            store: store, storesModels: prepared.checkpoints != .none,
            workers: max(1, execution.workers / threads), fingerprint: execution.fingerprint,
            cachedModels: execution.workers + 1, commands: prepared.executor(execution.consent),
            checkpoints: directory.fits(execution),
            noteStored: { [interruption = execution.interruption] in interruption.noteProgress() },
            report: { [observer = execution.observer] in observer(.progress($0)) })
        makeBases(in: environment.with(workers: execution.workers))
        let stopped = Mutex<(any Error)?>(nil)
        WorkerPool(count: threads).perform(tasks: threads) { _, _ in
            while stopped.withLock({ $0 == nil }), let unit = queue.next() {
                let outcome: UnitOutcome
                do {
                    try run(unit, of: queue, in: environment)
                    outcome = .completed
                } catch let error as MadeElsewhere {
                    outcome = .waiting(for: error.key)
                } catch {
                    outcome = end(unit, error, stopped)
                }
                queue.end(unit, outcome)
            }
        }
        if let error = stopped.withLock({ $0 }) { throw error }
        try directory.checkInPlace()
    }

    /// What an error in a unit means for the run.
    private func end(
        _ unit: WorkUnit, _ error: any Error, _ stopped: borrowing Mutex<(any Error)?>
    ) -> UnitOutcome {
        let cause = (error as? StoppedChain)?.cause ?? error
        // Nothing can be recorded here any more, which is one error and not one for each chain.
        do {
            try directory.checkInPlace()
            if isShared, let cause = cause as? FileError, cause.isOfMachine { throw cause }
        } catch {
            stopped.withLock { $0 = $0 ?? error }
            return .givenBack
        }
        let failure = UnitFailure(
            arm: unit.arm, seed: (error as? StoppedChain)?.seed ?? unit.seeds[0],
            message: "\(error)")
        execution.observer(
            .failed(arm: failure.arm, seed: failure.seed, message: failure.message))
        return .failed(failure)
    }

    // MARK: Base models

    /// Fits the base models that chains will wait for, one after another with all workers. What
    /// goes wrong is said by the chains that need them.
    private func makeBases(in environment: StoreEnvironment<Setting>) {
        for seed in prepared.seeds {
            for arm in prepared.arms {
                guard let storage = arm.setting.storage, storage.fitsBase,
                    arm.specification.usesBase,
                    !directory.missing(
                        prepared.blocks(arm: arm.specification.name, seeds: [seed])
                    ).isEmpty
                else { continue }
                let chain = try? prepared.storedChain(
                    of: arm, seed: seed, storage: storage, environment: environment)
                guard let chain, !store.contains(chain.baseKey) else { continue }
                execution.observer(.note("fitting the base model of seed \(seed)"))
                try? chain.makeBase()
            }
        }
    }

    // MARK: One unit

    private func run(
        _ unit: WorkUnit, of queue: some UnitQueue, in environment: StoreEnvironment<Setting>
    ) throws {
        guard let arm = prepared.arms.first(where: { $0.specification.name == unit.arm }) else {
            preconditionFailure("there is no arm \(unit.arm)")
        }
        let blocks = prepared.blocks(arm: unit.arm, seeds: unit.seeds)
        guard let storage = arm.setting.storage else {
            for block in blocks {
                try run(block, of: arm, in: environment)
                queue.noteProgress(of: unit)
            }
            return
        }
        let chain = try prepared.storedChain(
            of: arm, seed: unit.seeds[0], storage: storage, environment: environment)
        for block in blocks {
            try run(block, of: chain)
            queue.noteProgress(of: unit)
        }
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
        } catch let error as MadeElsewhere {
            throw error
        } catch {
            let kept = t > 0 ? " (generations 0 to \(t - 1) are recorded)" : ""
            throw StoppedChain(
                seed: block.seeds[0], cause: error,
                description: "generation \(t): \(error)\(kept)")
        }
        try write([record], of: block)
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

    /// Records a block, unless another process was faster.
    ///
    /// - Throws: `StoreError` of kind `differentResult` where what that recorded is something else.
    private func write(_ records: [GenerationRecord], of block: RecordBlock) throws {
        // One that is damaged is written anew.
        guard (try? directory.records(of: block)) == nil else {
            let path = directory.path(of: block)
            guard try FileSystem.read(path) == RecordFile.encode(records, of: block) else {
                throw StoreError(.differentResult, path: path)
            }
            return
        }
        try directory.write(records, of: block)
    }

    /// A chain that could not go on: why, where, and what there is to go on from.
    private struct StoppedChain: Error, CustomStringConvertible {
        var seed: UInt64
        var cause: any Error
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
                    seed: seed, cause: error,
                    description: "\(error) (seeds \(block.seeds[0]) to "
                        + "\(block.seeds[block.seeds.count - 1]) of this arm are recorded together "
                        + "and stop with it)")
            }
            for (t, metrics) in zip(block.generations, measured) {
                records.append(
                    GenerationRecord(seed: seed, generation: t, key: key, metrics: metrics))
            }
        }
        try write(records, of: block)
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

    /// Under `last`, a model goes once its successors no longer need it. Generation 0's stays until
    /// the run ends: it is the reference that later generations are scored with.
    private func dropPreviousModel(of chain: StoredChain<Setting>, after t: Int) throws {
        let old = t - chain.chain.plan.arm.parents
        // Another process may begin from it.
        guard prepared.checkpoints == .last, old > 0, !isShared else { return }
        try directory.objects.remove(chain.modelKey(of: old))
    }
}
