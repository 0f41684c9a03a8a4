import Support

/// A chain whose models, samples and metrics are stored under the hashes of what determined them.
///
/// The layer is around the loop and not in it: what is stored already is read, what is missing is
/// computed and written whole or not at all. So a chain that was killed anywhere goes on with the
/// same bits, and chains that agree so far share what they agree on.
public final class StoredChain<Setting: TaskSetting> {
    /// The loop itself, whose layer reads from the store and writes to it.
    public let chain: Chain<Setting>
    private let keys: ChainKeys
    /// The object that holds the base model, where the arm has one.
    private let baseObject: ContentKey?
    private let checkpoints: (any FitCheckpoints)?

    public init(
        plan: ChainPlan, seed: UInt64, setting: Setting, phases: [Setting] = [],
        seedData: Setting.SeedData, storage: Storage<Setting>,
        environment: StoreEnvironment<Setting>
    ) throws {
        let storages = [storage] + phases.map { $0.storage ?? storage }
        keys = try ChainKeys(
            plan: plan, seed: seed, setting: setting, storages: storages,
            environment: environment.fingerprint, hash: environment.store.key(for:))
        // Where models are stored, that makes them needless before.
        checkpoints = environment.storesModels ? nil : environment.checkpoints
        baseObject = storage.fitsBase ? keys.base : storage.importedBase
        chain = Chain(
            plan: plan, seed: seed, setting: setting, phases: phases, seedData: seedData,
            workers: environment.workers, commands: environment.commands,
            layer: StoredGenerations(
                arm: plan.arm, seed: seed, seedData: seedData, storages: storages, keys: keys,
                environment: environment))
    }

    /// The hash of everything that determines the record of generation `t`.
    public func recordKey(of t: Int) -> ContentKey { keys.record(of: t) }

    /// The name of generation `t`'s model.
    public func modelKey(of t: Int) -> ContentKey { keys.fit(of: t) }

    /// The names of what is stored of generation `t` beside its model: its samples and the metrics
    /// of its evaluations.
    public func keptKeys(of t: Int) -> [ContentKey] {
        let evaluations = Setting.declaration.evaluations.measuring(generation: t).map {
            keys.evaluation($0, of: t)
        }
        guard t != MetricTable.baseGeneration else { return evaluations }
        guard chain.plan.hasData(t) else { return [] }
        return [samplesKey(of: t)].compactMap { $0 } + evaluations
    }

    /// The name of what generation `t`'s model drew; nil where models draw nothing.
    private func samplesKey(of t: Int) -> ContentKey? {
        chain.drawsSamples ? keys.samples(withProvenance: t + 1) : nil
    }

    /// The name of the base model.
    public var baseKey: ContentKey { keys.base }

    /// Fits the base model, if it is not stored yet.
    public func makeBase() throws { _ = try chain.baseModel() }

    /// Removes what is kept of generation `t`'s fit between its steps: its record makes it needless.
    public func removeCheckpoint(of t: Int) {
        guard t != MetricTable.baseGeneration else { return }
        checkpoints?.remove(keys.fit(of: t))
    }

    /// Computes what is missing of generation `t`, or of the base as generation -1, and returns its
    /// record.
    public func record(of t: Int) throws -> GenerationRecord {
        guard t != MetricTable.baseGeneration else {
            return GenerationRecord(
                seed: chain.seed, generation: t, key: keys.record(of: t), model: baseObject,
                metrics: try chain.measureBase())
        }
        let metrics = try chain.measure(t)
        guard chain.plan.hasData(t) else {
            return GenerationRecord(
                seed: chain.seed, generation: t, key: keys.record(of: t), metrics: [])
        }
        return GenerationRecord(
            seed: chain.seed, generation: t, key: keys.record(of: t), model: keys.fit(of: t),
            samples: samplesKey(of: t), metrics: metrics)
    }
}

