import Collapse
import Support

/// What the records of a group of seeds of an arm are named by, and which objects belong to them.
struct ExpectedRecords {
    /// The key of every record in a block.
    var key: (RecordBlock) -> ContentKey
    /// The objects that a finished run keeps of a block.
    var objects: (RecordBlock) -> [ContentKey]
}

extension PreparedExperiment {
    /// What the records of some seeds of an arm should be, by kernels of the given fingerprint.
    ///
    /// - Throws: What reading the real data of the seeds throws.
    func expectedRecords(
        of arm: PreparedArm<Setting>, seeds: [UInt64], in store: any GenerationStore,
        fingerprint: String
    ) throws -> ExpectedRecords {
        guard let storage = arm.setting.storage else {
            return ExpectedRecords(
                key: { blockKey($0, of: arm, fingerprint: fingerprint) }, objects: { _ in [] })
        }
        let chain = try storedChain(
            of: arm, seed: seeds[0], storage: storage,
            environment: StoreEnvironment(
                store: store, storesModels: false, workers: 1, fingerprint: fingerprint,
                cachedModels: 1))
        return ExpectedRecords(
            key: { chain.recordKey(of: $0.generations.lowerBound) },
            objects: { keptKeys(of: $0.generations.lowerBound, chain) })
    }

    /// The name of the records of a block of whole chains: the hash of everything that determines
    /// them.
    func blockKey(
        _ block: RecordBlock, of arm: PreparedArm<Setting>, fingerprint: String
    ) -> ContentKey {
        let declaration = Setting.declaration
        let evaluations = declaration.evaluations.map { "\($0.name) v\($0.version)" }
        let curated = Curation.versions(of: arm.specification.allCuration).map { "\n" + $0 }
        let text = """
            block v\(GenerationRecord.version)
            setting \(declaration.name) v\(declaration.version) \(evaluations.joined(separator: " "))
            environment \(fingerprint)
            arm \(arm.specification.values.canonicalText)
            seeds \(block.seeds.map(String.init).joined(separator: " "))
            generations \(block.generations)
            """ + curated.joined()
        return ContentKey(digits: SHA256.digest(of: text.utf8).hexadecimal)
    }

    /// The objects that a finished run keeps of generation `t` of a chain.
    func keptKeys(of t: Int, _ chain: StoredChain<Setting>) -> [ContentKey] {
        guard chain.chain.plan.hasData(t) else { return [] }
        return chain.keptKeys(of: t) + (keepsModel(of: t) ? [chain.modelKey(of: t)] : [])
    }
}
