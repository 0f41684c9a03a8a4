import Compute

/// One seed of one arm through its generations: the loop.
///
/// ``measure(_:)`` is a generation of it. What a generation asks of earlier ones (their models and
/// samples) is kept while a later one needs it and computed where it is missing, so that a chain
/// can go on from any generation. A ``GenerationLayer`` around it may remember results between
/// chains; the loop is the same with and without.
public final class Chain<Setting: TaskSetting> {
    /// The composition and sample sizes of each generation.
    public let plan: ChainPlan
    /// The seed that every random draw is keyed by, together with the arm's stream.
    public let seed: UInt64
    /// The setting as the arm begins.
    public let setting: Setting
    /// What the setting fixed for the seed.
    public let seedData: Setting.SeedData
    /// The arm and its setting in each generation.
    private let stretches: ArmStretches<Setting>
    /// Whether any generation draws under real conditions.
    private let samplesUnderConditions: Bool
    private let stream: RealStream<Setting>
    /// Whether models draw examples.
    var drawsSamples: Bool { stretches[0].capabilities.drawsSamples }
    private let incrementalFit: IncrementalFit<Setting>?
    private let evaluations: [SettingDeclaration.Evaluation]
    private let layer: (any GenerationLayer<Setting>)?
    private let workload: Workload

    /// The samples by provenance, with generation 0's real sample first, while a later generation
    /// needs them.
    private var samples: [Setting.Examples?]
    /// Generation 0's model and the newest, by generation.
    private var models: [Fitted<Setting.Model>?]
    /// The parts of what an arm subsamples, as far as they are known.
    private var history = PoolParts<Setting.Examples>()
    /// The base model, once it was needed.
    private var base: Setting.Model?
    /// What is known of the data of an arm whose data only grows.
    private var grown: GrownData<Setting.Statistics>?

    /// A chain; `phases` are the settings of the arm's phases, `layer` remembers results where there
    /// is one, `workers` is what each stage may use, and `commands` what starts programs, if any may
    /// be started.
    public init(
        plan: ChainPlan, seed: UInt64, setting: Setting, phases: [Setting] = [],
        seedData: Setting.SeedData, workers: Int = 1, commands: (any CommandExecutor)? = nil,
        layer: (any GenerationLayer<Setting>)? = nil
    ) {
        self.plan = plan
        self.seed = seed
        self.setting = setting
        self.seedData = seedData
        self.layer = layer
        stretches = ArmStretches(plan.arm, settings: [setting] + phases)
        samplesUnderConditions = stretches.contains { $0.capabilities.samplesUnderConditions }
        incrementalFit =
            plan.onlyGrows && plan.arm.curation.isEmpty && phases.isEmpty
            ? setting.incrementalFit : nil
        stream = RealStream(setting: setting, seedData: seedData)
        evaluations = Setting.declaration.evaluations
        workload = Workload(workers: workers, commands: commands)
        samples = Array(repeating: nil, count: plan.generations + 2)
        models = Array(repeating: nil, count: plan.generations + 1)
    }

    // MARK: The loop

    /// Generation `t`: what is recorded of it.
    ///
    /// Nothing is where a control has no real data left.
    public func measure(_ t: Int) throws -> [MetricValue] {
        guard plan.hasData(t) else { return [] }
        let composed = try compose(t)
        let curated = try curate(composed, generation: t)
        let fitted = try remembered(t) { try fit(curated, generation: t) }
        let evaluated = try evaluate(fitted.model, generation: t)
        try sample(provenance: t + 1)
        return record(curated.metrics, fitted, evaluated, generation: t)
    }

    /// The base model, from memory or made now.
    public func baseModel() throws -> Setting.Model {
        try baseModel(for: .fitting, MetricTable.baseGeneration)
    }

    /// Generation -1, the base model itself: what is measured of it.
    public func measureBase() throws -> [MetricValue] {
        try evaluate(try baseModel(), generation: MetricTable.baseGeneration)
    }

    /// The model of generation `t`, from memory or computed now.
    public func model(of t: Int) throws -> Setting.Model {
        try remembered(t) { try fit(curate(compose(t), generation: t), generation: t) }.model
    }

    /// Drops the model of generation `t` from memory, for who walks through them all.
    public func forgetModel(of t: Int) { models[t] = nil }

