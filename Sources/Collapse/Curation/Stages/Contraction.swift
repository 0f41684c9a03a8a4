import Compute
public import Support

/// Weights the newest synthetic examples so that the re-estimate is pulled towards a reference by
/// exactly the factor 1 - b: the recursion e' = (1 - b) e + xi of Han et al. (2025) in its purest
/// form.
///
/// The weights are an exponential tilt of the features: in an exponential family, importance
/// weights towards the member that is nearer to the reference by the factor. The noise xi of the
/// sample stays, so at constant sample size the squared error tends to xi^2/(1 - (1 - b)^2):
/// bounded, not zero.
public struct Contraction: CurationStage {
    /// The reference and the factor b.
    public var goal: ContractionGoal

    public static let name = "contraction"
    public static let help =
        "Weight the newest synthetic examples so that the error of the re-estimate shrinks by the "
        + "factor 1 - b, as an ideal filter would."
    @KeyList public static var keys: [KeyDeclaration] { ContractionGoal.keys }

    public init(goal: ContractionGoal) { self.goal = goal }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        goal = try ContractionGoal(value)
    }

    public var models: [CurationModel] { goal.models }
    public static var metrics: [MetricDeclaration] { ContractionTask.metrics }

    public var needs: Set<Capability> { [.estimation] }
    public var sparesGeneration0: Bool { true }
    public var hasFractionalWeights: Bool { true }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        guard let task = try ContractionTask(data, goal: goal, in: context) else {
            return CurationOutcome(data: data)
        }
        let shift = zip(task.estimate, task.reference).map { -goal.factor * ($0 - $1) }
        // Where no weights can do it, as for draws that are all equal, the examples stay as they
        // are.
        let weights =
            ExponentialTilt.weights(task.features, dimension: task.dimension, shift: shift)
            ?? task.newest.map { _ in 1 }
        return CurationOutcome(
            data: data.weighing(task.newest, by: weights), metrics: task.metrics(weights))
    }
}
