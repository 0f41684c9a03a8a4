package import Collapse
import Support

/// Scores what each generation of a recorded chain drew, and held-out real data, under the model of
/// each of them.
///
/// What is stored is read. A model or samples that a run did not keep are computed again, to the same
/// bits, where this machine has the kernels that the run had; nothing is written to the run.
package struct CrossEvaluation<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let models: RunModels
    private let directory: RunDirectory
    private let execution: Execution

    /// - Parameters:
    ///   - resolved: The experiment of the directory's `experiment.yaml`.
    ///   - path: The run directory.
    ///   - execution: How many threads compute, and who hears of what is computed again.
    /// - Throws: ``SpecificationError``, and ``RunRefusal`` where this program or this machine's data
    ///   are not those of the run.
    package init(_ resolved: ResolvedExperiment, in path: String, execution: Execution) throws {
        prepared = try PreparedExperiment(resolved, execution: execution, mayFetch: false)
        models = try RunModels(resolved, in: path)
        directory = try RunDirectory(reading: path)
        self.execution = execution
    }

    /// The table of a chain.
    ///
    /// - Parameters:
    ///   - arm: The arm's name; nil for the only one.
    ///   - seed: The seed; nil for the only one.
    ///   - asked: The generations; nil for all that are recorded.
    ///   - report: Called after each cell.
    /// - Returns: A score for each model and each data.
    /// - Throws: ``AddressError``, ``CrossRefusal``, and what reading, fitting and scoring throw.
    package func table(
        arm: String?, seed: String?, generations asked: [Int]?,
        report: (_ done: Int, _ total: Int) -> Void
    ) throws -> CrossTable {
        guard prepared.arms.contains(where: { $0.setting.capabilities.crossScoring != nil }) else {
            throw CrossRefusal.noLikelihood(setting: Setting.declaration.name)
        }
        let name = try models.arm(arm).name
        let seed = try models.seed(seed)
        let arm = prepared.arms.first { $0.specification.name == name }
        guard let arm, let storage = arm.setting.storage,
            let scoring = arm.setting.capabilities.crossScoring
        else { throw CrossRefusal.noLikelihood(setting: Setting.declaration.name) }
        try checkSources()
        let records = try records(of: name, seed: seed, asked)
        let chain = try prepared.storedChain(
            of: arm, seed: seed, storage: storage, environment: environment)
        for record in records where record.key != chain.recordKey(of: record.generation) {
            throw StoreError(
                .otherRecord,
                path: directory.path(of: block(name, seed, record.generation)))
        }
        noteSource(of: arm.specification)
        try noteMissing(records, seed: seed, arm: name)
        let walk = ChainWalk(
            chain.chain, startsFromPrevious: arm.specification.startFrom == .previous,
            isStored: { directory.objects.contains(chain.modelKey(of: $0)) })
        let work = Workload(workers: execution.workers)
        let numbers = records.map(\.generation)
        var cells: [CrossTable.Cell] = []
        let total = numbers.count * (numbers.count + 1)
        func add(_ model: Int, _ data: CrossTable.Data, _ score: CrossScore) {
            cells.append(.init(model: model, data: data, score: score))
            report(cells.count, total)
        }
        let seedData = chain.chain.seedData
        for record in records {
            let t = record.generation
            let model = try walk.model(of: t)
            func reference() throws -> Setting.Model { try chain.chain.model(of: 0) }
            let real = try scoring.heldOut(model, reference, seedData, work)
            try check(real, of: record, scoring.metric)
            add(t, .real, real)
            for other in numbers {
                let samples = try chain.chain.samples(withProvenance: other + 1)
                add(
                    t, .samples(generation: other),
                    try scoring.samples(samples, model, reference, seedData, work))
            }
        }
        return CrossTable(
            arm: name, seed: seed, generations: numbers, events: scoring.events, cells: cells)
    }

    // MARK: What is there

    private var provenance: RunProvenance? { prepared.resolved.provenance }

    /// Objects are named by the kernels that made them, whatever this machine has.
    private var fingerprint: String { provenance?.environment ?? execution.fingerprint }

    private var environment: StoreEnvironment<Setting> {
        StoreEnvironment(
            store: ReadingStore(directory.objects), storesModels: false,
            workers: execution.workers, fingerprint: fingerprint, cachedModels: 1)
    }

    private func checkSources() throws {
        try provenance?.checkVersions(against: Setting.declaration, in: directory.path)
        do {
            let found = try prepared.sources()
            if let (existing, source) = provenance?.replacedSource(among: found) {
                throw RunRefusal.otherData(
                    directory: directory.path, existing: existing, found: source)
            }
        } catch let missing as MissingResource {
            throw CrossRefusal.noData(missing.name)
        }
    }

    private func block(_ arm: String, _ seed: UInt64, _ t: Int) -> RecordBlock {
        RecordBlock(arm: arm, seeds: [seed], generations: t...t)
    }

    /// The records of generations that have samples.
    private func records(
        of arm: String, seed: UInt64, _ asked: [Int]?
    ) throws -> [GenerationRecord] {
        let planned = 0...prepared.generations
        let wanted = Set(asked ?? Array(planned)).sorted()
        var records: [GenerationRecord] = []
        for t in wanted {
            let record =
                planned.contains(t) ? try directory.records(of: block(arm, seed, t))?.first : nil
            if let record, record.model != nil {
                guard record.samples != nil else {
                    throw CrossRefusal.noSamples(setting: Setting.declaration.name)
                }
                records.append(record)
            } else if asked != nil {
                throw AddressError(
                    .generation,
                    record == nil
                        ? "the arm \(arm), seed \(seed), of \(directory.path) has not recorded "
                            + "generation \(t): the run is of generations 0 to \(prepared.generations)"
                        : "the arm \(arm), seed \(seed), of \(directory.path) has no model of "
                            + "generation \(t), for which there was no data")
            }
        }
        guard !records.isEmpty else {
            throw AddressError(
                .generation,
                "the arm \(arm), seed \(seed), of \(directory.path) has recorded no generation yet")
        }
        return records
    }

    /// Says whose the samples are where a generation's own model did not draw them alone.
    private func noteSource(of arm: ArmSpecification) {
        let source: String
        switch (arm.sampleFrom, arm.parents) {
        case (.previous, 1): return
        case (.previous, let parents): source = "\(parents) parents"
        case (.base, _): source = "the base model"
        case (.baseThenPrevious, _): source = "the base model for generation 1"
        }
        execution.observer(
            .note(
                "The arm \(arm.name) has samples drawn by \(source): those of a generation are what was "
                    + "drawn after it, for the next."))
    }

    /// Says what is computed again, or refuses to where it would not be what the run had.
    private func noteMissing(
        _ records: [GenerationRecord], seed: UInt64, arm: String
    ) throws {
        func missing(_ key: (GenerationRecord) -> ContentKey?) -> [Int] {
            records.filter { !(key($0).map(directory.objects.contains) ?? true) }.map(\.generation)
        }
        for (kind, numbers) in [("model", missing(\.model)), ("samples", missing(\.samples))]
        where !numbers.isEmpty {
            let isOne = numbers.count == 1
            let what =
                "the \(kind == "model" && !isOne ? "models" : kind) of generation\(isOne ? "" : "s") "
                + RunModels.ranges(numbers)
            guard fingerprint == execution.fingerprint else {
                throw CrossRefusal.otherKernels(
                    what: what, had: fingerprint, has: execution.fingerprint)
            }
            execution.observer(
                .note(
                    "The run did not keep \(what): \(kind == "model" ? "fitted" : "drawn") again, to the "
                        + "same bits."))
        }
    }

    /// A model that was computed again, or kernels that round otherwise, may not go unnoticed.
    private func check(
        _ found: CrossScore, of record: GenerationRecord, _ metric: MetricDeclaration
    ) throws {
        let recorded = record.metrics.first { $0.name == metric.name }?.value
        guard let recorded, recorded != found.natsPerEvent else { return }
        guard abs(recorded - found.natsPerEvent) <= 1e-6 * abs(recorded) else {
            throw CrossRefusal.otherModel(
                generation: record.generation, metric: metric.title, recorded: recorded,
                found: found.natsPerEvent)
        }
        execution.observer(
            .note(
                "Warning: the \(metric.title) of generation \(record.generation) is "
                    + "\(found.natsPerEvent) here and \(recorded) in the record: other kernels round "
                    + "otherwise."))
    }
}

