import Compute
public import Support

/// The random control of another stage: that stage is run on the same data, and as many examples as
/// it keeps are kept at random, of real data and of each generation's samples apart, and of each class
/// where examples have classes. What a stage does beyond leaving less is then seen.
public struct RandomLike: CurationStage {
    /// The stage whose counts are taken.
    public var stage: any CurationStage

    public static let name = "random"
    public static let help = "Keep as many examples as another stage keeps, at random."
    /// The key of ``stage``.
    public static let like = Key<any CurationStage>(
        "like", CurationStages.choosing,
        help: "The stage of which the counts are taken, of each class, and nothing else.")

    @KeyList public static var keys: [KeyDeclaration] { like }

    public init(like stage: any CurationStage) { self.stage = stage }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(like: try value[Self.like])
    }

    public var needs: Set<Capability> { stage.needs }
    public var models: [CurationModel] { stage.models }
    public var command: CommandCall? { stage.command }
    public var sparesGeneration0: Bool { stage.sparesGeneration0 }

    /// Examples that are counted together.
    private struct Stratum: Hashable, Comparable {
        var provenance: UInt16
        var label: UInt8

        static func < (left: Stratum, right: Stratum) -> Bool {
            (left.provenance, left.label) < (right.provenance, right.label)
        }
    }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        let kept = try stage.apply(to: data, in: context).data
        func strata(_ data: TrainingData<Setting.Examples>) throws -> [Stratum] {
            let labels = try context.labels(of: data.examples)
            return data.pool.provenance.enumerated().map { index, provenance in
                Stratum(provenance: provenance, label: labels?[index] ?? 0)
            }
        }
        let counts = Dictionary(try strata(kept).map { ($0, 1) }, uniquingKeysWith: +)
        let members = Dictionary(grouping: try strata(data).enumerated()) { $0.element }
        var isKept = [Bool](repeating: false, count: data.examples.count)
        for (place, stratum) in members.keys.sorted().enumerated() {
            let indices = members[stratum, default: []].map(\.offset)
            let chosen = RandomSubset.indices(
                min(counts[stratum] ?? 0, indices.count), of: indices.count,
                from: context.key.at(place))
            for position in chosen { isKept[indices[position]] = true }
        }
        return CurationOutcome(data: data.keeping { isKept[$0] })
    }
}
