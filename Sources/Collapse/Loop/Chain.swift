import Compute

/// One seed of one arm through its generations: compose, curate, fit, evaluate, sample.
///
/// Everything is computed on demand from what the store lacks, so a chain that was killed anywhere
/// goes on from its last record with the same bits.
public final class Chain<Setting: TaskSetting> {
    public let plan: ChainPlan
    public let seed: UInt64
    let setting: Setting
    let world: Setting.World
    let environment: LoopEnvironment<Setting>
    private let stream: RealStream<Setting>
    let keys: ChainKeys
    private let evaluations: [SettingDeclaration.Evaluation]

    /// Generation 0's real sample and the samples by provenance, while a later generation needs them.
    private var samples: [Setting.Examples?]
    /// Generation 0's model and the newest, by generation.
    private var models: [Fitted<Setting.Model>?]
    /// The counts of the newest generation's data, for its record.
    private var dataMetrics: (generation: Int, values: [MetricValue])?
    /// The parts of what an arm subsamples, as far as they are known.
    private var history = PoolParts<Setting.Examples>()
    /// What is known of the data of an arm whose data only grows.
    private var grown: GrownData<Setting.Statistics>?

    public init(
        plan: ChainPlan, seed: UInt64, setting: Setting, world: Setting.World,
        environment: LoopEnvironment<Setting>
    ) {
        self.plan = plan
        self.seed = seed
        self.setting = setting
        self.world = world
        self.environment = environment
        stream = RealStream(setting: setting, world: world)
        evaluations = environment.declaration.evaluations
        samples = Array(repeating: nil, count: plan.generations + 2)
        models = Array(repeating: nil, count: plan.generations + 1)
        keys = ChainKeys(
            plan: plan, seed: seed, setting: setting, environment: environment)
    }

    /// The hash of everything that determines the record of generation `t`.
    public func recordKey(of t: Int) -> ContentKey { keys.record(of: t) }

    /// The name of generation `t`'s model.
    public func modelKey(of t: Int) -> ContentKey { keys.fit(of: t) }

    // MARK: Record

    /// Computes what is missing of generation `t` and returns its record.
    public func record(of t: Int) throws -> GenerationRecord {
        let fitted = try model(of: t)
        // Where samples are recorded, the last model draws too.
        if environment.usesKeys { _ = try samples(withProvenance: t + 1) }
        var metrics = try dataMetrics(of: t)
        for metric in fitted.metrics {
            metrics.append(MetricValue("fit." + metric.name, metric.value))
        }
        for evaluation in evaluations {
            metrics += try self.metrics(of: evaluation, generation: t)
        }
        release(before: t)
        return GenerationRecord(
            seed: seed, generation: t, key: keys.record(of: t), model: keys.fit(of: t),
            samples: keys.samples(withProvenance: t + 1), metrics: metrics)
    }

    private func metrics(
        of evaluation: SettingDeclaration.Evaluation, generation t: Int
    ) throws -> [MetricValue] {
        let key = keys.evaluation(evaluation, of: t)
        if environment.usesKeys, let files = try environment.store.read(key) {
            return try MetricFile.decode(files)
        }
        environment.progress(.evaluating, of: t, in: self, done: 0, total: 0)
        let subject = EvaluationSubject<Setting>(
            generation: t, model: { try self.model(of: t).model },
            samples: { try self.samples(withProvenance: t + 1) },
            reference: { try self.model(of: 0).model },
            previous: { t == 0 ? nil : try self.model(of: t - 1).model })
        let metrics = try setting.evaluate(
            evaluation.name, of: subject, world: world,
            key: randomKey(.bootstrap, generation: t),
            work: environment.workload(.evaluating, of: t, in: self))
        guard environment.usesKeys else { return metrics }
        try environment.store.write(
            MetricFile.encode(metrics), as: key, kind: .evaluation,
            description: keys.evaluationText(evaluation, of: t))
        return metrics
    }

    /// Forgets what no later generation needs.
    private func release(before t: Int) {
        let oldParent = t - plan.arm.parents
        if oldParent > 0 { models[oldParent] = nil }
        if !plan.arm.workflow.usesHistory || growsIncrementally { samples[t] = nil }
    }

    // MARK: Fit

    /// The model of generation `t`, from memory, from the store, or fitted now.
    public func model(of t: Int) throws -> Fitted<Setting.Model> {
        if let model = models[t] { return model }
        let fitted = environment.usesKeys ? try sharedModel(of: t) : try fit(t)
        models[t] = fitted
        return fitted
    }

