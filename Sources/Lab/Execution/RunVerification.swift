package import Collapse
import Support

/// Holds everything in a run directory against its sums and against what determines it.
package struct RunVerification<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory

    /// What was looked at, and what is not as it should be.
    package struct Outcome: Sendable {
        /// Files of records that are there.
        package var records = 0
        /// Files of records that the specification plans.
        package var plannedRecords = 0
        /// Objects in the run's own store.
        package var objects = 0
        /// Everything that is damaged, missing or of something else.
        package var findings: [RunFinding] = []
        /// Why records could not be held against what determines them; nil where they were.
        package var unchecked: String?

        /// Whether the run has not come to its end yet, as far as it is not damaged.
        package var isUnfinished: Bool { records < plannedRecords && findings.isEmpty }
    }

    /// - Parameters:
    ///   - prepared: The experiment of the directory's `experiment.yaml`, with what made its records.
    ///   - directory: The directory, opened in either way.
    package init(
        _ prepared: PreparedExperiment<Setting>, in directory: RunDirectory
    ) {
        self.prepared = prepared
        self.directory = directory
    }

    private var provenance: RunProvenance? { prepared.resolved.provenance }

    /// Looks at everything. Nothing is changed.
    package func outcome() throws -> Outcome {
        var outcome = Outcome()
        try checkObjects(&outcome)
        try checkRecords(&outcome)
        let isFinished = (try? directory.summary())??.isFinished ?? false
        if isFinished, outcome.records < outcome.plannedRecords {
            for block in prepared.blocks() where !FileSystem.exists(directory.path(of: block)) {
                outcome.findings.append(
                    RunFinding(
                        path: directory.path(of: block), problem: "is missing", part: .record))
            }
        }
        outcome.findings += try RunSums.findings(in: directory.path)
        return outcome
    }

    // MARK: Objects

    private func checkObjects(_ outcome: inout Outcome) throws {
        let found = try directory.objects.allFolders()
        let inputs = Set(prepared.imports.keys)
        for key in found {
            outcome.objects += 1
            let part: RunFinding.Part = inputs.contains(key) ? .input : .object(key)
            do {
                guard try directory.objects.read(key) == nil else { continue }
                outcome.findings.append(
                    RunFinding(
                        path: directory.objects.folder(of: key),
                        problem: "has no object.json"
                            + (part == .input ? ", which the next run there writes again" : ""),
                        part: part))
            } catch let error as StoreError {
                outcome.findings.append(error.finding(of: part))
            }
        }
        for key in inputs.subtracting(found).sorted(by: { $0.digits < $1.digits }) {
            outcome.findings.append(
                RunFinding(
                    path: directory.objects.folder(of: key), problem: "is missing", part: .input))
        }
    }

    // MARK: Records

    private func checkRecords(_ outcome: inout Outcome) throws {
        outcome.plannedRecords = prepared.blocks().count
        outcome.unchecked = whyUnchecked()
        for arm in prepared.arms {
            for seeds in prepared.seedGroups() {
                let blocks = prepared.blocks(arm: arm.specification.name, seeds: seeds)
                let expected = try expectation(of: arm, seeds: seeds, &outcome)
                for block in blocks where FileSystem.exists(directory.path(of: block)) {
                    outcome.records += 1
                    outcome.findings += try findings(in: block, expected)
                }
            }
        }
    }

    /// Why the real data here does not tell what the records should be; nil where it does.
    private func whyUnchecked() -> String? {
        do {
            return provenance?.replacedSource(among: try prepared.sources()).map {
                "the \($0.found.kind) \($0.found.name) is another one than the run read"
            }
        } catch {
            // A directory may be looked at where its text never was.
            return "\(error)"
        }
    }

    /// What a block should be, or nil where the real data that determines it is not here.
    private func expectation(
        of arm: PreparedArm<Setting>, seeds: [UInt64], _ outcome: inout Outcome
    ) throws -> ExpectedRecords? {
        guard outcome.unchecked == nil else { return nil }
        do {
            // Records are named by the kernels that made them, whatever this machine has.
            return try prepared.expectedRecords(
                of: arm, seeds: seeds, in: directory.objects,
                fingerprint: provenance?.environment ?? "")
        } catch {
            outcome.unchecked = "\(error)"
            return nil
        }
    }

    private func findings(
        in block: RecordBlock, _ expected: ExpectedRecords?
    ) throws -> [RunFinding] {
        let path = directory.path(of: block)
        let records: [GenerationRecord]
        do {
            records = try directory.records(of: block) ?? []
        } catch let error as StoreError {
            return [error.finding(of: .record)]
        } catch let error as FileError {
            return [
                RunFinding(path: path, problem: "cannot be read: \(error.reason)", part: .record)
            ]
        }
        guard let expected else { return [] }
        guard records.allSatisfy({ $0.key == expected.key(block) }) else {
            return [
                RunFinding(path: path, problem: "is the record of something else", part: .record)
            ]
        }
        // What is there but not whole has been found already.
        return expected.objects(block).filter {
            !FileSystem.exists(directory.objects.folder(of: $0))
        }.map {
            RunFinding(
                path: directory.objects.folder(of: $0), problem: "is missing", part: .object($0))
        }
    }
}

extension StoreError {
    /// The damage without what to do about it.
    fileprivate func finding(of part: RunFinding.Part) -> RunFinding {
        switch kind {
        case .damagedObject(let finding), .damagedRecord(let finding):
            RunFinding(path: path, problem: "is damaged: \(finding)", part: part)
        default: RunFinding(path: path, problem: description, part: part)
        }
    }
}
