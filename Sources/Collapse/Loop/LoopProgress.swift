/// Where a chain stands, for people; never part of a result.
public struct LoopProgress: Hashable, Sendable {
    /// The step of a generation that is computed.
    public enum Stage: String, Sendable {
        case curating, fitting, sampling, evaluating
    }

    /// The arm's name.
    public var arm: String
    /// The seed of the chain.
    public var seed: UInt64
    /// The generation t; for `sampling` the one whose model draws.
    public var generation: Int
    /// The step that the amounts belong to.
    public var stage: Stage
    /// In the setting's unit of size; 0 of 0 when a stage begins.
    public var done: Int
    /// The whole work of the stage, in the same unit.
    public var total: Int
}
