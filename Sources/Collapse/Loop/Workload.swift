/// What a stage may use while it computes; never part of a result.
public struct Workload: Sendable {
    /// The threads this stage may use.
    public var workers: Int
    /// Called from time to time with the work done and the whole of it, in the setting's unit of
    /// size.
    public var progress: @Sendable (_ done: Int, _ total: Int) -> Void

    /// What starts programs that choose data; nil where none may be started.
    public var commands: (any CommandExecutor)?
    /// Keeps the state of the stage's fit, if it makes one, between its steps; nil where nothing does.
    public var checkpoint: (any FitCheckpoint)?

    public init(
        workers: Int,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
        commands: (any CommandExecutor)? = nil, checkpoint: (any FitCheckpoint)? = nil
    ) {
        precondition(workers > 0, "\(workers) workers cannot compute anything")
        self.workers = workers
        self.progress = progress
        self.commands = commands
        self.checkpoint = checkpoint
    }
}
