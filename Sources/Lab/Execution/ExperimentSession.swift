package import Collapse
package import Support

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
    package func run() throws -> (results: ExperimentResults, failures: [UnitFailure]) {
        // What other processes did here is over.
        try directory.joinEvents()
        let observed = try execution.logging(to: directory)
        let begun = try begin(observed)
        let units = try prepared.units()
        let queue = LocalQueue(units)
        try ExperimentRunner(prepared, in: directory, execution: observed)
            .run(queue, count: units.count)
        let failures = queue.failures
        if failures.isEmpty { try WorkFolder(of: directory.path).tidy() }
        let (results, missing) = try RunCollector(
            prepared: prepared, directory: directory, workers: execution.workers,
            provenance: begun.provenance, specificationText: begun.specificationText
        ).collect(mayPrune: failures.isEmpty)
        let builder = ResultsBuilder(
            prepared, in: directory, workers: execution.workers, provenance: begun.provenance,
            specificationText: begun.specificationText)
        for warning in builder.cautionsAfterBase(results.metrics) {
            observed.observer(.note("Warning: \(warning)"))
        }
        observed.observer(.finished(failures: failures.count))
        guard missing == 0 || !failures.isEmpty else {
            throw StoreError(
                .incomplete(missing: missing, planned: prepared.blocks().count),
                path: directory.path)
        }
        return (results, failures)
    }

    /// Writes what other processes need to work on what is missing, and computes nothing.
    ///
    /// - Parameters:
    ///   - program: The program that they must be.
    ///   - store: The folder whose objects runs share, if any.
    ///   - terms: How long a claim holds.
    /// - Returns: What is there to do, and of how many units in all.
    /// - Throws: `StoreError` of kind `otherRecord` where records are of something else, and what
    ///   reading the real data throws.
    package func prepare(
        for program: ProgramIdentity, sharing store: String?, terms: LeaseTerms
    ) throws -> (missing: [WorkUnit], units: Int) {
        let observed = try execution.logging(to: directory)
        let begun = try begin(observed)
        let units = try prepared.units()
        let missing = try units.filter {
            try !prepared.isComplete($0, in: directory, fingerprint: execution.fingerprint)
        }
        try WorkFolder(of: directory.path).write(
            WorkPlan(
                program: program, kernels: execution.fingerprint,
                specification: begun.provenance.specificationHash ?? "",
                store: store.map(FileSystem.absolute), terms: terms, units: units.count),
            missing.map { unit in
                ListedUnit(unit, prepared.blocks(arm: unit.arm, seeds: unit.seeds))
            })
        return (missing, units.count)
    }

    /// Writes `experiment.yaml`, and says what there is to say before anything is fitted.
    private func begin(
        _ observed: Execution
    ) throws -> (provenance: RunProvenance, specificationText: String) {
        var outline = prepared.outline(in: directory, workers: execution.workers)
        outline.timeLeft = try prepared.timeLeft(in: directory, threads: execution.workers)
        // Before the file is written, which says what was found.
        let cautions = try prepared.cautions()
        var provenance = provenance
        provenance.cautions = cautions.special
        provenance.remarks = prepared.remarks()
        let text = specificationText(provenance)
        try directory.write(specification: text)
        observed.observer(.started(outline))
        for warning in cautions.documents + cautions.special {
            observed.observer(.note("Warning: \(warning)"))
        }
        return (provenance, text)
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
}
