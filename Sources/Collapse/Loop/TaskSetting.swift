public import Compute
public import Support

/// A task setting: a kind of data with a learner that can fit, sample and score it.
///
/// The loop, workflows, curation, statistics and storage are generic over this protocol and know no
/// setting by name. A setting writes no loop of its own.
public protocol TaskSetting: Sendable {
    /// What is fixed for a seed: its real data, its tokenizer, its held-out set.
    associatedtype SeedData: Sendable
    /// A fitted model; what a later fit may carry over (an optimizer's state) belongs to it.
    associatedtype Model: Sendable
    /// The data that fits train on and models sample.
    associatedtype Examples: ExampleCollection
    /// What an incremental fit needs of a run of examples, such as its moments or counts.
    associatedtype Statistics: Sendable = NoStatistics

    /// The setting's name, keys, evaluations, metrics and figures.
    static var declaration: SettingDeclaration { get }

    /// Reads the setting's keys of an arm. What the lab's own keys say is in the arm, typed.
    ///
    /// Resources are opened when they are first needed: theory and the reports of finished runs
    /// need none.
    ///
    /// - Throws: `SpecificationIssue` where keys contradict each other.
    init(arm: ArmSpecification, resources: SettingResources) throws

    /// The real data that the setting reads; empty for one that draws its own.
    ///
    /// - Throws: `SpecificationIssue` where a name is unknown, ``MissingResource``, and what prevents
    ///   reading.
    func sources() throws -> [DataSource]

    /// Sentences about how the arm is measured that its readers need; the lab adds for which arms
    /// they hold.
    var notes: [String] { get }

    /// What the arm's keys make of it, in a few words each for the line that sums an arm up.
    var traits: [String] { get }
    /// Sentences about what a seed's real data cannot show, though nothing is wrong with it; the lab
    /// adds for which arms they hold.
    ///
    /// `plan` is the arm's on this data.
    func cautions(in seedData: SeedData, plan: ChainPlan) -> [String]

    /// Sentences about the real data that a report gives with its ``notes``; found when a run begins,
    /// and recorded, as a report does without the data.
    var remarks: [String] { get }
    /// What the arm's keys let it measure beside what the setting declares.
    var furtherMetrics: [MetricDeclaration] { get }
    /// The figures of ``furtherMetrics``.
    var furtherPanels: [PanelDeclaration] { get }
    /// Refuses an arm for the sizes that its generations come to.
    ///
    /// - Throws: `SpecificationIssue` at the key to blame.
    func check(_ plan: ChainPlan) throws(SpecificationIssue)
    /// Refuses to go on, as the setting of a phase, with the chain of an arm that was specified
    /// otherwise before; `arm` is the arm as it is in the phase.
    func check(
        after earlier: Self, in arm: ArmSpecification
    ) throws(SpecificationIssue)
    /// What generations are measured on, where arms may differ in that; nil where they do not.
    func measuredOn(in seedData: SeedData) -> String?

    /// What the setting can do beyond fitting, sampling and measuring.
    var capabilities: Capabilities<Self> { get }

    /// How models and examples become files; nil where whole chains are recorded, because a fit
    /// costs less than a file.
    var storage: Storage<Self>? { get }

    /// The memory that one unit of size takes in ``Examples``, roughly, in bytes: a number of 64 bits
    /// unless the setting says otherwise.
    var bytesPerUnit: Int { get }

    /// The data of a seed. `initialSize` is n_0.
    func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData

    /// The number of real examples, or nil when they never end.
    func realCount(in seedData: SeedData) -> Int?
    /// The size of one example of the real stream.
    func realSize(at index: Int, in seedData: SeedData) -> Int
    /// Examples of the real stream, which is the same for all arms of a seed and stream.
    func real(_ range: Range<Int>, in seedData: SeedData) throws -> Examples

    /// The model of a generation's data, fitted from `start` with the randomness of `key`.
    ///
    /// `data` has at least one example. The result may not depend on `work`.
    ///
    /// - Throws: What prevents the fit.
    func fit(
        _ data: TrainingData<Examples>, start: FitStart<Model>, seedData: SeedData, key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model>

    /// How a fit follows from the ``Statistics`` of its examples, where it does; see
    /// ``IncrementalSetting``.
    var incrementalFit: IncrementalFit<Self>? { get }

    /// Draws examples of exactly `size` in total. Several parents contribute equal parts, newest
    /// first.
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

    /// How a planned arm's metric moves away from its control's, up to a factor; nil where there is no
    /// theory.
    func excessTheory(for plan: ChainPlan) -> ExcessTheory?
}

extension TaskSetting {
    public func sources() throws -> [DataSource] { [] }
    public var notes: [String] { [] }
    public var traits: [String] { [] }
    public var remarks: [String] { [] }
    public var furtherMetrics: [MetricDeclaration] { [] }
    public var furtherPanels: [PanelDeclaration] { [] }
    public func cautions(in seedData: SeedData, plan: ChainPlan) -> [String] { [] }
    public func check(_ plan: ChainPlan) throws(SpecificationIssue) {}
    public func check(after earlier: Self, in arm: ArmSpecification) throws(SpecificationIssue) {}
    public func measuredOn(in seedData: SeedData) -> String? { nil }
    public var capabilities: Capabilities<Self> { Capabilities() }
    public var storage: Storage<Self>? { nil }
    public var bytesPerUnit: Int { MemoryLayout<Double>.stride }
    public var incrementalFit: IncrementalFit<Self>? { nil }
    public func predictions(for plan: ChainPlan) -> [Prediction] { [] }
    public func excessTheory(for plan: ChainPlan) -> ExcessTheory? { nil }

    /// This is a requirement of the protocol, though no setting replaces it, so that the compiler
    /// makes each setting a copy of the loop for its own types: asking for types at run time would
    /// take longer than a fast fit.
    public func measure(
        _ generations: ClosedRange<Int>, of chain: Chain<Self>
    ) throws -> [[MetricValue]] {
        var metrics: [[MetricValue]] = []
        metrics.reserveCapacity(generations.count)
        for t in generations { metrics.append(try chain.measure(t)) }
        return metrics
    }
}
