import Collapse

/// What is worked on at a time, by one thread of one process: the chains of some seeds of an arm,
/// from the first generation to the last.
///
/// A unit that was begun goes on after its last record, whoever takes it.
package struct WorkUnit: Hashable, Sendable {
    /// The arm's name.
    package var arm: String
    /// One seed of a setting that records generation by generation, several of one that records whole
    /// chains.
    package var seeds: [UInt64]

    package init(arm: String, seeds: [UInt64]) {
        self.arm = arm
        self.seeds = seeds
    }

    /// A name for files: different units of an experiment have different ones.
    package var name: String { SafeName.encode("\(arm)_\(RecordFile.folder(of: seeds))") }

    /// As people read it.
    package var title: String {
        seeds.count == 1
            ? "arm \(arm), seed \(seeds[0])"
            : "arm \(arm), seeds \(seeds[0]) to \(seeds[seeds.count - 1])"
    }
}

extension PreparedExperiment {
    /// Every unit: seed by seed, so that the arms of a seed follow each other and share its data and
    /// generation 0; the arms with the most data first, so that no long one is begun last.
    package func units() throws -> [WorkUnit] {
        let costs = try arms.map { try cost(of: $0) }
        let order = arms.indices.sorted { costs[$0] == costs[$1] ? $0 < $1 : costs[$0] > costs[$1] }
        return seedGroups().flatMap { seeds in
            order.map { WorkUnit(arm: arms[$0].specification.name, seeds: seeds) }
        }
    }

    /// The size of all data that a chain of an arm trains on.
    private func cost(of arm: PreparedArm<Setting>) throws -> Double {
        let plan = try ChainPlan(arm: arm.specification, generations: generations)
        return plan.compositions.reduce(0) { $0 + Double($1.size) }
    }

    /// Whether nothing of a unit is left to do: its records are there, of this specification and
    /// these kernels, and so are the objects that a finished run keeps.
    ///
    /// - Throws: `StoreError` of kind `otherRecord` where records are of something else.
    func isComplete(
        _ unit: WorkUnit, in directory: RunDirectory, fingerprint: String
    ) throws -> Bool {
        let blocks = blocks(arm: unit.arm, seeds: unit.seeds)
        guard directory.missing(of: blocks) == 0,
            let arm = arms.first(where: { $0.specification.name == unit.arm })
        else { return false }
        let expected = try expectedRecords(
            of: arm, seeds: unit.seeds, in: directory.store, fingerprint: fingerprint)
        return try blocks.allSatisfy { block in
            let key = expected.key(block)
            guard let records = try directory.records(of: block) else { return false }
            guard records.allSatisfy({ $0.key == key }) else {
                throw StoreError(.otherRecord, path: directory.path(of: block))
            }
            return expected.objects(block).allSatisfy(directory.objects.contains)
        }
    }
}
