/// A stage of curation: what it keeps of the composed data.
package enum CurationStage: Hashable, Sendable {
    /// Drops every example whose content equals an earlier one's.
    case exactDuplicates
    /// Drops synthetic examples whose mean log-likelihood under a model is outside the bounds.
    case scoreThreshold(under: ScoringModel, minimum: Double?, maximum: Double?)
    /// Keeps the given share of the synthetic examples, those with the highest mean log-likelihood under a model.
    case topFraction(under: ScoringModel, fraction: Double)
    /// Multiplies the weights of real and of synthetic examples.
    case weight(real: Double, synthetic: Double)

    /// The model that a stage scores with.
    package enum ScoringModel: String, CaseIterable, Sendable {
        /// Generation 0's, which saw real data only.
        case generation0 = "generation-0"
        /// The model that sampled the newest examples.
        case previous
        /// The setting's base model.
        case base
    }

    /// The keys of a stage in a specification.
    package static var group: TaggedGroup {
        let under = KeyDeclaration(
            "under", .choice(ScoringModel.allCases.map(\.rawValue)),
            default: .text(ScoringModel.generation0.rawValue),
            help: "The model that scores the examples.")
        let bound = KeyType.optional(.number(-1e6...1e6))
        return TaggedGroup(
            tag: "stage",
            variants: [
                .init("exact-duplicates", [], help: "Drop repeated examples, keeping the first."),
                .init(
                    "score-threshold",
                    [
                        under,
                        KeyDeclaration(
                            "minimum", bound, default: .null,
                            help: "Smallest mean log-likelihood kept, in nats per unit of size."),
                        KeyDeclaration(
                            "maximum", bound, default: .null,
                            help: "Largest mean log-likelihood kept, in nats per unit of size."),
                    ], help: "Drop synthetic examples with a score outside the bounds."),
                .init(
                    "top-fraction",
                    [
                        under,
                        KeyDeclaration(
                            "fraction", .number(0...1), default: nil,
                            help: "The share of the synthetic examples that is kept."),
                    ], help: "Keep the synthetic examples with the highest scores."),
                .init(
                    "weight",
                    [
                        KeyDeclaration(
                            "real", .number(0...1e6), default: .number(1),
                            help: "What the weight of a real example is multiplied by."),
                        KeyDeclaration(
                            "synthetic", .number(0...1e6), default: .number(1),
                            help: "What the weight of a synthetic example is multiplied by."),
                    ], help: "Weight real against synthetic examples in the fit."),
            ], shorthand: nil)
    }

    /// The model whose scores the stage needs, if it scores.
    package var scoringModel: ScoringModel? {
        switch self {
        case .scoreThreshold(let under, _, _), .topFraction(let under, _): under
        case .exactDuplicates, .weight: nil
        }
    }

    /// The stage that a resolved specification value describes.
    package init(_ value: SpecificationValue) throws(SpecificationIssue) {
        var under: ScoringModel {
            ScoringModel(rawValue: value.required("under").textValue) ?? .generation0
        }
        func bound(_ key: String) -> Double? {
            let bound = value.required(key)
            return bound.isNull ? nil : bound.numberValue
        }
        switch value.required("stage").textValue {
        case "exact-duplicates": self = .exactDuplicates
        case "score-threshold":
            let minimum = bound("minimum")
            let maximum = bound("maximum")
            guard minimum != nil || maximum != nil else {
                throw SpecificationIssue(
                    path: [], message: "a score threshold needs a minimum, a maximum or both")
            }
            self = .scoreThreshold(under: under, minimum: minimum, maximum: maximum)
        case "top-fraction":
            self = .topFraction(under: under, fraction: value.required("fraction").numberValue)
        case "weight":
            self = .weight(
                real: value.required("real").numberValue,
                synthetic: value.required("synthetic").numberValue)
        case let other: preconditionFailure("unknown curation stage \(other)")
        }
    }
}
