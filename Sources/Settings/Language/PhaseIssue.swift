import Collapse
import Support

/// Why a phase of an arm cannot go on from the models before it, in the words of its own keys.
enum PhaseIssue {
    static let otherFamily = SpecificationIssue(
        path: [ChosenLearner.kind.name],
        message: "models of one arm are of one family, and those before this phase are of another: "
            + "keep it, or use another arm")

    static let otherShape = SpecificationIssue(
        path: [],
        message: "the phase starts from the generation before, whose model has another shape: set "
            + "start-from: scratch or base in the phase, or keep the shape")

    static let otherOptimizer = SpecificationIssue(
        path: [ArmKeys.optimizerState.name],
        message: "no optimizer's state can carry over into this phase: only from generations that "
            + "carry theirs over, too, and train the same model in the same way. Set optimizer-state: "
            + "restart in it, or carry-over from the arm's beginning on")
}
