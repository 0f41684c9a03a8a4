public import Support

/// What a detector looks at.
public enum DetectorFeatures: TaggedKeys, Hashable {
    /// The n-grams of an example's text.
    case ngrams(HashedNGrams)
    /// What a model makes of an example, each feature brought to a mean of 0 and a deviation of 1.
    case hiddenStates(under: Reader)

    /// The model that reads examples, the same in every generation.
    public enum Reader: String, CaseIterable, Sendable {
        /// Generation 0's, which has seen the real examples that the detector learns from.
        case generation0 = "generation-0"
        /// The setting's base model.
        case base

        var model: CurationModel { self == .base ? .base : .generation0 }
    }

    private enum Kind: String, CaseIterable, Sendable {
        case ngrams
        case hiddenStates = "hidden-states"
    }

    private static let kind = Key<Kind>("kind", .choice, help: "What the detector looks at.")

    private static let under = Key<Reader>(
        "under", .choice, default: .generation0,
        help: "The model that reads the examples. That of generation 0 may know its own training "
            + "data from any other text: where new real data comes in later, auc_in says whether "
            + "the detector knows it for real.")

    static let key = Key<DetectorFeatures>(
        "features", .tagged, filledFrom: .map([.init(kind.name, .text(Kind.ngrams.rawValue))]),
        help: "What the detector looks at.")

    public static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.ngrams.rawValue, HashedNGrams.keys,
                    help: "How often n-grams occur in the text."),
                .init(
                    Kind.hiddenStates.rawValue, [under.declaration],
                    help: "The mean of an example's hidden states under a model: of a transformer "
                        + "those before its last layer; of an n-gram model the "
                        + "square roots of its next-token distributions, projected at random."),
            ])
    }

    public init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .ngrams: self = .ngrams(try HashedNGrams(values))
        case .hiddenStates: self = .hiddenStates(under: try values[Self.under])
        }
    }

    /// What the features ask of the setting.
    var needs: Set<Capability> {
        switch self {
        case .ngrams: [.text]
        case .hiddenStates(.generation0): [.hiddenStates]
        case .hiddenStates(.base): [.hiddenStates, .base]
        }
    }

    /// The models that decide what a detector learns: generation 0's draws what it learns from.
    var models: [CurationModel] {
        if case .hiddenStates(.base) = self { [.generation0, .base] } else { [.generation0] }
    }

    var isScaled: Bool { if case .hiddenStates = self { true } else { false } }

    /// A row of features for each example.
    func rows<Setting: TaskSetting>(
        of examples: Setting.Examples, in context: CurationContext<Setting>
    ) throws -> SparseRows {
        switch self {
        case .ngrams(let ngrams): ngrams.rows(of: try context.text(of: examples))
        case .hiddenStates(let reader):
            SparseRows(try context.hiddenStates(of: examples, under: reader.model))
        }
    }
}
