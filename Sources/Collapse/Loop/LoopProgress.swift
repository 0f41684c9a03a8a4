/// Where a chain stands, for people; never part of a result.
public struct LoopProgress: Hashable, Sendable {
    public enum Stage: String, Sendable {
        case curating, fitting, sampling, evaluating
    }

    public var arm: String
    public var seed: UInt64
    public var generation: Int
    public var stage: Stage
    /// In the setting's unit of size; 0 of 0 when a stage begins.
    public var done: Int
    public var total: Int
}
