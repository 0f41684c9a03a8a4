package import Collapse
import Support

/// What a user may look at of a recorded generation: what it trained on, and what its model drew.
package struct RunInspection<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let resolved: ResolvedExperiment
    private let directory: RunDirectory

    /// - Parameters:
    ///   - resolved: The experiment of the directory's `experiment.yaml`.
    ///   - path: The run directory.
    ///   - execution: Where corpora and presets are found.
    /// - Throws: ``SpecificationError``, and `FileError` where there is no such folder.
    package init(_ resolved: ResolvedExperiment, in path: String, execution: Execution) throws {
        self.resolved = resolved
        prepared = try PreparedExperiment(resolved, execution: execution, mayFetch: false)
        directory = try RunDirectory(reading: path)
    }

    /// What a generation trained on, a source a line.
    package func composition(of name: String, generation: Int) throws -> [String] {
        guard let arm = prepared.arms.first(where: { $0.specification.name == name }),
            let plan = try? ChainPlan(
                arm: arm.specification, generations: prepared.generations),
            plan.compositions.indices.contains(generation)
        else { return [] }
        let unit = Setting.declaration.sizeUnit
        return plan.compositions[generation].parts.map { part in
            switch part {
            case .real(let draw) where draw.start == 0 && generation > 0:
                "\(draw.size) \(unit) of generation 0's real data, the same again"
            case .real(let draw): "\(draw.size) \(unit) of real data, for the first time"
            case .replayed(_, let size):
                "\(size) \(unit) of generation 0's real data, chosen anew"
            case .synthetic(let provenance, let size):
                "\(size) \(unit) that the model of generation \(provenance - 1) drew"
            }
        }
    }

    /// What is stored of the samples of a generation.
    package struct Stored {
        /// Where they come from, and the first of them in words.
        package var provenance: SampleProvenance?
        /// The folder of their files.
        package var folder: String
        fileprivate var files: [String: [UInt8]]
    }

    /// What is stored of a generation's samples; nil where the run kept none.
    package func stored(arm: String, seed: UInt64, generation: Int) throws -> Stored? {
        guard case .generation = Setting.declaration.recordUnit else { return nil }
        let block = RecordBlock(arm: arm, seeds: [seed], generations: generation...generation)
        guard let key = try directory.records(of: block)?.first?.samples,
            let files = try directory.store.read(key)
        else { return nil }
        return Stored(
            provenance: try SampleProvenance.decode(files),
            folder: directory.objects.folder(of: key), files: files)
    }

    /// The samples in words, as many as are asked for. Those that are not kept in words need the real
    /// data and what was made of them, such as a tokenizer.
    ///
    /// - Throws: ``RunRefusal`` where this machine's data are not those of the run, and what reading
    ///   them throws.
    package func texts(
        of stored: Stored, arm name: String, seed: UInt64, count: Int
    ) throws -> [String] {
        let shown = stored.provenance?.shown ?? []
        guard shown.count < count,
            let arm = prepared.arms.first(where: { $0.specification.name == name }),
            let storage = arm.setting.storage
        else { return Array(shown.prefix(count)) }
        if let provenance = resolved.provenance,
            let (existing, found) = provenance.replacedSource(among: try prepared.sources())
        {
            throw RunRefusal.otherData(
                directory: directory.path, existing: existing, found: found)
        }
        let seedData = try prepared.seedData(of: arm, seed: seed)
        let examples = try storage.decodeExamples(stored.files, seedData)
        return (0..<min(count, examples.count)).map { storage.show(examples, $0, seedData) }
    }
}
