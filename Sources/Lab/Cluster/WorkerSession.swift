package import Collapse
import Glibc
import Support
import Synchronization

/// A process that works on a prepared run beside others, on this machine or on others.
package struct WorkerSession<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory
    private let folder: WorkFolder
    private let plan: WorkPlan
    private let units: [ListedUnit]
    private let execution: Execution
    private let job: String?
    private let name: String
    /// Given back when the process goes.
    private let presence: Claim

    /// Joins a run, once nobody has it for itself.
    ///
    /// - Parameters:
    ///   - resolved: The experiment of the directory's `experiment.yaml`.
    ///   - path: The run directory.
    ///   - program: The program that this process is.
    ///   - job: What a scheduler calls it; nil where there is none.
    ///   - patience: Seconds to wait for a process that has the directory for itself.
    ///   - execution: How many threads work, and who hears of it.
    /// - Throws: ``WorkRefusal``, ``RunRefusal``, ``SpecificationError``, `StoreError`, and what the
    ///   setting's resources throw.
    package init(
        _ resolved: ResolvedExperiment, joining path: String, as program: ProgramIdentity,
        job: String?, patience: Double, execution: Execution
    ) throws {
        folder = WorkFolder(of: path)
        plan = try folder.plan()
        guard plan.program == program else {
            throw WorkRefusal.otherProgram(
                directory: path, existing: plan.program, found: program)
        }
        guard plan.kernels == execution.fingerprint else {
            throw WorkRefusal.otherKernels(
                directory: path, existing: plan.kernels, found: execution.fingerprint,
                host: ProcessIdentity.host)
        }
        prepared = try PreparedExperiment(resolved, execution: execution)
        try execution.consent.check(prepared.commands)
        let setting = Setting.declaration
        try resolved.provenance?.checkVersions(against: setting, in: path)
        let own = RunProvenance(
            program: execution.version, environment: execution.fingerprint, setting: setting,
            sources: try prepared.sources(),
            specificationHash: SHA256.digest(of: prepared.resolved.value.canonicalText.utf8)
                .hexadecimal)
        guard own.specificationHash == plan.specification else {
            throw WorkRefusal.otherSpecification(directory: path)
        }
        try resolved.provenance?.checkSources(against: own, in: path)
        units = try folder.units()
        name = Self.newName()
        // First the presence, then the look: whoever wants the directory for itself does it the other
        // way round, so that one of the two sees the other.
        presence = try Self.announce(in: folder.workers(plan.terms, job: job), as: name)
        var waited = 0.0
        while RunDirectory.isHeld(path) {
            guard waited < patience else {
                presence.release()
                throw StoreError(.inUse(by: nil, age: nil), path: path)
            }
            usleep(200_000)
            waited += 0.2
        }
        directory = try RunDirectory(
            joining: path, as: name, claims: folder.objects(plan.terms, job: job),
            sharing: plan.store)
        self.job = job
        self.execution = execution
    }

    /// What this session is called among all that work on the run.
    private static func newName() -> String {
        let process = ProcessIdentity.current
        let number = sessionCount.wrappingAdd(1, ordering: .relaxed).newValue
        let suffix = number == 1 ? "" : "-\(number)"
        return SafeName.encode(
            "\(ProcessIdentity.host)-\(process.number)-\(process.start)\(suffix)")
    }

    private static func announce(in folder: ClaimFolder, as name: String) throws -> Claim {
        guard case .taken(let claim) = try folder.take(name) else {
            preconditionFailure("two sessions have one name")
        }
        return claim
    }

    /// Works until nothing is left that this process could do, or it is to end.
    package func run(_ stay: WorkerStay) throws -> WorkerOutcome {
        defer { presence.release() }
        let (name, job, process) = (name, job, ProcessIdentity.current)
        let queue = ClaimedQueue(
            units, in: folder, claims: folder.claims(plan.terms, job: job),
            objects: folder.objects(plan.terms, job: job),
            // Nothing of a result depends on it.
            start: .random(in: 0..<max(1, units.count)), idleExit: stay.idleExit,
            isEnding: { [folder] in stay.isEnding() || folder.isCancelled },
            note: { [prepared] failure, lost in
                var failure = failure
                if lost != nil, let need = prepared.memoryNeed(of: failure.arm) {
                    failure.message += ": \(need)"
                }
                return RecordedFailure(
                    failure, host: lost?.host ?? ProcessIdentity.host,
                    process: lost?.process.number ?? process.number, job: lost?.job ?? job,
                    log: "events/\(name).jsonl")
            })
        announce()
        let observed = try execution.logging(to: directory)
        try ExperimentRunner(prepared, in: directory, execution: observed)
            .run(queue, count: units.count)
        execution.observer(.finished(failures: queue.failures.count))
        return WorkerOutcome(failures: queue.failures, left: queue.left)
    }

    /// Says who begins, to the user and in the log.
    private func announce() {
        execution.observer(.started(prepared.outline(in: directory, workers: execution.workers)))
        let process = ProcessIdentity.current
        let job = job.map { [Event.Field("job", .string($0))] } ?? []
        // A log that cannot be written costs no results.
        try? directory.openEventLog().append(
            Event(
                "worker-started", time: execution.clock(),
                [
                    .init("host", .string(ProcessIdentity.host)),
                    .init("process", .integer(Int(process.number))),
                ] + job + [.init("workers", .integer(execution.workers))]))
    }
}

/// How long a process stays.
package struct WorkerStay: Sendable {
    /// Seconds after which it leaves when it finds nothing to do.
    package var idleExit: Double
    /// Whether it is to take nothing more.
    package var isEnding: @Sendable () -> Bool

    package init(idleExit: Double, isEnding: @escaping @Sendable () -> Bool) {
        self.idleExit = idleExit
        self.isEnding = isEnding
    }
}

/// What a process has done.
package struct WorkerOutcome: Sendable {
    /// What it could not do.
    package var failures: [RecordedFailure]
    /// Units that are neither done nor given up, by any process.
    package var left: Int
}

/// The sessions that this process has begun.
private let sessionCount = Atomic<Int>(0)
