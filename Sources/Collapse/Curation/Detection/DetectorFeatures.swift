public import Support

/// What a detector looks at.
public enum DetectorFeatures: TaggedKeys, Hashable {
    /// The n-grams of an example's text.
    case ngrams(HashedNGrams)
    /// What generation 0's model makes of an example, each feature brought to a mean of 0 and a
    /// deviation of 1.
    case hiddenStates

    private enum Kind: String, CaseIterable, Sendable {
        case ngrams
        case hiddenStates = "hidden-states"
    }

    private static let kind = Key<Kind>("kind", .choice, help: "What the detector looks at.")

    static let key = Key<DetectorFeatures>(
        "features", .tagged, filledFrom: .text(Kind.ngrams.rawValue),
        help: "What the detector looks at.")

    public static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.ngrams.rawValue, HashedNGrams.keys,
                    help: "How often n-grams occur in the text."),
                .init(
                    Kind.hiddenStates.rawValue, [],
                    help: "The mean of an example's hidden states under generation 0's model: of "
                        + "a transformer those before its last layer; of an n-gram model the "
                        + "square roots of its next-token distributions, projected at random."),
            ])
    }

    public init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .ngrams: self = .ngrams(try HashedNGrams(values))
        case .hiddenStates: self = .hiddenStates
        }
    }

    /// What the features ask of the setting.
    var need: Capability {
        switch self {
        case .ngrams: .text
        case .hiddenStates: .hiddenStates
        }
    }

    var isScaled: Bool { self == .hiddenStates }

    /// A row of features for each example.
    func rows<Setting: TaskSetting>(
        of examples: Setting.Examples, in context: CurationContext<Setting>
    ) throws -> SparseRows {
        switch self {
        case .ngrams(let ngrams): ngrams.rows(of: try context.text(of: examples))
        case .hiddenStates: SparseRows(try context.hiddenStates(of: examples))
        }
    }
}
