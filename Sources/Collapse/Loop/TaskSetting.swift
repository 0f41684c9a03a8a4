public import Compute
public import Support

/// A task setting: a kind of data with a learner that can fit, sample and score it.
///
/// The loop, workflows, curation, statistics and storage are generic over this protocol and know no
/// setting by name. A setting writes no loop of its own.
public protocol TaskSetting: Sendable {
    /// What is fixed for a seed: its real data, its tokenizer, its held-out set.
    associatedtype World: Sendable
    /// A fitted model; what a later fit may carry over (an optimizer's state) belongs to it.
    associatedtype Model: Sendable
    associatedtype Examples: ExampleCollection
    /// What an incremental fit needs of a run of examples, such as its moments or counts.
    associatedtype Statistics: Sendable = NoStatistics

    static var declaration: SettingDeclaration { get }

    /// Reads the resolved keys of an arm.
    ///
    /// - Throws: ``SpecificationIssue`` where keys contradict each other; other errors where resources
    ///   cannot be had.
    init(values: SpecificationValue, resources: SettingResources) throws

    /// Everything of the specification that determines a stage's result, in a canonical form. Stages that
    /// share it share their results.
    func fingerprint(of stage: LoopStage) -> String

    /// The world of a seed. `initialSize` is n_0.
    func makeWorld(seed: UInt64, stream: UInt32, initialSize: Int) throws -> World

    /// The number of real examples, or nil when they never end.
    func realCount(in world: World) -> Int?
    /// The size of one example of the real stream.
    func realSize(at index: Int, in world: World) -> Int
    /// Examples of the real stream, which is the same for all arms of a seed and stream.
    func real(_ range: Range<Int>, in world: World) throws -> Examples

    /// Whether ``sample(from:size:conditions:world:key:work:)`` wants real inputs.
    var isConditioned: Bool { get }

    /// Whether the specification gives a base model; then `start-from: previous` begins with it.
    var hasBase: Bool { get }

    /// The model that fits may start from when the specification says `base`.
    func baseModel(in world: World, work: Workload) throws -> Model

    func fit(
        _ data: TrainingData<Examples>, start: FitStart<Model>, world: World, key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model>

    /// Whether a fit needs only the ``Statistics`` of its examples. Then the three methods below stand in for
    /// ``fit(_:start:world:key:work:)``, and a pool that only grows is never gathered.
    static var fitsIncrementally: Bool { get }

    /// The statistics of examples of one provenance, each with its weight or all with weight 1.
    func statistics(
        of examples: Examples, weights: [Double]?, world: World
    ) throws -> Statistics

    /// Adds what later examples say. Statistics are merged in the order of the pool, so that growing pools and whole
    /// ones give the same bits.
    func merge(_ later: Statistics, into statistics: inout Statistics)

    func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<Model>, world: World,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model>

    /// Draws examples of exactly `size` in total. Several parents contribute equal parts, newest first.
    func sample(
        from parents: [Model], size: Int, conditions: Examples?, world: World, key: RandomKey,
        work: Workload
    ) throws -> Examples

    /// The mean log-likelihood of each example under a model, in nats per unit of size.
    func scores(
        of examples: Examples, under model: Model, world: World, work: Workload
    ) throws -> [Double]

    /// Whether each example is right, for curation by a verifier: a label that is the true one, an answer that solves.
    func correctness(of examples: Examples, world: World) throws -> [Bool]

    /// One row for each example, of the statistics whose weighted mean is what a fit estimates: for curation that
    /// judges examples by what they do to the estimate. Row after row, each as long as ``estimate(of:world:)``.
    func features(of examples: Examples, world: World) throws -> [Double]

    /// The mean of the features under a model; under the real law where the model is nil.
    func estimate(of model: Model?, world: World) throws -> [Double]

    /// The records of some generations of a chain. A requirement, though no setting writes its own: so the compiler makes
    /// each setting a copy of the loop for its own types, without which a fast fit waits longer for the loop than the
    /// loop for it.
    func records(
        of chain: Chain<Self>, generations: ClosedRange<Int>
    ) throws -> [GenerationRecord]

    /// The metrics of one of the declared evaluations.
    func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<Self>, world: World, key: RandomKey,
        work: Workload
    ) throws -> [MetricValue]

