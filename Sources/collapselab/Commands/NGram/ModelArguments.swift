import ArgumentParser
import Compute
import LanguageModels
import Text

/// An n-gram model as commands name it.
struct ModelArguments: ParsableArguments {
    @Option(
        name: [.customLong("arpa"), .customLong("model")],
        help: ArgumentHelp(
            "The model: an ARPA file, what `collapselab ngram convert` made of one, or "
                + "\(StoredModel.address).", valueName: "model"))
    var path: String

    @OptionGroup var parallel: WorkerArguments

    func model(pool: WorkerPool) throws -> OpenedNGramModel {
        try OpenedNGramModel(path, pool: pool)
    }
}

/// An n-gram model that a command opened, with the tokenizer that a stored one brings.
struct OpenedNGramModel {
    let model: NGramTextModel
    /// Nil for a file of words and their spelling alone.
    let tokenizer: (any Tokenizer)?

    /// Reads or maps a model; what is wrong with it is reported with its path.
    init(_ argument: String, pool: WorkerPool) throws {
        let path = try StoredModel.path(argument, of: .ngram)
        do {
            (model, tokenizer) = try NGramTextModel.open(path, pool: pool)
        } catch let error as NGramError {
            throw WrongInput("\(path): \(error)")
        }
    }

    /// The lines of a text as tokens, and how these are spelled: by the tokenizer that is asked for,
    /// or else the model's own, or else words between blanks.
    func sentences(
        of file: String, by asked: TextTokenizer?
    ) throws -> (dataset: TokenDataset, vocabulary: NGramVocabulary) {
        if let asked { return try asked.sentences(of: file) }
        if let tokenizer { return try TextTokenizer.sentences(of: file) { _ in tokenizer } }
        return try TextTokenizer.whitespace.sentences(of: file)
    }
}
