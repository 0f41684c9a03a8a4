import Support

/// The other text that a base model learns from, and for how long.
struct BaseText: KeyGroup {
    static let corpus = Key(
        "corpus", .text, hashed: .never(because: "the corpus's content is hashed"),
        help: "The other text that the base learns from.")
    static let size = Key(
        "size", .integer(1...1_000_000_000_000), default: 1_000_000,
        help: "Tokens of that text.")
    static let epochs = Key(
        "epochs", .number(1e-6...1e6), default: 1, help: "Passes over them.")

    @KeyList static var keys: [KeyDeclaration] {
        corpus
        size
        epochs
    }

    let corpus: String
    let size: Int
    let budget: TrainingBudget

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        corpus = try values[Self.corpus]
        size = try values[Self.size]
        budget = TrainingBudget(unit: .epochs, amount: try values[Self.epochs])
    }
}