    func encode(_ model: Model, world: World) throws -> [String: [UInt8]]
    func decodeModel(_ files: [String: [UInt8]], world: World) throws -> Model
    func encode(_ examples: Examples, world: World) throws -> [String: [UInt8]]
    func decodeExamples(_ files: [String: [UInt8]], world: World) throws -> Examples

    /// An example as a person reads it.
    func show(_ examples: Examples, at index: Int, world: World) -> String

    /// The curves that theory predicts for an arm; empty where there is no theory.
    func predictions(for arm: ArmSpecification, generations: Int) -> [Prediction]
}

extension TaskSetting {
    public func records(
        of chain: Chain<Self>, generations: ClosedRange<Int>
    ) throws -> [GenerationRecord] {
        var records: [GenerationRecord] = []
        records.reserveCapacity(generations.count)
        for t in generations { records.append(try chain.record(of: t)) }
        return records
    }
}

/// The statistics of a setting that fits from the examples themselves.
public enum NoStatistics: Sendable {}

extension TaskSetting {
    public static var fitsIncrementally: Bool { false }

    public func statistics(
        of examples: Examples, weights: [Double]?, world: World
    ) throws -> Statistics {
        preconditionFailure("\(Self.self) fits from whole examples")
    }

    public func merge(_ later: Statistics, into statistics: inout Statistics) {
        preconditionFailure("\(Self.self) fits from whole examples")
    }

    public func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<Model>, world: World,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        preconditionFailure("\(Self.self) fits from whole examples")
    }

    /// The fit of an incremental setting: the statistics of each run of equal provenance, merged in order.
    public func fit(
        _ data: TrainingData<Examples>, start: FitStart<Model>, world: World, key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model> {
        precondition(Self.fitsIncrementally, "\(Self.self) has no fit")
        var whole: Statistics?
        var first = 0
        for run in data.pool.provenance.runs {
            let part = first..<run.end
            let statistics = try self.statistics(
                of: part.count == data.examples.count
                    ? data.examples : data.examples.selecting(Array(part)),
                weights: data.weights.map { Array($0[part]) }, world: world)
            first = run.end
            guard var merged = whole else {
                whole = statistics
                continue
            }
            whole = nil
            merge(statistics, into: &merged)
            whole = merged
        }
        guard let whole else { preconditionFailure("a fit of no examples") }
        return try fit(
            whole, generation: data.generation, start: start, world: world, key: key, work: work)
    }
}

/// What a setting that is recorded in whole chains need not say: its models and examples cost less than a file.
extension TaskSetting {
    public var isConditioned: Bool { false }
    public var hasBase: Bool { false }

    public func baseModel(in world: World, work: Workload) throws -> Model {
        throw SettingLimit(setting: Self.declaration.name, lacks: "base model")
    }

    public func scores(
        of examples: Examples, under model: Model, world: World, work: Workload
    ) throws -> [Double] {
        throw SettingLimit(
            setting: Self.declaration.name, lacks: "likelihood to score examples with")
    }

    public func correctness(of examples: Examples, world: World) throws -> [Bool] {
        throw SettingLimit(
            setting: Self.declaration.name, lacks: "right answers to verify examples by")
    }

    public func features(of examples: Examples, world: World) throws -> [Double] {
        throw SettingLimit(
            setting: Self.declaration.name, lacks: "estimate to contract by choosing examples")
    }

    public func estimate(of model: Model?, world: World) throws -> [Double] {
        throw SettingLimit(
            setting: Self.declaration.name, lacks: "estimate to contract by choosing examples")
    }

    public func encode(_ model: Model, world: World) throws -> [String: [UInt8]] {
        throw SettingLimit(setting: Self.declaration.name, lacks: "file format for models")
    }

    public func decodeModel(_ files: [String: [UInt8]], world: World) throws -> Model {
        throw SettingLimit(setting: Self.declaration.name, lacks: "file format for models")
    }