    private func sharedModel(of t: Int) throws -> Fitted<Setting.Model> {
        let key = keys.fit(of: t)
        return try environment.store.exclusively(key) {
            if let shared = environment.cache[key] { return shared }
            let fitted = try storedModel(key) ?? storing(fit(t), of: t, as: key)
            if t == 0 { environment.cache[key] = fitted }
            return fitted
        }
    }

    private func storedModel(_ key: ContentKey) throws -> Fitted<Setting.Model>? {
        guard var files = try environment.store.read(key) else { return nil }
        let metrics = try MetricFile.decode(files)
        files[MetricFile.name] = nil
        return Fitted(model: try setting.decodeModel(files, world: world), metrics: metrics)
    }

    private func storing(
        _ fitted: Fitted<Setting.Model>, of t: Int, as key: ContentKey
    ) throws -> Fitted<Setting.Model> {
        guard environment.storesModels else { return fitted }
        var files = try setting.encode(fitted.model, world: world)
        files.merge(MetricFile.encode(fitted.metrics)) { _, new in new }
        try environment.store.write(
            files, as: key, kind: .model, description: keys.fitText(of: t))
        return fitted
    }

    private func fit(_ t: Int) throws -> Fitted<Setting.Model> {
        environment.progress(.fitting, of: t, in: self, done: 0, total: 0)
        let start = try start(of: t)
        let random = randomKey(.initialise, generation: t)
        let work = environment.workload(.fitting, of: t, in: self)
        if growsIncrementally {
            let grown = try grow(to: t)
            dataMetrics = (t, grown.tally.metrics)
            return try setting.fit(
                grown.statistics, generation: t, start: start, world: world, key: random,
                work: work)
        }
        let composed = try composedData(of: t)
        dataMetrics = (t, composed.metrics)
        guard composed.data.examples.count > 0 else {
            throw LoopError.nothingToTrainOn(arm: plan.arm.name, seed: seed, generation: t)
        }
        return try setting.fit(
            composed.data, start: start, world: world, key: random, work: work)
    }

    /// Whether the statistics of a generation are those of the one before and of what is new.
    private var growsIncrementally: Bool {
        Setting.fitsIncrementally && plan.arm.workflow.onlyGrows && plan.arm.curation.isEmpty
    }

    /// The statistics of generation `t`'s data, from those of an earlier generation where they are at hand.
    private func grow(to t: Int) throws -> GrownData<Setting.Statistics> {
        var grown = grown
        self.grown = nil
        if let known = grown, known.generation > t { grown = nil }
        let first = grown.map { $0.generation + 1 } ?? 0
        for generation in stride(from: first, through: t, by: 1) {
            let known = generation == 0 ? 0 : plan.compositions[generation - 1].parts.count
            for part in plan.compositions[generation].parts.dropFirst(known) {
                let pool = try self.pool(of: part, generation: generation)
                let statistics = try setting.statistics(
                    of: pool.examples, weights: nil, world: world)
                guard var sum = grown else {
                    grown = GrownData(generation: generation, statistics: statistics, pool: pool)
                    continue
                }
                grown = nil
                setting.merge(statistics, into: &sum.statistics)
                sum.tally.add(pool)
                grown = sum
            }
            grown?.generation = generation
        }
        guard let grown else {
            throw LoopError.nothingToTrainOn(arm: plan.arm.name, seed: seed, generation: t)
        }
        self.grown = grown
        return grown
    }

    private func start(of t: Int) throws -> FitStart<Setting.Model> {
        switch plan.arm.startingPoint(of: t, hasBase: setting.hasBase) {
        case .scratch: return .scratch
        case .base:
            return .model(
                try setting.baseModel(
                    in: world, work: environment.workload(.fitting, of: t, in: self)),
                carriesOptimizer: false)
        case .previous:
            return .model(
                try model(of: t - 1).model, carriesOptimizer: plan.arm.optimizer == .carryOver)
        }
    }

    // MARK: Compose and curate

    private func dataMetrics(of t: Int) throws -> [MetricValue] {
        if let known = dataMetrics, known.generation == t { return known.values }
        return growsIncrementally
            ? try grow(to: t).tally.metrics : try composedData(of: t).metrics
    }