    /// What curation records of generation `t`, whose data are composed and curated and nothing more.
    ///
    /// Generations are asked for in their order.
    public func choices(of t: Int) throws -> [MetricValue] {
        let metrics = try curate(compose(t), generation: t).metrics
        for provenance in plan.lastUsed(in: t) { samples[provenance] = nil }
        return metrics
    }

    private func remembered(
        _ t: Int, _ fit: () throws -> Fitted<Setting.Model>
    ) throws -> Fitted<Setting.Model> {
        if let model = models[t] { return model }
        let fitted = try layer?.model(of: t, fit) ?? fit()
        models[t] = fitted
        return fitted
    }

    /// The samples drawn from generation `provenance - 1`'s model, from memory or drawn now.
    public func samples(withProvenance provenance: Int) throws -> Setting.Examples {
        if let known = samples[provenance] { return known }
        func draw() throws -> Setting.Examples { try self.draw(provenance) }
        let drawn = try layer?.samples(withProvenance: provenance, draw) ?? draw()
        samples[provenance] = drawn
        return drawn
    }

    // MARK: Compose

    /// The data of a generation before curation.
    private enum Composed {
        case pool(Pool<Setting.Examples>)
        /// The statistics of data that only grows, which is never gathered.
        case grown(GrownData<Setting.Statistics>, IncrementalFit<Setting>)
    }

    private func compose(_ t: Int) throws -> Composed {
        if let incrementalFit {
            return .grown(try grow(to: t, by: incrementalFit), incrementalFit)
        }
        let composition = plan.compositions[t]
        if let size = composition.subsample {
            let key = key(.compose, generation: t)
            guard plan.sharesHistory(t) else {
                return .pool(
                    try PoolParts(pools(of: composition, generation: t))
                        .subsample(size: size, from: key))
            }
            try gather(composition.parts, generation: t)
            return .pool(history.subsample(size: size, from: key))
        }
        if composition.parts.count == 1 {
            return .pool(try pool(of: composition.parts[0], generation: t))
        }
        return .pool(Pool(joining: try pools(of: composition, generation: t)))
    }

    private func pools(
        of composition: Composition, generation t: Int
    ) throws -> [Pool<Setting.Examples>] {
        try composition.parts.enumerated().map {
            try pool(of: $0.element, at: $0.offset, generation: t)
        }
    }

