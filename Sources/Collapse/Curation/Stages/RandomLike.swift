import Compute
public import Support

/// The random control of another stage: that stage is run on the same data, and what it did to each
/// example (dropped it, repeated it, weighted it) is dealt anew at random among the examples of equal
/// provenance, and of equal class where examples have classes. What a stage does beyond leaving less,
/// repeating or weighing unevenly is then seen.
public struct RandomLike: CurationStage {
    /// The stage whose counts are taken.
    public var stage: any CurationStage

    public static let name = "random"
    public static let help =
        "Keep as many examples as another stage keeps, at random, and repeat or weight as many where "
        + "it does: numbers of examples are the same, and sizes differ where what "
        + "the stage keeps is longer or shorter than the rest."
    /// The key of ``stage``.
    public static let like = Key<any CurationStage>(
        "like", CurationStages.choosing,
        help: "The stage of which the counts are taken, of each class, and nothing else.")

    @KeyList public static var keys: [KeyDeclaration] { like }

    public init(like stage: any CurationStage) { self.stage = stage }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(like: try value[Self.like])
    }

    public var title: String { "random like \(stage.title)" }
    public var needs: Set<Capability> { stage.needs }
    public var models: [CurationModel] { stage.models }
    public var command: CommandCall? { stage.command }
    public var sparesGeneration0: Bool { stage.sparesGeneration0 }
    public var hasFractionalWeights: Bool { stage.hasFractionalWeights }
    public var version: Int { stage.version + 1 }

    public func check(_ plan: ChainPlan) throws(SpecificationIssue) {
        do {
            try stage.check(plan)
        } catch {
            throw error.within([Self.like.name])
        }
    }

    public func check<Setting: TaskSetting>(
        against capabilities: Capabilities<Setting>
    ) throws(SpecificationIssue) {
        do {
            try stage.check(against: capabilities)
        } catch {
            throw error.within([Self.like.name])
        }
    }

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
        // Weights that examples bring along are their own and stay with them.
        let made = try stage.apply(
            to: TrainingData(pool: data.pool, generation: data.generation), in: context
        ).data
        var fates = Array(repeating: Fate(), count: data.examples.count)
        for index in 0..<made.examples.count {
            fates[made.origins?[index] ?? index].factors.append(made.weights?[index] ?? 1)
        }
        let labels = try context.labels(of: data.examples)
        let strata = data.pool.provenance.enumerated().map { index, provenance in
            Stratum(provenance: provenance, label: labels?[index] ?? 0)
        }
        let members = Dictionary(grouping: strata.indices) { strata[$0] }
        for (place, stratum) in members.keys.sorted().enumerated() {
            let indices = members[stratum, default: []]
            let dealt = dealt(indices.map { fates[$0] }, from: key(of: place, in: context.key))
            for (index, fate) in zip(indices, dealt) { fates[index] = fate }
        }
        var control = data.repeating(fates.map(\.factors.count))
        guard made.weights != nil else { return CurationOutcome(data: control) }
        var copies = Array(repeating: 0, count: fates.count)
        control.weights = (0..<control.examples.count).map { position in
            let index = control.origins?[position] ?? position
            defer { copies[index] += 1 }
            return fates[index].factors[copies[index]] * (control.weights?[position] ?? 1)
        }
        return CurationOutcome(data: control)
    }

    /// A stream that no stage draws from, as the stage itself may.
    private func key(of place: Int, in key: RandomKey) -> RandomKey {
        key.at(1 << 40 + Int(key.index) << 26 + place)
    }

    /// What a stage did to an example: a factor of its weight for each time that it is left.
    private struct Fate {
        var factors: [Double] = []
    }

    /// The same fates in a random order.
    private func dealt(_ fates: [Fate], from key: RandomKey) -> [Fate] {
        let isPlain = fates.allSatisfy { $0.factors.isEmpty || $0.factors == [1] }
        guard isPlain else {
            var random = RandomStream(key)
            return random.permutation(of: fates.count).map { fates[$0] }
        }
        // Of mere keeping a subset says it all.
        let kept = RandomSubset.indices(
            fates.count { !$0.factors.isEmpty }, of: fates.count, from: key)
        var dealt = Array(repeating: Fate(), count: fates.count)
        for index in kept { dealt[index].factors = [1] }
        return dealt
    }
}
