import LanguageModels
import Support

/// The base model of a specification: one that exists, or one that learns from other text.
struct BaseSpecification: KeyGroup {
    /// Where the base comes from.
    enum Origin {
        /// A folder from outside, by the name that its content gives it.
        case folder(String)
        case text(BaseText)
    }

    static let model = Key<String?>(
        "model", .optional(.path(.model)), default: .some(nil),
        help: "The folder of a Hugging Face model, of the GPT-2 or the Llama family, with its "
            + "tokenizer: the name of a folder in models/, or a path relative to this file (./NAME where "
            + "both are there).")

    @KeyList static var keys: [KeyDeclaration] {
        model
        BaseText.keys
    }

    let origin: Origin

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        let model = try values[Self.model]
        let text = try BaseText(values)
        switch (model, text) {
        case (let folder?, nil): origin = .folder(folder)
        case (nil, let text?): origin = .text(text)
        case (_?, _?):
            throw SpecificationIssue(
                path: [BaseText.corpus.name],
                message: "a base that exists learns from nothing else first: leave out "
                    + "\(BaseText.names), or base.model, or make one of them null where arms share "
                    + "the other")
        case (nil, nil):
            throw SpecificationIssue(
                path: [],
                message: "say where the base comes from: `model` with the folder of one that "
                    + "exists, or `corpus` with the text that one learns from")
        }
    }

    /// The folder, where the base is one that exists.
    var folder: String? {
        if case .folder(let name) = origin { name } else { nil }
    }

    /// The text, where the base learns from some.
    var text: BaseText? {
        if case .text(let text) = origin { text } else { nil }
    }
}

/// The other text that a base model learns from, and for how long.
struct BaseText {
    static let corpus = Key<String?>(
        "corpus", .optional(.text), default: .some(nil),
        hashed: .never(because: "the corpus's content is hashed"),
        help: "The other text that the base learns from, where it is none that exists.")
    static let size = Key<Int?>(
        "size", .optional(.integer(1...1_000_000_000_000)), default: .some(nil),
        help: "Tokens of that text; 1,000,000 unless given.")
    static let epochs = Key<Double?>(
        "epochs", .optional(.number(1e-6...1e6)), default: .some(nil),
        help: "Passes over them; 1 unless given.")

    @KeyList static var keys: [KeyDeclaration] {
        corpus
        size
        epochs
    }

    fileprivate static let names = keys.map(\.key).joined(separator: ", ")

    let corpus: String
    let size: Int
    let budget: TrainingBudget

    /// Nil where none of the keys is given.
    init?(_ values: SpecificationValue) throws(SpecificationIssue) {
        let (size, epochs) = (try values[Self.size], try values[Self.epochs])
        guard let corpus = try values[Self.corpus] else {
            guard size == nil, epochs == nil else {
                throw SpecificationIssue(
                    path: [size == nil ? Self.epochs.name : Self.size.name],
                    message: "this is of the text that a base learns from: give base.corpus, or "
                        + "leave it out")
            }
            return nil
        }
        self.corpus = corpus
        self.size = size ?? 1_000_000
        budget = TrainingBudget(unit: .epochs, amount: epochs ?? 1)
    }
}

extension PathKind {
    /// A Hugging Face directory.
    static let model = PathKind(name: "model", presetFolder: "models") {
        try ModelFolder.files(in: $0)
    }
}