    public func encode(_ examples: Examples, world: World) throws -> [String: [UInt8]] {
        throw SettingLimit(setting: Self.declaration.name, lacks: "file format for examples")
    }

    public func decodeExamples(
        _ files: [String: [UInt8]], world: World
    ) throws -> Examples {
        throw SettingLimit(setting: Self.declaration.name, lacks: "file format for examples")
    }

    public func show(_ examples: Examples, at index: Int, world: World) -> String { "" }

    public func predictions(for arm: ArmSpecification, generations: Int) -> [Prediction] { [] }
}

/// Something was asked of a setting that it does not have.
public struct SettingLimit: Error, Hashable, Sendable, CustomStringConvertible {
    public var setting: String
    public var lacks: String

    public init(setting: String, lacks: String) {
        self.setting = setting
        self.lacks = lacks
    }

    public var description: String {
        "the setting \(setting) has no \(lacks): change the arm that asks for one"
    }
}

/// The stages whose results are stored apart.
public enum LoopStage: String, Sendable {
    case world, fit, sample, evaluate
}

/// What a setting finds around it: folders and the means to fill them.
public struct SettingResources: Sendable {
    /// The folder that holds `corpora/` and `models/`.
    public var root: String
    /// Says something to the user.
    public var report: @Sendable (String) -> Void

    public init(root: String, report: @escaping @Sendable (String) -> Void) {
        self.root = root
        self.report = report
    }
}

/// What a stage may use while it computes; never part of a result.
public struct Workload: Sendable {
    /// The threads this stage may use.
    public var workers: Int
    /// Called from time to time with the share done and the rate in units of size per second's worth of work.
    public var progress: @Sendable (_ done: Int, _ total: Int) -> Void

    public init(
        workers: Int,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) {
        precondition(workers > 0, "\(workers) workers cannot compute anything")
        self.workers = workers
        self.progress = progress
    }
}

/// The composed and curated data of a generation.
public struct TrainingData<Examples: ExampleCollection>: Sendable {
    public var pool: Pool<Examples>
    /// One weight per example, or nil where all weigh 1.
    public var weights: [Double]?
    /// The generation that is fitted, for policies that change with it.
    public var generation: Int

    public init(pool: Pool<Examples>, weights: [Double]? = nil, generation: Int = 0) {
        precondition(
            weights.map { $0.count == pool.examples.count } ?? true,
            "\(weights?.count ?? 0) weights for \(pool.examples.count) examples")
        self.pool = pool
        self.weights = weights
        self.generation = generation
    }

    public var examples: Examples { pool.examples }
}

/// What a fit starts from.
public enum FitStart<Model: Sendable>: Sendable {
    case scratch
    /// A model's parameters; `carriesOptimizer` says whether its optimizer state continues too.
    case model(Model, carriesOptimizer: Bool)
}

/// A fitted model with what the fit measured about itself.
public struct Fitted<Model: Sendable>: Sendable {
    public var model: Model
    public var metrics: [MetricValue]

    public init(model: Model, metrics: [MetricValue]) {
        self.model = model
        self.metrics = metrics
    }
}

/// What an evaluation looks at. The parts are fetched when asked for.
public struct EvaluationSubject<Setting: TaskSetting> {
    public var generation: Int
    public var model: () throws -> Setting.Model
    /// What this generation's model drew.
    public var samples: () throws -> Setting.Examples
    /// Generation 0's model, which saw real data only.
    public var reference: () throws -> Setting.Model
    /// The model of the generation before, whose samples this one may have met; nil for generation 0.
    public var previous: () throws -> Setting.Model?

    public init(
        generation: Int, model: @escaping () throws -> Setting.Model,
        samples: @escaping () throws -> Setting.Examples,
        reference: @escaping () throws -> Setting.Model,
        previous: @escaping () throws -> Setting.Model? = { nil }
    ) {
        self.generation = generation
        self.model = model
        self.samples = samples
        self.reference = reference
        self.previous = previous
    }
}
