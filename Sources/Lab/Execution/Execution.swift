/// How an experiment is carried out on this machine. Nothing here reaches a result.
package struct Execution: Sendable {
    /// Worker threads over all chains.
    package var workers: Int
    /// The folder that holds `corpora/` and `models/`.
    package var root: String
    /// Names the kernels whose bits the results are.
    package var fingerprint: String
    /// The version of the program, for the record.
    package var version: String
    /// The time now, for events; never part of a result.
    package var clock: @Sendable () -> String
    /// Seconds since some fixed moment, for rates.
    package var stopwatch: @Sendable () -> Double
    /// What the user allows to be started, now and for nothing else.
    package var consent: CommandConsent
    /// Seconds between writes of the state of a running fit that can write it; 0 for every step.
    package var checkpointInterval: Double
    /// Lets running fits write their state before the process ends.
    package var interruption: Interruption
    /// Hears of everything that happens.
    package var observer: @Sendable (RunEvent) -> Void

    package init(
        workers: Int, root: String, fingerprint: String, version: String,
        clock: @escaping @Sendable () -> String, stopwatch: @escaping @Sendable () -> Double,
        consent: CommandConsent = .none, checkpointInterval: Double = 600,
        interruption: Interruption = Interruption(),
        observer: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.workers = workers
        self.root = root
        self.fingerprint = fingerprint
        self.version = version
        self.clock = clock
        self.stopwatch = stopwatch
        self.consent = consent
        self.checkpointInterval = checkpointInterval
        self.interruption = interruption
        self.observer = observer
    }
}
