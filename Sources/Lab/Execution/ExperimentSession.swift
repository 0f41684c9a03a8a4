package import Collapse
import Support

/// An experiment in its run directory, from opening to results.
package struct ExperimentSession<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory
    private let execution: Execution

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
        if let existing {
            if let version = existing.recordVersion, version != GenerationRecord.version {
                throw RunRefusal.otherRecords(
                    directory: path, isOlder: version < GenerationRecord.version)
            }
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
        prepared = try PreparedExperiment(resolved, execution: execution)
        try prepared.checkPlans()
        directory = try RunDirectory(opening: path, sharing: store)
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
        try directory.write(specification: specificationText)
        let observed = observing(events)
        observed.observer(.started(outline))
        let runner = ExperimentRunner(prepared, in: directory, execution: observed)
        let outcome = try runner.run()
        let results = try ResultsBuilder(
            prepared, in: directory, execution: execution, specificationText: specificationText
        ).results()
        try directory.write(results.metrics, workers: execution.workers)
        let comparisons = results.theoryComparisons
        if !comparisons.isEmpty {
            let table = ExperimentResults.theoryTable(comparisons)
            try directory.write(Array(table.utf8), to: "theory.csv")
        }
        try directory.write(summary(of: results, isFinished: outcome.failures.isEmpty))
        observed.observer(.finished(failures: outcome.failures.count))
        return (results, outcome.failures)
    }

    private var specificationHash: String {
        directory.objects.key(for: prepared.resolved.value.canonicalText).digits
    }

    private var specificationText: String {
        let declaration = Setting.declaration
        return prepared.resolved.yamlText(
            provenance: SpecificationMap([
                .init("collapselab", .text(execution.version)),
                .init("environment", .text(execution.fingerprint)),
                .init(StructureKeys.records, .integer(GenerationRecord.version)),
                .init("setting-version", .integer(declaration.version)),
                .init(
                    "evaluations",
                    .map(declaration.evaluations.map { .init($0.name, .integer($0.version)) })),
                .init("specification-sha256", .text(specificationHash)),
            ]))
    }

    private func summary(of results: ExperimentResults, isFinished: Bool) -> RunSummary {
        RunSummary(
            name: results.name, setting: results.setting.name,
            specificationHash: specificationHash,
            arms: results.arms.map { arm in
                let values = results.metrics.values(
                    arm: arm.name, generation: results.generations,
                    metric: results.setting.headline, seeds: results.seeds)
                return RunSummary.Arm(
                    name: arm.name, finalMean: values.isEmpty ? nil : Summary(values).mean)
            },
            seeds: results.seeds.count, generations: results.generations,
            headlineMetric: results.setting.headline, isFinished: isFinished)
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

/// Why a run does not start.
package enum RunRefusal: Error, Sendable, CustomStringConvertible {
    case differentSpecification(
        directory: String, SpecificationDifference, isExtension: Bool)
    /// The records there are named by other hashes than this version's.
    case otherRecords(directory: String, isOlder: Bool)

    package var description: String {
        switch self {
        case .otherRecords(let directory, let isOlder):
            "\(directory) was written by \(isOlder ? "an older" : "a newer") version of collapselab, whose "
                + "records this one cannot go on from. `collapselab report \(directory)` still "
                + "reads it; to run the experiment anew choose another --output."
        case .differentSpecification(let directory, let difference, let isExtension):
            "\(directory) holds another experiment: \(difference.key) is "
                + "\(shortened(difference.existing)) there and \(shortened(difference.requested)) here. "
                + (isExtension
                    ? "Add --extend to continue it, or choose another --output."
                    : "Choose another --output, or run that directory's experiment.yaml.")
        }
    }
}

/// The ends of a long value.
private func shortened(_ text: String) -> String {
    text.count <= 60 ? text : "\(text.prefix(28)) ... \(text.suffix(28))"
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
