public import Support

/// Keeps the given share of the synthetic examples, those with the highest mean log-likelihood
/// under a model.
public struct TopFraction: CurationStage {
    /// The model whose likelihood ranks the examples.
    public var under: CurationModel
    /// The share of the synthetic examples that is kept, from 0 to 1; their number is rounded to
    /// nearest, and is one at least for any share above 0.
    public var fraction: Double

    public static let name = "top-fraction"
    public static let help = "Keep the synthetic examples with the highest scores."
    static let share = Key(
        "fraction", .number(0...1),
        help: "The share of the synthetic examples that is kept, above 0; one of them at least.")

    @KeyList public static var keys: [KeyDeclaration] {
        CurationModel.under
        share
    }

    public init(under: CurationModel, fraction: Double) {
        self.under = under
        self.fraction = fraction
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            under: try value[CurationModel.under], fraction: try value[Self.share])
        guard fraction > 0 else {
            throw SpecificationIssue(
                path: [Self.share.name],
                message:
                    "a share of 0 keeps no synthetic example: give one above 0, or leave samples "
                    + "out by the workflow")
        }
    }

    public var models: [CurationModel] { [under] }
    public var needs: Set<Capability> { under.needs }
    public var sparesGeneration0: Bool { true }
    public var version: Int { 2 }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        let values = try context.scores(of: data.examples, under: under)
        var isKept = (0..<data.examples.count).map { data.pool.provenance[$0] == 0 }
        // Ties go to the earlier example.
        let ranked = isKept.indices.filter { !isKept[$0] }.sorted {
            values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
        }
        let keptCount = Int((fraction * Double(ranked.count)).rounded(.toNearestOrEven))
        for index in ranked.prefix(fraction > 0 ? max(1, keptCount) : 0) { isKept[index] = true }
        return CurationOutcome(data: data.keeping { isKept[$0] })
    }
}
