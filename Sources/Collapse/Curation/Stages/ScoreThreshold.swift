public import Support

/// Drops synthetic examples whose mean log-likelihood under a model is outside the bounds.
public struct ScoreThreshold: CurationStage {
    public var under: CurationModel
    public var minimum: Double?
    public var maximum: Double?

    public static let name = "score-threshold"
    public static let help = "Drop synthetic examples with a score outside the bounds."
    public static var keys: [KeyDeclaration] {
        let bound = KeyType.optional(.number(-1e6...1e6))
        return [
            ScoringKeys.under,
            KeyDeclaration(
                "minimum", bound, default: .null,
                help: "Smallest mean log-likelihood kept, in nats per unit of size."),
            KeyDeclaration(
                "maximum", bound, default: .null,
                help: "Largest mean log-likelihood kept, in nats per unit of size."),
        ]
    }

    public init(under: CurationModel, minimum: Double?, maximum: Double?) {
        self.under = under
        self.minimum = minimum
        self.maximum = maximum
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        func bound(_ key: String) -> Double? {
            let bound = value.required(key)
            return bound.isNull ? nil : bound.numberValue
        }
        self.init(
            under: ScoringKeys.under(value), minimum: bound("minimum"), maximum: bound("maximum"))
        guard minimum != nil || maximum != nil else {
            throw SpecificationIssue(
                path: [], message: "a score threshold needs a minimum, a maximum or both")
        }
    }

    public var canonicalText: String {
        "scoreThreshold(under: \(under.canonicalText), minimum: \(String(describing: minimum)), "
            + "maximum: \(String(describing: maximum)))"
    }
    public var models: [CurationModel] { [under] }
    public var judgesSyntheticOnly: Bool { true }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        let values = try context.scores(of: data.examples, under: under)
        return CurationOutcome(
            data: data.keeping { index in
                data.pool.provenance[index] == 0
                    || (values[index] >= minimum ?? -.infinity
                        && values[index] <= maximum ?? .infinity)
            })
    }
}