    /// Brings the history up to the parts of a generation that has all so far.
    private func gather(_ parts: ArraySlice<Composition.Part>, generation t: Int) throws {
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
                size: size, from: key(.compose, generation: t).at(index + 1))
        case .synthetic(let generation, let size):
            let drawn = Pool(try samples(withProvenance: generation), provenance: generation)
            return drawn.prefix(size: size)
        }
    }

    /// A draw of real data; generation 0's is kept where later generations meet it again.
    private func real(_ draw: Composition.RealDraw) throws -> Setting.Examples {
        let isInitial = draw.start == 0 && draw.size == plan.sampleSizes[0]
        guard isInitial, plan.meetsInitialDrawAgain || samplesUnderConditions
        else { return try stream.examples(of: draw) }
        if let known = samples[0] { return known }
        let examples = try stream.examples(of: draw)
        samples[0] = examples
        return examples
    }

    /// The statistics of generation `t`'s data, from those of an earlier generation where they are
    /// at hand.
    private func grow(
        to t: Int, by incremental: IncrementalFit<Setting>
    ) throws -> GrownData<Setting.Statistics> {
        var grown = grown
        self.grown = nil
        if let known = grown, known.generation > t { grown = nil }
        let first = grown.map { $0.generation + 1 } ?? 0
        for generation in stride(from: first, through: t, by: 1) {
            let known = generation == 0 ? 0 : plan.compositions[generation - 1].parts.count
            for part in plan.compositions[generation].parts.dropFirst(known) {
                let pool = try self.pool(of: part, generation: generation)
                let statistics = try incremental.statistics(pool.examples, nil, seedData)
                guard var sum = grown else {
                    grown = GrownData(generation: generation, statistics: statistics, pool: pool)
                    continue
                }
                grown = nil
                incremental.merge(statistics, &sum.statistics)
                sum.tally.add(pool)
                grown = sum
            }
            grown?.generation = generation
        }
        guard let grown else { throw nothingToTrainOn(t) }
        self.grown = grown
        return grown
    }

    // MARK: Curate

    /// What a generation trains on, with what is recorded of it.
    private struct Curated {
        enum Data {
            case whole(TrainingData<Setting.Examples>)
            case grown(Setting.Statistics, IncrementalFit<Setting>)
        }

        var data: Data
        var metrics: [MetricValue]
    }

    private func curate(_ composed: Composed, generation t: Int) throws -> Curated {
        let pool: Pool<Setting.Examples>
        switch composed {
        case .grown(let grown, let incremental):
            return Curated(
                data: .grown(grown.statistics, incremental), metrics: grown.tally.metrics)
        case .pool(let composed): pool = composed
        }
        let stretch = stretches[t]
        guard !stretch.arm.curation.isEmpty else {
            return Curated(
                data: .whole(TrainingData(pool: pool, generation: t)),
                metrics: DataTally(pool).metrics)
        }
        let context = CurationContext(
            setting: stretch.setting, seedData: seedData, generation: t,
            initialSize: plan.sampleSizes[0], key: key(.curate, generation: t),
            work: work(.curating, t), memory: stretch.curationMemory
        ) { which in
            switch which {
            case .generation0: t == 0 ? nil : try self.model(of: 0)
            case .previous: t == 0 ? nil : try self.model(of: t - 1)
            case .base: try self.baseModel(for: .curating, t)
            }
        }
        var curated = try Curation.apply(stretch.arm.curation, to: pool, in: context)
        curated.data.generation = t
        if !stretch.capabilities.fitsWeightless, let weights = curated.data.weights,
            !weights.isEmpty,
            !weights.contains(where: { $0 > 0 })
        {
            throw LoopError.nothingWeighs(generation: t)
        }
        return Curated(
            data: .whole(curated.data),
            metrics: DataTally(curated.data.pool).metrics + curated.metrics)
    }

    // MARK: Fit

    private func fit(_ curated: Curated, generation t: Int) throws -> Fitted<Setting.Model> {
        let start = try start(of: t)
        let random = key(.initialise, generation: t)
        switch curated.data {
        case .grown(let statistics, let incremental):
            return try incremental.fit(
                statistics, t, start, seedData, random, work(.fitting, t))
        case .whole(let data):
            guard data.examples.count > 0 else { throw nothingToTrainOn(t) }
            return try stretches[t].setting.fit(
                data, start: start, seedData: seedData, key: random, work: work(.fitting, t))
        }
    }

    private func nothingToTrainOn(_ t: Int) -> LoopError {
        .nothingToTrainOn(arm: plan.arm.name, seed: seed, generation: t)
    }

    private func start(of t: Int) throws -> FitStart<Setting.Model> {
        let stretch = stretches[t]
        let hasBase = stretch.capabilities.contains(.base)
        return switch plan.arm.startingPoint(of: t, hasBase: hasBase) {
        case .scratch: .scratch
        case .base: .model(try baseModel(for: .fitting, t), carriesOptimizer: false)
        case .previous:
            .model(try model(of: t - 1), carriesOptimizer: stretch.arm.optimizer == .carryOver)
        }
    }

    private func baseModel(for stage: LoopProgress.Stage, _ t: Int) throws -> Setting.Model {
        if let base { return base }
        let capabilities = stretches[0].capabilities
        let make = try capabilities.required(capabilities.baseModel, .base)
        func made() throws -> Setting.Model { try make(seedData, work(stage, t)) }
        let model = try layer?.baseModel(made) ?? made()
        base = model
        return model
    }

    // MARK: Evaluate

    private func evaluate(_ model: Setting.Model, generation t: Int) throws -> [MetricValue] {
        var metrics: [MetricValue] = []
        for evaluation in evaluations.measuring(generation: t) {
            func measure() throws -> [MetricValue] {
                let subject = EvaluationSubject<Setting>(
                    generation: t, realCount: t < 0 ? 0 : plan.realCounts[t], model: { model },
                    samples: { try self.samples(withProvenance: t + 1) },
                    reference: { try self.model(of: 0) },
                    previous: { t <= 0 ? nil : try self.model(of: t - 1) },
                    base: { try self.baseModel(for: .evaluating, t) })
                return try stretches[t].setting.evaluate(
                    evaluation.name, of: subject, seedData: seedData,
                    key: key(.bootstrap, generation: max(t, 0)), work: work(.evaluating, t))
            }
            metrics += try layer?.metrics(of: evaluation, generation: t, measure) ?? measure()
        }
        return metrics
    }

    // MARK: Sample

    /// Draws what later generations train on, or what the layer keeps of every generation.
    private func sample(provenance: Int) throws {
        guard
            (layer != nil && drawsSamples)
                || plan.usesSamples(withProvenance: provenance)
        else { return }
        _ = try samples(withProvenance: provenance)
    }

    private func draw(_ provenance: Int) throws -> Setting.Examples {
        let newest = provenance - 1
        let parents =
            try plan.arm.parents(ofProvenance: provenance)?.map { try model(of: $0) }
            ?? [baseModel(for: .sampling, newest)]
        let stretch = stretches[newest]
        let conditions =
            stretch.capabilities.samplesUnderConditions
            ? try real(Composition.RealDraw(start: 0, size: plan.sampleSizes[0])) : nil
        return try stretch.setting.sample(
            from: parents, size: plan.sampleSizes[provenance], conditions: conditions,
            seedData: seedData, key: key(.sample, generation: provenance),
            work: work(.sampling, newest))
    }

    // MARK: Record

    /// What is recorded of a generation, after which what no later one needs is forgotten.
    private func record(
        _ data: [MetricValue], _ fitted: Fitted<Setting.Model>, _ evaluated: [MetricValue],
        generation t: Int
    ) -> [MetricValue] {
        let oldest = t - plan.arm.mostParents
        if oldest > 0 { models[oldest] = nil }
        if incrementalFit != nil { samples[t] = nil }
        for provenance in plan.lastUsed(in: t) { samples[provenance] = nil }
        return data + fitted.metrics + evaluated
    }

    // MARK: Randomness and work

    private func key(_ purpose: RandomPurpose, generation: Int) -> RandomKey {
        RandomKey(
            seed: seed, stream: plan.arm.stream, generation: generation, purpose: purpose)
    }

    private func work(_ stage: LoopProgress.Stage, _ t: Int) -> Workload {
        guard var work = layer?.workload(stage, of: t) else { return workload }
        work.commands = workload.commands
        return work
    }
}

