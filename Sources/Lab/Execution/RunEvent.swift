package import Collapse

/// What happens while an experiment runs.
package enum RunEvent: Sendable {
    /// The plan is made and checked.
    case started(RunOutline)
    /// A remark, such as that a corpus is being fetched.
    case note(String)
    /// Something is under way; may be frequent.
    case progress(LoopProgress)
    /// A block of generations is on disk, a file of records. `seconds` says how long it took; nil when it was there
    /// already.
    case recorded([RecordedGeneration], seconds: Double?)
    /// A chain stopped; the others go on.
    case failed(arm: String, seed: UInt64, message: String)
    case finished(failures: Int)
}

/// What a run consists of.
package struct RunOutline: Sendable {
    /// The experiment's name.
    package var name: String
    /// The path of the run directory.
    package var directory: String
    /// The declaration of the setting that all arms share.
    package var setting: SettingDeclaration
    /// The names of the arms, in the order of the specification.
    package var arms: [String]
    /// The seeds that each arm runs.
    package var seeds: [UInt64]
    /// The last generation; generations run from 0 to this.
    package var generations: Int
    /// Worker threads over all chains.
    package var workers: Int
    /// Files of records that are there already, of all that are planned.
    package var recorded: Int
    package var planned: Int
    /// How long it takes; nil where other processes do a part of it.
    package var timeLeft: TimeLeft?
}

/// A generation that has been recorded.
package struct RecordedGeneration: Sendable {
    /// The arm's name.
    package var arm: String
    /// The seed of the chain.
    package var seed: UInt64
    /// Counted from 0, the model fitted on real data; -1 for the base model.
    package var generation: Int
    /// The headline metric.
    package var headline: Double
    /// Share of real data that the generation trained on.
    package var realFraction: Double
    /// Size of its training data, in the setting's unit.
    package var size: Double
}