/// What stored chains share: the store, generation 0's models, and who is notified of their
/// progress.
public final class StoreEnvironment<Setting: TaskSetting>: Sendable {
    /// Where models, samples and metrics are read and written.
    public let store: any GenerationStore
    /// Whether models are written to the store at all.
    public let storesModels: Bool
    /// The threads that a stage may use.
    public let workers: Int
    /// Names the kernels whose bits the results are.
    public let fingerprint: String
    /// What starts programs that choose data; nil where none may be started.
    public let commands: (any CommandExecutor)?
    /// Where the states of fits are kept between their steps; nil where they are not.
    public let checkpoints: (any FitCheckpoints)?
    /// Hears that an object was stored.
    let noteStored: @Sendable () -> Void
    /// The generation-0 models of a run, which all arms of a seed share.
    let initialModels: BoundedCache<ContentKey, Fitted<Setting.Model>>
    let report: @Sendable (LoopProgress) -> Void

    public init(
        store: any GenerationStore, storesModels: Bool, workers: Int, fingerprint: String,
        cachedModels: Int, commands: (any CommandExecutor)? = nil,
        checkpoints: (any FitCheckpoints)? = nil, noteStored: @escaping @Sendable () -> Void = {},
        report: @escaping @Sendable (LoopProgress) -> Void = { _ in }
    ) {
        self.store = store
        self.storesModels = storesModels
        self.workers = workers
        self.fingerprint = fingerprint
        self.commands = commands
        self.checkpoints = checkpoints
        self.noteStored = noteStored
        self.report = report
        initialModels = BoundedCache(capacity: cachedModels)
    }

    /// The same store for stages that may use another number of threads.
    public func with(workers: Int) -> StoreEnvironment {
        StoreEnvironment(
            store: store, storesModels: storesModels, workers: workers, fingerprint: fingerprint,
            cachedModels: 1, commands: commands, checkpoints: checkpoints, noteStored: noteStored,
            report: report)
    }
}

/// The layer of a stored chain.
private final class StoredGenerations<Setting: TaskSetting>: GenerationLayer {
    private let arm: ArmSpecification
    private let seed: UInt64
    private let seedData: Setting.SeedData
    /// How what an arm makes is stored, as it begins and in each phase.
    private let storages: [Storage<Setting>]
    private let keys: ChainKeys
    private let environment: StoreEnvironment<Setting>
    private var store: any GenerationStore { environment.store }
    /// Whether the base model is made at this moment, whatever stage asked for it.
    private var isMakingBase = false
    /// The name of the evaluation that is made at this moment.
    private var evaluated: ContentKey?

    init(
        arm: ArmSpecification, seed: UInt64, seedData: Setting.SeedData,
        storages: [Storage<Setting>], keys: ChainKeys, environment: StoreEnvironment<Setting>
    ) {
        self.arm = arm
        self.seed = seed
        self.seedData = seedData
        self.storages = storages
        self.keys = keys
        self.environment = environment
    }

    private func storage(of t: Int) -> Storage<Setting> { storages[arm.stretch(of: t)] }

    // MARK: Models

    func model(
        of t: Int, _ fit: () throws -> Fitted<Setting.Model>
    ) throws -> Fitted<Setting.Model> {
        let key = keys.fit(of: t)
        func find() throws -> Fitted<Setting.Model> {
            func known() throws -> Fitted<Setting.Model> {
                try storedModel(of: t, key) ?? storing(fit, of: t, as: key)
            }
            return t == 0
                ? try environment.initialModels.value(for: key, make: known) : try known()
        }
        // What is not stored every process makes for itself.
        return environment.storesModels
            ? try store.exclusivelyEverywhere(key, find) : try store.exclusively(key, find)
    }

    private func storedModel(
        of t: Int, _ key: ContentKey
    ) throws -> Fitted<Setting.Model>? {
        guard var files = try store.read(key) else { return nil }
        let metrics = try MetricFile.decode(files)
        files[MetricFile.name] = nil
        return Fitted(model: try storage(of: t).decodeModel(files, seedData), metrics: metrics)
    }

    private func storing(
        _ fit: () throws -> Fitted<Setting.Model>, of t: Int, as key: ContentKey
    ) throws -> Fitted<Setting.Model> {
        try resumable(key, isStored: environment.storesModels) {
            let fitted = try fit()
            guard environment.storesModels else { return fitted }
            var files = try storage(of: t).encodeModel(fitted.model, seedData)
            files.merge(MetricFile.encode(fitted.metrics)) { _, new in new }
            try write(files, as: key, kind: .model, description: keys.fitText(of: t))
            return fitted
        }
    }

