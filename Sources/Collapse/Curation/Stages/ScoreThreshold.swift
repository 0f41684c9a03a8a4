public import Support

/// Drops synthetic examples whose mean log-likelihood under a model is outside the bounds.
public struct ScoreThreshold: CurationStage {
    /// The model whose likelihood is the score.
    public var under: CurationModel
    /// The smallest score that is kept, in nats per unit of size; nil for no lower bound.
    public var minimum: Double?
    /// The largest score that is kept, in nats per unit of size; nil for no upper bound.
    public var maximum: Double?

    public static let name = "score-threshold"
    public static let help = "Drop synthetic examples with a score outside the bounds."
    static let smallest = Key<Double?>(
        "minimum", .optional(.number(-1e6...1e6)), default: .some(nil),
        help: "Smallest mean log-likelihood kept, in nats per unit of size.")
    static let largest = Key<Double?>(
        "maximum", .optional(.number(-1e6...1e6)), default: .some(nil),
        help: "Largest mean log-likelihood kept, in nats per unit of size.")

    @KeyList public static var keys: [KeyDeclaration] {
        CurationModel.under
        smallest
        largest
    }

    public init(under: CurationModel, minimum: Double?, maximum: Double?) {
        self.under = under
        self.minimum = minimum
        self.maximum = maximum
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            under: try value[CurationModel.under], minimum: try value[Self.smallest],
            maximum: try value[Self.largest])
        guard minimum != nil || maximum != nil else {
            throw SpecificationIssue(
                path: [], message: "a score threshold needs a minimum, a maximum or both")
        }
        if let minimum, let maximum, minimum > maximum {
            throw SpecificationIssue(
                path: [Self.smallest.name],
                message:
                    "no score is \(minimum) at least and \(maximum) at most: the minimum must not "
                    + "be above the maximum")
        }
    }

    public var models: [CurationModel] { [under] }
    public var needs: Set<Capability> { under.needs }
    public var sparesGeneration0: Bool { true }

    public func check<Setting: TaskSetting>(
        against capabilities: Capabilities<Setting>
    ) throws(SpecificationIssue) {
        guard capabilities.scoresProbabilities, let minimum, minimum > 0 else { return }
        throw SpecificationIssue(
            path: [Self.smallest.name],
            message:
                "scores are logarithms of probabilities, none of which is above 0, and this keeps "
                + "none below \(minimum): give a bound of 0 or less")
    }

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
