package import Collapse
import Support

/// An experiment in its run directory, from opening to results.
package struct ExperimentSession<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory
    private let execution: Execution
    private let provenance: RunProvenance

    /// Opens a directory for an experiment and checks everything that can be checked before the
    /// first fit.
    ///
    /// `existing` is what the directory holds already, read with the same settings; `mayExtend`
    /// says whether more generations, seeds or arms than that are welcome. Throws
    /// ``SpecificationError``, ``RunRefusal``, `StoreError`, and what the setting's resources
    /// throw.
    package init(
        _ resolved: ResolvedExperiment, existing: ResolvedExperiment?, at path: String,
        sharing store: String?, mayExtend: Bool, execution: Execution
    ) throws {
        let setting = Setting.declaration
        prepared = try PreparedExperiment(resolved, execution: execution)
        try execution.consent.check(prepared.commands)
        let resolved = prepared.resolved
        if let existing {
            try existing.provenance?.checkVersions(against: setting, in: path)
            let difference =
                mayExtend
                ? ResolvedExperiment.firstConflict(between: existing, and: resolved)
                : ResolvedExperiment.firstDifference(between: existing, and: resolved)
            if let difference {
                throw RunRefusal.differentSpecification(
                    directory: path, difference,
                    isExtension: !mayExtend && resolved.extends(existing))
            }
        }
        try prepared.checkPlans()
        provenance = RunProvenance(
            program: execution.version, environment: execution.fingerprint, setting: setting,
            sources: try prepared.sources(),
            specificationHash: SHA256.digest(of: resolved.value.canonicalText.utf8).hexadecimal)
        try existing?.provenance?.checkSources(against: provenance, in: path)
        directory = try RunDirectory(opening: path, sharing: store)
        try prepared.imports.take(into: directory)
        self.execution = execution
    }

    /// Runs what is missing; then writes `metrics.csv`, `theory.csv` where theory predicts
    /// anything, and `run.json` from the records.
    ///
    /// - Returns: The results, and the chains that failed.
    package func run() throws -> (
        results: ExperimentResults, failures: [ExperimentRunner<Setting>.Failure]
    ) {
        let events = try directory.openEventLog()
        let outline = RunOutline(
            name: prepared.name, directory: directory.path, setting: Setting.declaration,
            arms: prepared.arms.map(\.specification.name), seeds: prepared.seeds,
            generations: prepared.generations, workers: execution.workers)
        // Before the file is written, which says what was found.
        let cautions = try prepared.cautions()
        var provenance = provenance
        provenance.cautions = cautions.special
        provenance.remarks = prepared.remarks()
        let specificationText = specificationText(provenance)
        try directory.write(specification: specificationText)
        let observed = observing(events)
        observed.observer(.started(outline))
        for warning in lockWarnings + cautions.documents + cautions.special {
            observed.observer(.note("Warning: \(warning)"))
        }
        let runner = ExperimentRunner(prepared, in: directory, execution: observed)
        let outcome = try runner.run()
        let builder = ResultsBuilder(
            prepared, in: directory, workers: execution.workers, provenance: provenance,
            specificationText: specificationText)
        let results = try builder.results()
        for warning in builder.cautionsAfterBase(results.metrics) {
            observed.observer(.note("Warning: \(warning)"))
        }
        let missing = outcome.failures.isEmpty ? directory.missing(of: prepared.blocks()) : 0
        try directory.write(
            results, isFinished: outcome.failures.isEmpty && missing == 0,
            specificationHash: provenance.specificationHash, workers: execution.workers)
        observed.observer(.finished(failures: outcome.failures.count))
        guard missing == 0 else {
            throw StoreError(
                .incomplete(missing: missing, planned: prepared.blocks().count),
                path: directory.path)
        }
        return (results, outcome.failures)
    }

    /// Removes the damaged records and objects of ``RunVerification``'s findings, so that a run
    /// computes them anew.
    package func removeDamaged(_ findings: [RunFinding]) throws {
        for finding in findings {
            switch finding.part {
            case .object(let key): try directory.objects.remove(key)
            case .record: try FileSystem.removeTree(finding.path)
            // Copies of files from outside were made whole when the session began.
            case .input, .result: break
            }
        }
    }

    private func specificationText(_ provenance: RunProvenance) -> String {
        prepared.resolved.yamlText(provenance: provenance)
    }

    /// What the user should know before the run, though it is no error.
    private var lockWarnings: [String] {
        let unlocked =
            "the file system of \(directory.path) has no locks, so that a second run there at the "
            + "same time would not be noticed: start none"
        return directory.isLocked ? [] : [unlocked]
    }

    /// The execution with every event of note also in the event log.
    private func observing(_ log: EventLog) -> Execution {
        var execution = execution
        let (clock, observer) = (execution.clock, execution.observer)
        execution.observer = { event in
            observer(event)
            guard let entry = event.logEntry(at: clock()) else { return }
            // A log that cannot be written costs no results; the records are the truth.
            try? log.append(entry)
        }
        return execution
    }
}

extension RunEvent {
    /// The line of `events.jsonl`, if the event is worth one.
    fileprivate func logEntry(at time: String) -> Event? {
        switch self {
        case .started(let outline):
            return Event(
                "run-started", time: time,
                [
                    .init("name", .string(outline.name)),
                    .init("setting", .string(outline.setting.name)),
                    .init("arms", .integer(outline.arms.count)),
                    .init("seeds", .integer(outline.seeds.count)),
                    .init("generations", .integer(outline.generations)),
                    .init("workers", .integer(outline.workers)),
                ])
        case .note(let text):
            return Event("note", time: time, [.init("text", .string(text))])
        case .recorded(let recorded, let seconds?):
            guard let first = recorded.first, let last = recorded.last else { return nil }
            guard recorded.count == 1 else {
                return Event(
                    "block-recorded", time: time,
                    [
                        .init("arm", .string(first.arm)),
                        .init("first_seed", .integer(Int(first.seed))),
                        .init("last_seed", .integer(Int(last.seed))),
                        .init("last_generation", .integer(last.generation)),
                        .init("seconds", .double(seconds)),
                    ])
            }
            return Event(
                "generation-recorded", time: time,
                [
                    .init("arm", .string(first.arm)), .init("seed", .integer(Int(first.seed))),
                    .init("generation", .integer(first.generation)),
                    .init("headline", .double(first.headline)),
                    .init("real_fraction", .double(first.realFraction)),
                    .init("size", .double(first.size)), .init("seconds", .double(seconds)),
                ])
        case .failed(let arm, let seed, let message):
            return Event(
                "chain-failed", time: time,
                [
                    .init("arm", .string(arm)), .init("seed", .integer(Int(seed))),
                    .init("message", .string(message)),
                ])
        case .finished(let failures):
            return Event("run-finished", time: time, [.init("failures", .integer(failures))])
        case .progress, .recorded: return nil
        }
    }
}
