import Compute

/// One seed of one arm through its generations: compose, curate, fit, evaluate, sample.
///
/// Everything is computed on demand from what the store lacks, so a chain that was killed anywhere
/// goes on from its last record with the same bits.
package final class Chain<Setting: TaskSetting> {
    package let plan: ChainPlan
    package let seed: UInt64
    let setting: Setting
    let world: Setting.World
    let environment: LoopEnvironment<Setting>
    private let stream: RealStream<Setting>
    let keys: ChainKeys

    /// Samples by provenance, kept while a later generation needs them.
    private var samples: [Int: Setting.Examples] = [:]
    /// The newest models by generation.
    private var models: [Int: Fitted<Setting.Model>] = [:]
    /// Counts of the composed data by generation, for the record.
    private var dataMetrics: [Int: [MetricValue]] = [:]

    package init(
        plan: ChainPlan, seed: UInt64, setting: Setting, world: Setting.World,
        environment: LoopEnvironment<Setting>
    ) {
        self.plan = plan
        self.seed = seed
        self.setting = setting
        self.world = world
        self.environment = environment
        stream = RealStream(setting: setting, world: world)
        keys = ChainKeys(
            plan: plan, seed: seed, declaration: Setting.declaration,
            fingerprints: ChainKeys.Fingerprints(setting), hasBase: setting.hasBase,
            environment: environment)
    }

    /// The hash of everything that determines the record of generation `t`.
    package func recordKey(of t: Int) -> ContentKey { keys.record(of: t) }

    /// The name of generation `t`'s model.
    package func modelKey(of t: Int) -> ContentKey { keys.fit(of: t) }

    // MARK: Record

    /// Computes what is missing of generation `t` and returns its record.
    package func record(of t: Int) throws -> GenerationRecord {
        let fitted = try model(of: t)
        // A store keeps every generation's samples; without one they are drawn when somebody asks for them.
        if environment.usesKeys { _ = try samples(withProvenance: t + 1) }
        var metrics = try dataMetrics[t] ?? composedData(of: t).metrics
        metrics += fitted.metrics.map { MetricValue("fit." + $0.name, $0.value) }
        for evaluation in Setting.declaration.evaluations {
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
            reference: { try self.model(of: 0).model })
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
        models = models.filter { $0.key == 0 || $0.key > t - plan.arm.parents }
        dataMetrics[t] = nil
        if !plan.arm.workflow.usesHistory {
            samples = samples.filter { $0.key > t }
        }
    }

    // MARK: Fit

    /// The model of generation `t`, from memory, from the store, or fitted now.
    package func model(of t: Int) throws -> Fitted<Setting.Model> {
        if let model = models[t] { return model }
        let key = keys.fit(of: t)
        let fitted = try environment.store.exclusively(key) {
            if environment.usesKeys, let shared = environment.cache[key] { return shared }
            let fitted = try storedModel(key) ?? fit(t, as: key)
            if environment.usesKeys, t == 0 { environment.cache[key] = fitted }
            return fitted
        }
        models[t] = fitted
        return fitted
    }

    private func storedModel(_ key: ContentKey) throws -> Fitted<Setting.Model>? {
        guard var files = try environment.store.read(key) else { return nil }
        let metrics = try MetricFile.decode(files)
        files[MetricFile.name] = nil
        return Fitted(model: try setting.decodeModel(files, world: world), metrics: metrics)
    }

    private func fit(_ t: Int, as key: ContentKey) throws -> Fitted<Setting.Model> {
        let composed = try composedData(of: t)
        dataMetrics[t] = composed.metrics
        guard composed.data.examples.count > 0 else {
            throw LoopError.nothingToTrainOn(arm: plan.arm.name, seed: seed, generation: t)
        }
        environment.progress(.fitting, of: t, in: self, done: 0, total: 0)
        let fitted = try setting.fit(
            composed.data, start: start(of: t), world: world,
            key: randomKey(.initialise, generation: t),
            work: environment.workload(.fitting, of: t, in: self))
        if environment.usesKeys && environment.storesModels {
            var files = try setting.encode(fitted.model, world: world)
            files.merge(MetricFile.encode(fitted.metrics)) { _, new in new }
            try environment.store.write(
                files, as: key, kind: .model, description: keys.fitText(of: t))
        }
        return fitted
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

    private func composedData(
        of t: Int
    ) throws -> (data: TrainingData<Setting.Examples>, metrics: [MetricValue]) {
        let pool = try compose(plan.compositions[t], generation: t)
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
        let curated = try Curation.apply(plan.arm.curation, to: pool, in: context)
        return (curated.data, DataMetrics.of(curated.data) + curated.metrics)
    }

    private func compose(
        _ composition: Composition, generation t: Int
    ) throws -> Pool<Setting.Examples> {
        var pool = Pool<Setting.Examples>()
        for (index, part) in composition.parts.enumerated() {
            switch part {
            case .real(let draw):
                pool.append(Pool(try stream.examples(of: draw), provenance: 0))
            case .replayed(let draw, let size):
                let sample = Pool(try stream.examples(of: draw), provenance: 0)
                var random = RandomStream(randomKey(.compose, generation: t).at(index + 1))
                let order = random.permutation(of: sample.examples.count)
                pool.append(sample.selecting(order).prefix(size: size))
            case .synthetic(let generation, let size):
                let drawn = Pool(
                    try samples(withProvenance: generation), provenance: generation)
                pool.append(drawn.prefix(size: size))
            }
        }
        if let size = composition.subsample {
            var random = RandomStream(randomKey(.compose, generation: t))
            pool = pool.selecting(random.permutation(of: pool.examples.count)).prefix(size: size)
        }
        return pool
    }

    // MARK: Sample

    /// The samples drawn from generation `provenance - 1`'s model.
    package func samples(withProvenance provenance: Int) throws -> Setting.Examples {
        if let drawn = samples[provenance] { return drawn }
        let key = keys.samples(withProvenance: provenance)
        let drawn = try environment.store.exclusively(key) {
            if let files = try environment.store.read(key) {
                return try setting.decodeExamples(files, world: world)
            }
            return try draw(provenance, as: key)
        }
        samples[provenance] = drawn
        return drawn
    }

    private func draw(_ provenance: Int, as key: ContentKey) throws -> Setting.Examples {
        let newest = provenance - 1
        let parents =
            try plan.arm.parents(ofProvenance: provenance)?.map { try model(of: $0).model }
            ?? [
                setting.baseModel(
                    in: world, work: environment.workload(.sampling, of: newest, in: self))
            ]
        let conditions =
            setting.isConditioned
            ? try stream.examples(of: Composition.RealDraw(start: 0, size: plan.sampleSizes[0]))
            : nil
        environment.progress(.sampling, of: newest, in: self, done: 0, total: 0)
        let drawn = try setting.sample(
            from: parents, size: plan.sampleSizes[provenance], conditions: conditions,
            world: world, key: randomKey(.sample, generation: provenance),
            work: environment.workload(.sampling, of: newest, in: self))
        guard environment.usesKeys else { return drawn }
        var files = try setting.encode(drawn, world: world)
        files["provenance.json"] = Array(
            keys.provenanceText(of: provenance).utf8)
        try environment.store.write(
            files, as: key, kind: .samples,
            description: keys.samplesText(withProvenance: provenance))
        return drawn
    }

    private func randomKey(_ purpose: RandomPurpose, generation: Int) -> RandomKey {
        RandomKey(
            seed: seed, stream: plan.arm.stream, generation: generation, purpose: purpose)
    }
}

/// What can go wrong in a loop that is not wrong in its specification.
package enum LoopError: Error, Hashable, Sendable {
    case nothingToTrainOn(arm: String, seed: UInt64, generation: Int)
}