    private func composedData(
        of t: Int
    ) throws -> (data: TrainingData<Setting.Examples>, metrics: [MetricValue]) {
        let pool = try compose(plan.compositions[t], generation: t)
        guard !plan.arm.curation.isEmpty else {
            return (TrainingData(pool: pool, generation: t), DataTally(pool).metrics)
        }
        let context = CurationContext(
            setting: setting, world: world, generation: t,
            key: randomKey(.curate, generation: t),
            work: environment.workload(.curating, of: t, in: self)
        ) { which in
            switch which {
            case .generation0: t == 0 ? nil : try self.model(of: 0).model
            case .previous: t == 0 ? nil : try self.model(of: t - 1).model
            case .base:
                try self.setting.baseModel(
                    in: self.world, work: self.environment.workload(.fitting, of: t, in: self))
            }
        }
        var curated = try Curation.apply(plan.arm.curation, to: pool, in: context)
        curated.data.generation = t
        return (curated.data, DataTally(curated.data.pool).metrics + curated.metrics)
    }

    private func compose(
        _ composition: Composition, generation t: Int
    ) throws -> Pool<Setting.Examples> {
        if composition.parts.count == 1, composition.subsample == nil {
            return try pool(of: composition.parts[0], generation: t)
        }
        if let size = composition.subsample {
            try gather(composition.parts, generation: t)
            return history.subsample(size: size, from: randomKey(.compose, generation: t))
        }
        return Pool(
            joining: try composition.parts.enumerated().map {
                try pool(of: $0.element, at: $0.offset, generation: t)
            })
    }

    /// Brings the history up to the parts of a generation, which are those of the one before and new ones.
    private func gather(_ parts: [Composition.Part], generation t: Int) throws {
        if history.count > parts.count { history = PoolParts() }
        for index in history.count..<parts.count {
            history.append(try pool(of: parts[index], at: index, generation: t))
        }
    }

    private func pool(
        of part: Composition.Part, at index: Int = 0, generation t: Int
    ) throws -> Pool<Setting.Examples> {
        switch part {
        case .real(let draw):
            return Pool(try real(draw), provenance: 0)
        case .replayed(let draw, let size):
            return PoolParts([Pool(try real(draw), provenance: 0)]).subsample(
                size: size, from: randomKey(.compose, generation: t).at(index + 1))
        case .synthetic(let generation, let size):
            let drawn = Pool(try samples(withProvenance: generation), provenance: generation)
            return drawn.prefix(size: size)
        }
    }

    /// A draw of real data; generation 0's is kept where later generations meet it again.
    private func real(_ draw: Composition.RealDraw) throws -> Setting.Examples {
        guard draw.start == 0, plan.meetsInitialDrawAgain else {
            return try stream.examples(of: draw)
        }
        if let known = samples[0] { return known }
        let examples = try stream.examples(of: draw)
        samples[0] = examples
        return examples
    }

    // MARK: Sample

    /// The samples drawn from generation `provenance - 1`'s model.
    public func samples(withProvenance provenance: Int) throws -> Setting.Examples {
        if let drawn = samples[provenance] { return drawn }
        let drawn =
            environment.usesKeys
            ? try sharedSamples(withProvenance: provenance) : try draw(provenance)
        samples[provenance] = drawn
        return drawn
    }

    private func sharedSamples(withProvenance provenance: Int) throws -> Setting.Examples {
        let key = keys.samples(withProvenance: provenance)
        return try environment.store.exclusively(key) {
            if let files = try environment.store.read(key) {
                return try setting.decodeExamples(files, world: world)
            }
            let drawn = try draw(provenance)
            var files = try setting.encode(drawn, world: world)
            files["provenance.json"] = Array(keys.provenanceText(of: provenance).utf8)
            try environment.store.write(
                files, as: key, kind: .samples,
                description: keys.samplesText(withProvenance: provenance))
            return drawn
        }
    }

    private func draw(_ provenance: Int) throws -> Setting.Examples {
        let newest = provenance - 1
        let parents =
            try plan.arm.parents(ofProvenance: provenance)?.map { try model(of: $0).model }
            ?? [
                setting.baseModel(
                    in: world, work: environment.workload(.sampling, of: newest, in: self))
            ]
        let conditions =
            setting.isConditioned
            ? try real(Composition.RealDraw(start: 0, size: plan.sampleSizes[0])) : nil
        environment.progress(.sampling, of: newest, in: self, done: 0, total: 0)
        return try setting.sample(
            from: parents, size: plan.sampleSizes[provenance], conditions: conditions,
            world: world, key: randomKey(.sample, generation: provenance),
            work: environment.workload(.sampling, of: newest, in: self))
    }

    private func randomKey(_ purpose: RandomPurpose, generation: Int) -> RandomKey {
        RandomKey(
            seed: seed, stream: plan.arm.stream, generation: generation, purpose: purpose)
    }
}

/// What can go wrong in a loop that is not wrong in its specification.
public enum LoopError: Error, Hashable, Sendable {
    case nothingToTrainOn(arm: String, seed: UInt64, generation: Int)
}