/// What remembers a chain's results: from the same chain of an earlier run, or from another chain
/// that agrees so far. Each function returns what it remembers, or computes it with the function it
/// is given.
public protocol GenerationLayer<Setting>: AnyObject {
    /// The setting of the chain.
    associatedtype Setting: TaskSetting

    /// The fit of generation `t`, remembered or made by `fit`.
    ///
    /// - Throws: What `fit` throws, or what prevents reading or storing the model.
    func model(
        of t: Int, _ fit: () throws -> Fitted<Setting.Model>
    ) throws -> Fitted<Setting.Model>

    /// The samples that generation `provenance - 1`'s model drew, remembered or made by `draw`.
    ///
    /// - Throws: What `draw` throws, or what prevents reading or storing the samples.
    func samples(
        withProvenance provenance: Int, _ draw: () throws -> Setting.Examples
    ) throws -> Setting.Examples

    /// The base model, remembered or made by `make`.
    ///
    /// - Throws: What `make` throws, or what prevents reading or storing the model.
    func baseModel(_ make: () throws -> Setting.Model) throws -> Setting.Model

    /// The metrics of an evaluation of generation `t`, remembered or made by `measure`.
    ///
    /// - Throws: What `measure` throws, or what prevents reading or storing the metrics.
    func metrics(
        of evaluation: SettingDeclaration.Evaluation, generation t: Int,
        _ measure: () throws -> [MetricValue]
    ) throws -> [MetricValue]

    /// What a stage that is really computed may use, and where it reports its progress.
    func workload(_ stage: LoopProgress.Stage, of t: Int) -> Workload
}

/// What can go wrong in a loop that is not wrong in its specification.
public enum LoopError: Error, Hashable, Sendable {
    /// No examples are left to fit.
    case nothingToTrainOn(arm: String, seed: UInt64, generation: Int)
    /// There are examples, but curation left none of them any weight.
    case nothingWeighs(generation: Int)
}

extension LoopError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothingToTrainOn(let arm, let seed, let generation):
            "nothing is left to train generation \(generation) of the arm \(arm), seed \(seed), on: "
                + "loosen a stage of curate, or raise sample-size"
        case .nothingWeighs(let generation):
            "all examples of generation \(generation) weigh 0: raise a weight of curate"
        }
    }
}
