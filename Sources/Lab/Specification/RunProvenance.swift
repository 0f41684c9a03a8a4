package import Collapse
import Support

/// What made the results of a run: the `provenance` of its `experiment.yaml`.
package struct RunProvenance: Hashable, Sendable {
    /// The version of the program; nil where the file does not say.
    package var program: String?
    /// The kernels whose bits the results are, as `Execution.fingerprint` names them.
    package var environment: String?
    /// How the records are named: `GenerationRecord.version` of the program. The first files did
    /// not say.
    package var recordVersion = 1
    /// The version of the setting.
    package var settingVersion: Int?
    /// The version of each evaluation by its name.
    package var evaluations: [String: Int] = [:]
    /// The real data that was read; empty where the file does not say, too.
    package var sources: [DataSource] = []
    /// What the setting's real data cannot show, as it was found when the run began.
    package var cautions: [String] = []
    /// What the setting's real data does show, found then, too.
    package var remarks: [String] = []
    /// SHA-256 of the specification's canonical text.
    package var specificationHash: String?

    /// The provenance of results that this program makes now.
    package init(
        program: String, environment: String, setting: SettingDeclaration, sources: [DataSource],
        specificationHash: String
    ) {
        self.program = program
        self.environment = environment
        recordVersion = GenerationRecord.version
        settingVersion = setting.version
        for evaluation in setting.evaluations { evaluations[evaluation.name] = evaluation.version }
        self.sources = sources
        self.specificationHash = specificationHash
    }

    /// Reads what ``map`` writes; what is missing there is missing here.
    init(_ value: SpecificationValue) {
        program = value[Field.program]?.text
        environment = value[Field.environment]?.text
        recordVersion = value[Field.records]?.integer ?? 1
        settingVersion = value[Field.settingVersion]?.integer
        for entry in value[Field.evaluations]?.entries ?? [] {
            evaluations[entry.key] = entry.value.integer
        }
        sources = (value[Field.sources]?.entries ?? []).compactMap(DataSource.init)
        cautions = (value[Field.cautions]?.listValue ?? []).compactMap(\.text)
        remarks = (value[Field.remarks]?.listValue ?? []).compactMap(\.text)
        specificationHash = value[Field.specificationHash]?.text
    }

    /// The provenance as the file has it.
    var map: SpecificationMap {
        var map = SpecificationMap()
        map[Field.program] = program.map { .text($0) }
        map[Field.environment] = environment.map { .text($0) }
        map[Field.records] = .integer(recordVersion)
        map[Field.settingVersion] = settingVersion.map { .integer($0) }
        map[Field.evaluations] = .map(
            evaluations.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) })
        if !sources.isEmpty { map[Field.sources] = .map(entries(of: sources)) }
        if !cautions.isEmpty { map[Field.cautions] = .list(cautions.map { .text($0) }) }
        if !remarks.isEmpty { map[Field.remarks] = .list(remarks.map { .text($0) }) }
        map[Field.specificationHash] = specificationHash.map { .text($0) }
        return map
    }

    /// `NAME: {kind, sha256, unit, parts}`; where a name is taken already, an entry is called by its
    /// content and says its name.
    private func entries(of sources: [DataSource]) -> [SpecificationMap.Entry] {
        var taken: Set<String> = []
        return sources.map { source in
            let isFree = taken.insert(source.name).inserted
            let key = isFree ? source.name : "\(source.name) \(source.sha256.prefix(12))"
            return source.entry(key, name: isFree ? nil : source.name)
        }
    }

    private enum Field {
        static let program = "collapselab"
        static let environment = "environment"
        static let records = "records"
        static let settingVersion = "setting-version"
        static let evaluations = "evaluations"
        static let sources = "sources"
        static let cautions = "cautions"
        static let remarks = "remarks"
        static let specificationHash = "specification-sha256"
    }
}

extension DataSource {
    /// `KEY: {name, kind, sha256, unit, parts: {train: {count, bytes}, ...}}`
    fileprivate func entry(_ key: String, name: String?) -> SpecificationMap.Entry {
        var map = SpecificationMap()
        map["name"] = name.map { .text($0) }
        map["kind"] = .text(kind)
        map["sha256"] = .text(sha256)
        map["unit"] = .text(unit)
        map["parts"] = .map(
            parts.map { part in
                .init(
                    part.name,
                    .map([
                        .init("count", .integer(part.count)), .init("bytes", .integer(part.bytes)),
                    ]))
            })
        return .init(key, .map(map))
    }

    fileprivate init?(_ entry: SpecificationMap.Entry) {
        let value = entry.value
        guard let kind = value["kind"]?.text, let sha256 = value["sha256"]?.text,
            let unit = value["unit"]?.text
        else { return nil }
        let parts = (value["parts"]?.entries ?? []).compactMap { part -> Part? in
            guard let count = part.value["count"]?.integer,
                let bytes = part.value["bytes"]?.integer
            else { return nil }
            return Part(name: part.key, count: count, bytes: bytes)
        }
        self.init(
            kind: kind, name: value["name"]?.text ?? entry.key, sha256: sha256, unit: unit,
            parts: parts)
    }
}

extension SpecificationValue {
    /// The text, if this is one.
    fileprivate var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The integer, if this is one.
    fileprivate var integer: Int? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    /// The entries, if this is a map.
    fileprivate var entries: [SpecificationMap.Entry] {
        if case .map(let map) = self { map.entries } else { [] }
    }
}