    func baseModel(_ make: () throws -> Setting.Model) throws -> Setting.Model {
        let storage = storages[0]
        guard storage.fitsBase else { return try make() }
        let key = keys.base
        return try store.exclusivelyEverywhere(key) {
            if let files = try store.read(key) { return try storage.decodeModel(files, seedData) }
            return try resumable(key) {
                isMakingBase = true
                defer { isMakingBase = false }
                let model = try make()
                try write(
                    storage.encodeModel(model, seedData), as: key, kind: .base,
                    description: keys.baseText)
                return model
            }
        }
    }

    // MARK: Samples

    func samples(
        withProvenance provenance: Int, _ draw: () throws -> Setting.Examples
    ) throws -> Setting.Examples {
        let key = keys.samples(withProvenance: provenance)
        let storage = storage(of: provenance - 1)
        return try store.exclusivelyEverywhere(key) {
            if let files = try store.read(key) {
                return try storage.decodeExamples(files, seedData)
            }
            let drawn = try draw()
            var files = try storage.encodeExamples(drawn, seedData)
            let shown = (0..<min(SampleProvenance.mostShown, drawn.count)).map {
                storage.show(drawn, $0, seedData)
            }
            let pictures = storage.picture.map { picture in
                (0..<min(SampleProvenance.mostPictures, drawn.count)).map {
                    picture(drawn, $0, seedData)
                }
            }
            files[SampleProvenance.fileName] =
                try keys.provenance(of: provenance, shown: shown, pictures: pictures).encoded()
            try write(
                files, as: key, kind: .samples,
                description: keys.samplesText(withProvenance: provenance))
            return drawn
        }
    }

    // MARK: Metrics

    func metrics(
        of evaluation: SettingDeclaration.Evaluation, generation t: Int,
        _ measure: () throws -> [MetricValue]
    ) throws -> [MetricValue] {
        let key = keys.evaluation(evaluation, of: t)
        if let files = try store.read(key) { return try MetricFile.decode(files) }
        return try resumable(key) {
            evaluated = key
            defer { evaluated = nil }
            let metrics = try measure()
            try write(
                MetricFile.encode(metrics), as: key, kind: .evaluation,
                description: keys.evaluationText(evaluation, of: t))
            return metrics
        }
    }

    // MARK: Storing

    private func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws {
        try store.write(files, as: key, kind: kind, description: description)
        environment.noteStored()
    }

    /// Runs `body`, whose fits may keep their states under a key until its result is stored.
    private func resumable<Result>(
        _ key: ContentKey, isStored: Bool = true, _ body: () throws -> Result
    ) rethrows -> Result {
        defer { environment.checkpoints?.end(key) }
        let result = try body()
        if isStored { environment.checkpoints?.remove(key) }
        return result
    }

    /// Where the fit of a stage keeps its state.
    private func checkpoint(_ stage: LoopProgress.Stage, of t: Int) -> (any FitCheckpoint)? {
        guard let checkpoints = environment.checkpoints else { return nil }
        if isMakingBase {
            return checkpoints.checkpoint(
                of: keys.base, title: "the base model of seed \(seed)", isStored: true)
        }
        let place = "arm \(arm.name), seed \(seed), generation \(t)"
        switch stage {
        case .fitting where t >= 0:
            return checkpoints.checkpoint(
                of: keys.fit(of: t), title: place, isStored: environment.storesModels)
        case .evaluating:
            // Some compare with a model that no generation descends from.
            return evaluated.map {
                checkpoints.checkpoint(
                    of: $0, title: "the reference model of \(place)", isStored: false)
            }
        case .fitting, .curating, .sampling: return nil
        }
    }

    // MARK: Work

    func workload(_ stage: LoopProgress.Stage, of t: Int) -> Workload {
        let (report, arm, seed) = (environment.report, arm.name, seed)
        @Sendable func tell(_ done: Int, _ total: Int) {
            report(
                LoopProgress(
                    arm: arm, seed: seed, generation: t, stage: stage, done: done, total: total))
        }
        tell(0, 0)
        return Workload(
            workers: environment.workers, progress: tell, checkpoint: checkpoint(stage, of: t))
    }
}
