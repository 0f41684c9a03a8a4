import Compute
public import Support

/// A neural filter of the newest synthetic examples, after Han et al. (2025): a small network that
/// looks at one example at a time is trained until the re-estimate from the examples it prefers is
/// closer to a reference by the factor 1 - b, and then weights or selects the examples.
///
/// The paper's architecture and losses are not public; this is ours. The condition is on the
/// expected re-estimate: the sample's own noise is taken out of it, as the estimate of the model
/// that drew the sample is known. A condition on the noisy re-estimate, trained and applied on the
/// same examples with the truth at hand, would reach the truth by copying it.
public struct ContractionFilter: CurationStage {
    /// In which norm the error must shrink.
    public enum Norm: String, CaseIterable, Sendable {
        /// All coordinates in their own units.
        case euclidean
        /// Each coordinate in units of its standard deviation among the examples.
        case standardised
    }

    /// What becomes of the network's preferences.
    public enum Use: String, CaseIterable, Sendable {
        /// `weight` multiplies an example's weight by its preference; `select` keeps an example
        /// with the probability of its preference over the largest one.
        case weight, select
    }

    /// The reference and the factor b.
    public var goal: ContractionGoal
    /// The norm of the condition that the network is trained to meet.
    public var norm: Norm
    /// Whether the preferences weight or select the examples.
    public var use: Use
    /// Tanh units of the network's one hidden layer, at least 1.
    public var hiddenUnits: Int

    public static let name = "contraction-filter"
    public static let help =
        "A small network, trained in each generation until the error of the re-estimate shrinks by "
        + "the factor 1 - b, weights or selects the newest synthetic examples."
    static let errorNorm = Key<Norm>(
        "norm", .choice, default: .euclidean, help: "The norm in which the error must shrink.")
    static let usage = Key<Use>(
        "use", .choice, default: .weight,
        help: "Whether the network's output weights the examples in the fit or is the "
            + "probability of keeping each, which adds noise of its own.")
    static let units = Key(
        "hidden-units", .integer(1...1_000), default: 8,
        help: "Units of the network's one hidden layer.")

    @KeyList public static var keys: [KeyDeclaration] {
        ContractionGoal.keys
        errorNorm
        usage
        units
    }

    public init(
        goal: ContractionGoal, norm: Norm = .euclidean, use: Use = .weight, hiddenUnits: Int = 8
    ) {
        self.goal = goal
        self.norm = norm
        self.use = use
        self.hiddenUnits = hiddenUnits
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        goal = try ContractionGoal(value)
        norm = try value[Self.errorNorm]
        use = try value[Self.usage]
        hiddenUnits = try value[Self.units]
    }

    public var models: [CurationModel] { goal.models }
    private static let trainingSteps = MetricDeclaration(
        "training_steps", title: "training steps", direction: .neither,
        help: "Steps that the filter's network was trained for.")
    public static var metrics: [MetricDeclaration] { ContractionTask.metrics + [trainingSteps] }

    public var needs: Set<Capability> { [.estimation] }
    public var sparesGeneration0: Bool { true }
    public var hasFractionalWeights: Bool { use == .weight }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        guard let task = try ContractionTask(data, goal: goal, in: context) else {
            return CurationOutcome(data: data)
        }
        var network = FilterNetwork(
            task, hiddenUnits: hiddenUnits, isStandardised: norm == .standardised,
            key: context.key.at(0))
        let weights = network.train(factor: goal.factor)
        var metrics = task.metrics(weights)
        metrics.append(Self.trainingSteps.value(Double(network.steps)))
        switch use {
        case .weight:
            return CurationOutcome(data: data.weighing(task.newest, by: weights), metrics: metrics)
        case .select:
            var random = RandomStream(context.key.at(1))
            let largest = weights.max() ?? 1
            var isDropped = Array(repeating: false, count: data.examples.count)
            for (index, weight) in zip(task.newest, weights) {
                isDropped[index] = random.uniform() * largest >= weight
            }
            return CurationOutcome(data: data.keeping { !isDropped[$0] }, metrics: metrics)
        }
    }
}
