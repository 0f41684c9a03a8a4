public import Compute

/// A task setting: a kind of data with a learner that can fit, sample and score it.
///
/// The loop, workflows, curation, statistics and storage are generic over this protocol and know no
/// setting by name. A setting writes no loop of its own.
public protocol TaskSetting: Sendable {
    /// What is fixed for a seed: its real data, its tokenizer, its held-out set.
    associatedtype SeedData: Sendable
    /// A fitted model; what a later fit may carry over (an optimizer's state) belongs to it.
    associatedtype Model: Sendable
    associatedtype Examples: ExampleCollection
    /// What an incremental fit needs of a run of examples, such as its moments or counts.
    associatedtype Statistics: Sendable = NoStatistics

    static var declaration: SettingDeclaration { get }

    /// Reads the setting's keys of an arm. What the lab's own keys say is in the arm, typed.
    ///
    /// - Throws: `SpecificationIssue` where keys contradict each other; other errors where resources
    ///   cannot be had.
    init(arm: ArmSpecification, resources: SettingResources) throws

    /// What the setting can do beyond fitting, sampling and measuring.
    var capabilities: Capabilities<Self> { get }

    /// How models and examples become files; nil where whole chains are recorded, because a fit costs less than a file.
    var storage: Storage<Self>? { get }

    /// The data of a seed. `initialSize` is n_0.
    func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData

    /// The number of real examples, or nil when they never end.
    func realCount(in seedData: SeedData) -> Int?
    /// The size of one example of the real stream.
    func realSize(at index: Int, in seedData: SeedData) -> Int
    /// Examples of the real stream, which is the same for all arms of a seed and stream.
    func real(_ range: Range<Int>, in seedData: SeedData) throws -> Examples

    func fit(
        _ data: TrainingData<Examples>, start: FitStart<Model>, seedData: SeedData, key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model>

    /// Whether a fit needs only the ``Statistics`` of its examples. Then the three methods below stand in for
    /// ``fit(_:start:seedData:key:work:)``, and a pool that only grows is never gathered.
    static var fitsIncrementally: Bool { get }

    /// The statistics of examples of one provenance, each with its weight or all with weight 1.
    func statistics(
        of examples: Examples, weights: [Double]?, seedData: SeedData
    ) throws -> Statistics

    /// Adds what later examples say. Statistics are merged in the order of the pool, so that growing pools and whole
    /// ones give the same bits.
    func merge(_ later: Statistics, into statistics: inout Statistics)

    func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model>

    /// Draws examples of exactly `size` in total. Several parents contribute equal parts, newest first.
    func sample(
        from parents: [Model], size: Int, conditions: Examples?, seedData: SeedData, key: RandomKey,
        work: Workload
    ) throws -> Examples

    /// The metrics of some generations of a chain; see the default, which no setting replaces.
    func measure(
        _ generations: ClosedRange<Int>, of chain: Chain<Self>
    ) throws -> [[MetricValue]]

    /// The metrics of one of the declared evaluations.
    func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<Self>, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> [MetricValue]

    /// The curves that theory predicts for a planned arm; empty where there is no theory.
    func predictions(for plan: ChainPlan) -> [Prediction]
}

extension TaskSetting {
    public var capabilities: Capabilities<Self> { Capabilities() }
    public var storage: Storage<Self>? { nil }
    public func predictions(for plan: ChainPlan) -> [Prediction] { [] }

    /// This is a requirement of the protocol, though no setting replaces it, so that the compiler makes each setting a copy
    /// of the loop for its own types: asking for types at run time would take longer than a fast fit.
    public func measure(
        _ generations: ClosedRange<Int>, of chain: Chain<Self>
    ) throws -> [[MetricValue]] {
        var metrics: [[MetricValue]] = []
        metrics.reserveCapacity(generations.count)
        for t in generations { metrics.append(try chain.measure(t)) }
        return metrics
    }
}

/// The statistics of a setting that fits from the examples themselves.
public enum NoStatistics: Sendable {}

extension TaskSetting {
    public static var fitsIncrementally: Bool { false }

    public func statistics(
        of examples: Examples, weights: [Double]?, seedData: SeedData
    ) throws -> Statistics {
        preconditionFailure("\(Self.self) fits from whole examples")
    }

    public func merge(_ later: Statistics, into statistics: inout Statistics) {
        preconditionFailure("\(Self.self) fits from whole examples")
    }

    public func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        preconditionFailure("\(Self.self) fits from whole examples")
    }

    /// The fit of an incremental setting: the statistics of each run of equal provenance, merged in order.
    public func fit(
        _ data: TrainingData<Examples>, start: FitStart<Model>, seedData: SeedData, key: RandomKey,
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
                weights: data.weights.map { Array($0[part]) }, seedData: seedData)
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
            whole, generation: data.generation, start: start, seedData: seedData, key: key,
            work: work)
    }
}
