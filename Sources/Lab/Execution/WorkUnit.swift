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
    package func units() throws -> [WorkUnit] { units(try dataSizes()) }

    private func units(_ sizes: [[Double]]) -> [WorkUnit] {
        let costs = sizes.map { $0.reduce(0, +) }
        let order = arms.indices.sorted { costs[$0] == costs[$1] ? $0 < $1 : costs[$0] > costs[$1] }
        return seedGroups().flatMap { seeds in
            order.map { WorkUnit(arm: arms[$0].specification.name, seeds: seeds) }
        }
    }

    /// For each arm the size of the data that each generation trains on.
    private func dataSizes() throws -> [[Double]] {
        try arms.map { arm in
            let plan = try ChainPlan(arm: arm.specification, generations: generations)
            return plan.compositions.map { Double($0.size) }
        }
    }

    /// What tells how long it takes to record what is missing in a directory, on so many threads.
    func timeLeft(in directory: RunDirectory, threads: Int) throws -> TimeLeft {
        let sizes = try dataSizes()
        let byArm = Dictionary(
            uniqueKeysWithValues: zip(arms.map(\.specification.name), sizes))
        return TimeLeft(
            units(sizes).map { unit in
                let sizes = byArm[unit.arm] ?? []
                let missing = directory.missing(blocks(arm: unit.arm, seeds: unit.seeds))
                return TimeLeft.Unit(
                    arm: unit.arm, seed: unit.seeds[0],
                    steps: missing.map { block in
                        let generations = block.generations.clamped(to: 0...self.generations)
                        return TimeLeft.Step(
                            size: sizes[generations].reduce(0, +) * Double(unit.seeds.count),
                            isShared: Setting.declaration.recordUnit == .generation
                                && block.generations.upperBound <= 0)
                    })
            }, threads: threads)
    }

    /// Whether nothing of a unit is left to do: its records are there, of this specification and
    /// these kernels, and so are the objects that a finished run keeps.
    ///
    /// - Throws: `StoreError` of kind `otherRecord` where records are of something else.
    func isComplete(
        _ unit: WorkUnit, in directory: RunDirectory, fingerprint: String
    ) throws -> Bool {
        let blocks = blocks(arm: unit.arm, seeds: unit.seeds)
        guard directory.missing(blocks).isEmpty,
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
