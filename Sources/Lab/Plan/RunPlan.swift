package import Collapse
import Support

/// What a run needs and what is there of it already, known before anything is fitted.
package struct RunPlan: Encodable, Sendable {
    /// What one arm asks for, for each of its seeds.
    package struct Arm: Encodable, Sendable {
        package var name: String
        /// The size of all data that its generations train on.
        package var trained: Int
        /// The size of the largest generation's data.
        package var largest: Int
        /// The examples of real data that it reads, of so many that the first seed has; nil where real
        /// data never end, or are not on this machine.
        package var real: Int?
        package var available: Int?
        /// The size of each generation's data.
        fileprivate(set) var sizes: [Int]

        private enum CodingKeys: String, CodingKey {
            case name, trained, largest, real, available
        }
    }

    package var name: String
    package var setting: String
    /// What sizes count.
    package var unit: String
    package var arms: [Arm]
    package var seeds: Int
    /// The last generation.
    package var generations: Int
    /// Models that are fitted: those of every generation, and base models.
    package var fits: Int
    /// Models that the finished run keeps.
    package var models: Int
    /// Files of records that are in the run directory, of all that are planned.
    package var recorded: Int
    package var planned: Int
    /// Of the records that are missing those whose objects are stored already, so that nothing is
    /// computed for them.
    package var stored: Int
    /// The most memory that the data of a generation takes, in bytes.
    package var dataBytes: Double
    /// What is not known, in a sentence; nil where all is.
    package var remark: String?

    private enum CodingKeys: String, CodingKey {
        case name, setting, unit, arms, seeds, generations, fits, models, recorded, planned, stored,
            remark
        case dataBytes = "data_bytes"
    }

    /// Looks at an experiment, at the directory of its run where there is one, and at a folder whose
    /// objects runs share.
    ///
    /// - Throws: ``SpecificationError`` where a plan cannot be carried out, such as by a pool that runs
    ///   dry; what reading the real data throws.
    package init<Setting: TaskSetting>(
        of prepared: PreparedExperiment<Setting>, in directory: String, sharing store: String?,
        fingerprint: String
    ) throws {
        name = prepared.name
        setting = Setting.declaration.name
        unit = Setting.declaration.sizeUnit
        seeds = prepared.seeds.count
        generations = prepared.generations
        let blocks = prepared.blocks()
        planned = blocks.count
        fits = prepared.arms.count * seeds * (generations + 1)
        let chains = prepared.arms.count { $0.setting.storage != nil } * seeds
        models = chains * (0...generations).count(where: prepared.keepsModel)
        dataBytes = 0
        arms = []
        for arm in prepared.arms {
            let plan = try ChainPlan(arm: arm.specification, generations: generations)
            let sizes = plan.compositions.map(\.size)
            arms.append(
                Arm(
                    name: arm.specification.name, trained: sizes.reduce(0, +),
                    largest: sizes.max() ?? 0, sizes: sizes))
            dataBytes = max(
                dataBytes,
                Double(plan.largestHeldSize(by: arm.setting)) * Double(arm.setting.bytesPerUnit))
        }
        let run = FileSystem.isFolder(directory) ? try RunDirectory(reading: directory) : nil
        let missing = run?.missing(blocks) ?? blocks
        recorded = planned - missing.count
        stored = 0
        do {
            try prepared.checkPlans()
            for (index, arm) in prepared.arms.enumerated() {
                guard let seed = prepared.seeds.first else { continue }
                let data = try prepared.seedData(of: arm, seed: seed)
                guard let count = arm.setting.realCount(in: data) else { continue }
                arms[index].available = count
                arms[index].real = try prepared.plan(of: arm, in: data).realCounts.last
            }
            stored = try Self.stored(missing, prepared, run, store, fingerprint)
        } catch let resource as MissingResource {
            remark =
                "\(resource), so that neither the real data nor what is stored could be looked at: run "
                + "fetches it"
        }
    }

    /// How many of the missing records have all their objects in the run or in the shared folder.
    private static func stored<Setting: TaskSetting>(
        _ missing: [RecordBlock], _ prepared: PreparedExperiment<Setting>, _ run: RunDirectory?,
        _ store: String?, _ fingerprint: String
    ) throws -> Int {
        let stores =
            (run.map { [$0.objects] } ?? [])
            + (store.map { [ObjectStore(reading: $0 + "/objects")] } ?? [])
        guard !stores.isEmpty, case .generation = Setting.declaration.recordUnit else { return 0 }
        var count = 0
        let groups = Dictionary(grouping: missing) { "\($0.arm) \($0.seeds)" }
        for blocks in groups.values {
            guard let first = blocks.first,
                let arm = prepared.arms.first(where: { $0.specification.name == first.arm })
            else { continue }
            let expected = try prepared.expectedRecords(
                of: arm, seeds: first.seeds, in: ReadingStore(stores[0]), fingerprint: fingerprint)
            count += blocks.count { block in
                let keys = expected.objects(block)
                return !keys.isEmpty
                    && keys.allSatisfy { key in stores.contains { $0.contains(key) } }
            }
        }
        return count
    }
}
