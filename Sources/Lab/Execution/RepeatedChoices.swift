package import Collapse
import Support

/// The choices of external commands in a run, made once more and held against its records.
package struct RepeatedChoices: Sendable {
    /// How many generations had the same choices again.
    package private(set) var same = 0
    /// What was not the same, or could not be made: a sentence each.
    package private(set) var findings: [String] = []
    /// Why some generations were left out; nil where none was.
    package private(set) var leftOut: String?

    /// Repeats every recorded choice of an experiment. Nothing is written.
    ///
    /// - Parameters:
    ///   - prepared: The experiment of the directory's `experiment.yaml`.
    ///   - directory: The directory, opened to read.
    ///   - execution: With the consent to the experiment's commands, and the workers.
    /// - Throws: ``CommandRefusal`` without consent; what reading the real data throws.
    package init<Setting: TaskSetting>(
        of prepared: PreparedExperiment<Setting>, in directory: RunDirectory, execution: Execution
    ) throws {
        try execution.consent.check(prepared.commands)
        let environment = StoreEnvironment<Setting>(
            store: RecordedObjects(directory.objects), storesModels: false,
            workers: execution.workers,
            fingerprint: prepared.resolved.provenance?.environment ?? execution.fingerprint,
            cachedModels: 1, commands: prepared.executor(execution.consent))
        for arm in prepared.arms where arm.specification.startsCommands {
            guard let storage = arm.setting.storage else { continue }
            let stages = arm.specification.allCuration.filter { $0.command != nil }
            let first = stages.allSatisfy(\.sparesGeneration0) ? 1 : 0
            for seed in prepared.seeds {
                let chain = try prepared.storedChain(
                    of: arm, seed: seed, storage: storage, environment: environment
                ).chain
                for block in prepared.blocks(arm: arm.specification.name, seeds: [seed]) {
                    let t = block.generations.lowerBound
                    guard t >= first, chain.plan.hasData(t),
                        let record = try directory.records(of: block)?.first
                    else { continue }
                    add(record, place: "arm \(block.arm), seed \(seed), generation \(t)") {
                        try chain.choices(of: t)
                    }
                }
            }
        }
    }

    private mutating func add(
        _ record: GenerationRecord, place: String, _ make: () throws -> [MetricValue]
    ) {
        let made: [MetricValue]
        do {
            made = try make()
        } catch let missing as RecordedObjects.Missing {
            leftOut = "\(missing)"
            return
        } catch {
            findings.append("\(place): \(error)")
            return
        }
        let other = made.first { metric in
            !record.metrics.contains {
                $0.name == metric.name && ($0.value == metric.value || metric.value.isNaN)
            }
        }
        guard let other else {
            same += 1
            return
        }
        let recorded = record.metrics.first { $0.name == other.name }?.value
        findings.append(
            "\(place): the external command chose otherwise this time (\(other.name) is "
                + "\(recorded.map { "\($0)" } ?? "not") recorded and \(other.value) now): it does not "
                + "answer alike every time, or what it opens by itself has changed")
    }
}

/// The objects of a run, of which none is made anew.
private final class RecordedObjects: GenerationStore {
    /// Something is asked for that the run has not kept.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "the run keeps no model that they were scored with, or samples are missing "
                + "(checkpoints: all keeps every model)"
        }
    }

    private let objects: ObjectStore

    init(_ objects: ObjectStore) { self.objects = objects }

    func key(for description: String) -> ContentKey { objects.key(for: description) }
    func contains(_ key: ContentKey) -> Bool { objects.contains(key) }

    func read(_ key: ContentKey) throws -> [String: [UInt8]]? {
        guard let files = try objects.read(key) else { throw Missing() }
        return files
    }

    func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws {
        throw Missing()
    }

    func exclusively<Result>(_ key: ContentKey, _ body: () throws -> Result) rethrows -> Result {
        try body()
    }
}
