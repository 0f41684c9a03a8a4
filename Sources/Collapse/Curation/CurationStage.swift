public import Support

/// A stage of curation: what it keeps of the composed data, and with which weights.
///
/// A new stage is one file in `Stages/` and one line in ``CurationStages/types``. It knows no
/// setting by name: what it may ask is in ``CurationContext``. Real examples are trusted; a stage
/// that judges quality judges synthetic examples only.
public protocol CurationStage: Sendable {
    /// The word of the stage in a specification and in metric names.
    static var name: String { get }
    /// One sentence for the manual.
    static var help: String { get }
    /// The stage's own keys in a specification.
    @KeyList static var keys: [KeyDeclaration] { get }

    /// The stage that a resolved specification value describes.
    ///
    /// - Throws: `SpecificationIssue` where keys that are right one by one contradict each other.
    init(_ value: SpecificationValue) throws(SpecificationIssue)

    /// What the stage is called in a sentence, its word unless that says too little.
    var title: String { get }
    /// What the stage asks of the setting.
    var needs: Set<Capability> { get }

    /// The models whose judgement the stage asks for; they are part of what names a fit.
    var models: [CurationModel] { get }

    /// Whether the stage leaves generation 0 alone, whose data are all real.
    var sparesGeneration0: Bool { get }

    /// Raised when the stage makes something else of the same data; part of what names a fit.
    var version: Int { get }

    /// Whether the stage gives examples weights that are no whole numbers.
    var hasFractionalWeights: Bool { get }

    /// Refuses a plan on which the stage has nothing to work with, at its own keys.
    func check(_ plan: ChainPlan) throws(SpecificationIssue)

    /// Refuses a setting on whose examples the stage can do nothing, at its own keys; what the stage
    /// ``needs`` is there.
    func check<Setting: TaskSetting>(
        against capabilities: Capabilities<Setting>
    ) throws(SpecificationIssue)
    /// What the stage measures of itself, beside what goes in and comes out; names are the stage's
    /// own.
    static var metrics: [MetricDeclaration] { get }

    /// The program that the stage starts; nil for none.
    var command: CommandCall? { get }

    /// What the stage makes of the data, with its ``metrics`` as far as they could be measured.
    func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples>
}

extension CurationStage {
    public var models: [CurationModel] { [] }
    public var needs: Set<Capability> { [] }
    public var version: Int { 1 }
    public var hasFractionalWeights: Bool { false }
    public func check(_ plan: ChainPlan) throws(SpecificationIssue) {}
    public func check<Setting: TaskSetting>(
        against capabilities: Capabilities<Setting>
    ) throws(SpecificationIssue) {}
    public var command: CommandCall? { nil }
    /// The word of the stage's type, for values of type `any CurationStage`.
    public var name: String { Self.name }
    /// What the stage is called in a sentence.
    public var title: String { Self.name }
    public static var metrics: [MetricDeclaration] { [] }
}

/// A model that a stage may look at.
public enum CurationModel: String, CaseIterable, Sendable {
    /// Generation 0's, which saw real data only.
    case generation0 = "generation-0"
    /// The previous generation's.
    case previous
    /// The setting's base model.
    case base
}

/// The stages that specifications can name: one line each.
public enum CurationStages {
    static let types: [any CurationStage.Type] = choosingTypes + [RandomLike.self]

    /// The stages that choose or weigh by what they see.
    private static let choosingTypes: [any CurationStage.Type] = [
        ExactDuplicates.self,
        ScoreThreshold.self,
        TopFraction.self,
        ScoreBand.self,
        Weight.self,
        WeightByScore.self,
        Verifier.self,
        Contraction.self,
        ContractionFilter.self,
        LatentProbe.self,
        SyntheticDetector.self,
        Pattern.self,
        NearDuplicates.self,
        ExternalCommand.self,
    ]

    /// The keys of a stage in a specification.
    public static var group: TaggedGroup { group(of: types) }

    private static func group(of types: [any CurationStage.Type]) -> TaggedGroup {
        TaggedGroup(
            tag: "stage",
            variants: types.map { .init($0.name, $0.keys, help: $0.help) })
    }

    /// A stage that is no random control itself, as the value of a key.
    static let choosing = Shape<any CurationStage>(
        .tagged(group(of: choosingTypes)),
        read: { value throws(SpecificationIssue) in try stage(value) })

    /// A stage as the value of a key.
    static let shape = Shape<any CurationStage>(
        .tagged(group), read: { value throws(SpecificationIssue) in try stage(value) })

    /// The stage that a resolved specification value describes.
    public static func stage(
        _ value: SpecificationValue
    ) throws(SpecificationIssue) -> any CurationStage {
        let name = value["stage"]?.textValue ?? ""
        guard let type = types.first(where: { $0.name == name }) else {
            preconditionFailure("unknown curation stage \(name)")
        }
        return try type.init(value)
    }
}
