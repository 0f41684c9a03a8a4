import LanguageModels
import Support
import Text

/// The base model of a specification: one that exists, or one that learns from other text.
struct BaseSpecification: KeyGroup {
    /// Where the base comes from.
    enum Origin {
        /// A folder from outside, by the name that its content gives it.
        case folder(String)
        case text(BaseText)
    }

    static let existing = ModelKeys(of: "base", storedIs: "the base of all seeds")

    @KeyList static var keys: [KeyDeclaration] {
        existing.all
        BaseText.keys
    }

    let origin: Origin

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        let model = try Self.existing.folder(in: values)
        let text = try BaseText(values)
        switch (model, text) {
        case (let folder?, nil): origin = .folder(folder)
        case (nil, let text?): origin = .text(text)
        case (_?, _?):
            throw SpecificationIssue(
                path: [BaseText.corpus.name],
                message: "a base that exists learns from nothing else first: leave out "
                    + "\(BaseText.names), or base.model or base.run, or make one of them null where "
                    + "arms share the other")
        case (nil, nil):
            throw SpecificationIssue(
                path: [],
                message: "say where the base comes from: `model` with the folder of one that "
                    + "exists, `run` with a run that stored one, or `corpus` with the text that one "
                    + "learns from")
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
        try NGramFolder.isThere($0) ? NGramFolder.files(in: $0) : ModelFolder.files(in: $0)
    }

    /// A run directory, of which a stored model is taken, with what is known of the text that the model
    /// was trained on.
    static let run = PathKind(
        name: "run", presetFolder: "runs",
        content: .run(becomes: ModelKeys.modelName) { stored in
            let parallel = try ParallelFolder.count(in: stored.folder)
            guard parallel == 0 else { throw ParallelBase(stored, count: parallel) }
            let files =
                try NGramFolder.isThere(stored.folder)
                ? NGramFolder.files(in: stored.folder) : ModelFolder.files(in: stored.folder)
            let isTold = files.contains { $0.name == TrainingText.fileName }
            guard !isTold, let training = try TrainingText(of: stored) else { return files }
            return files + [
                PathKind.File(
                    name: TrainingText.fileName, path: stored.folder,
                    content: try training.serialized())
            ]
        })
}

/// Several models were named as a base.
private struct ParallelBase: Error, CustomStringConvertible {
    let description: String

    init(_ stored: PathKind.StoredModel, count: Int) {
        description =
            "\(stored.isBase ? "the base of that arm" : "that generation") "
            + ParallelFolder.problem(count: count)
    }
}

extension TrainingText {
    /// What a stored model was trained on, where one corpus was all of it; nil where that is not
    /// known.
    fileprivate init?(of stored: PathKind.StoredModel) throws {
        func corpus(_ name: SpecificationValue?) -> PathKind.StoredModel.Source? {
            stored.sources.first { $0.kind == "corpus" && name == .text($0.name) }
        }
        let own = corpus(stored.arm[LanguageKeys.corpus.name])
        var read = stored.isBase ? [] : [own?.sha256]
        let base = stored.arm[LanguageKeys.base.name] ?? .null
        if let text = base[BaseText.corpus.name], !text.isNull { read.append(corpus(text)?.sha256) }
        if let model = base[BaseSpecification.existing.model.name], case .text(let name) = model {
            read.append(try TrainingText(in: stored.imported(name))?.contentHash)
        }
        guard let first = read.first, let hash = first, read.allSatisfy({ $0 == hash }),
            let source = stored.sources.first(where: { $0.sha256 == hash })
        else { return nil }
        self.init(corpus: source.name, contentHash: hash)
    }
}
