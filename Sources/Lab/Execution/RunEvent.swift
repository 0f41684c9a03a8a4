package import Collapse

/// What happens while an experiment runs.
package enum RunEvent: Sendable {
    /// The plan is made and checked.
    case started(RunOutline)
    /// A remark, such as that a corpus is being fetched.
    case note(String)
    /// Something is under way; may be frequent.
    case progress(LoopProgress)
    /// A block of generations is on disk. `seconds` says how long it took; nil when it was there already.
    case recorded([RecordedGeneration], seconds: Double?)
    /// A chain stopped; the others go on.
    case failed(arm: String, seed: UInt64, message: String)
    case finished(failures: Int)
}

/// What a run consists of.
package struct RunOutline: Sendable {
    package var name: String
    package var directory: String
    package var setting: SettingDeclaration
    package var arms: [String]
    package var seeds: [UInt64]
    package var generations: Int
    package var workers: Int
}

/// A generation that has been recorded.
package struct RecordedGeneration: Sendable {
    package var arm: String
    package var seed: UInt64
    package var generation: Int
    /// The headline metric.
    package var headline: Double
    /// Share of real data that the generation trained on.
    package var realFraction: Double
    /// Size of its training data, in the setting's unit.
    package var size: Double
}