/// Fetches the models of a chain one after another, without keeping them all.
private final class ChainWalk<Setting: TaskSetting> {
    private let chain: Chain<Setting>
    private let startsFromPrevious: Bool
    private let isStored: (Int) -> Bool
    private var newest: Int?

    init(
        _ chain: Chain<Setting>, startsFromPrevious: Bool, isStored: @escaping (Int) -> Bool
    ) {
        self.chain = chain
        self.startsFromPrevious = startsFromPrevious
        self.isStored = isStored
    }

    /// The model of a generation after all that were asked for before. One that begins from a model
    /// that is not stored is reached from the last that is known.
    func model(of t: Int) throws -> Setting.Model {
        if startsFromPrevious, !isStored(t) {
            let known = (0..<t).last { $0 == newest || isStored($0) } ?? 0
            for earlier in stride(from: known, to: t, by: 1) { _ = try fetch(earlier) }
        }
        return try fetch(t)
    }

    private func fetch(_ t: Int) throws -> Setting.Model {
        let model = try chain.model(of: t)
        // Generation 0's is what others are scored with.
        if let newest, newest != t, newest > 0 { chain.forgetModel(of: newest) }
        newest = t
        return model
    }
}

extension CrossTable {
    /// Where the files about a chain go unless the user says otherwise.
    package func folder(in run: String) -> String {
        "\(run)/cross/\(SafeName.encode(arm))/seed-\(seed)"
    }
}

/// Why generations are not scored under each other's models.
package enum CrossRefusal: Error, Sendable, CustomStringConvertible {
    case noLikelihood(setting: String)
    case noSamples(setting: String)
    case noData(String)
    case otherKernels(what: String, had: String, has: String)
    case otherModel(generation: Int, metric: String, recorded: Double, found: Double)

    package var description: String {
        switch self {
        case .noLikelihood(let setting):
            "the setting \(setting) stores no models that score samples by a likelihood: this is for runs "
                + "of the setting language"
        case .noSamples(let setting):
            "models of the setting \(setting) draw no samples that could be scored"
        case .noData(let name):
            "\(name), by which the run is measured, is not on this machine: fetch or import it first"
        case .otherKernels(let what, let had, let has):
            "the run did not keep \(what), which cannot be made again "
                + "here: the run was computed by the kernels \(had), and this machine has \(has), whose "
                + "last bits differ. Choose generations that are kept, or go where the run began"
        case .otherModel(let generation, let metric, let recorded, let found):
            "the \(metric) of generation \(generation) is \(found) here and \(recorded) in the record: "
                + "`collapselab verify` tells what of the run is damaged"
        }
    }
}
