package import Support
package import Text

/// An n-gram model in a folder of its own, as a run stores it: the model without spellings, and the
/// tokenizer whose tokens it knows.
package struct NGramFolder: Sendable {
    /// The name of the model's file in the folder.
    package static let modelFile = "model.ngram"

    /// The probabilities, by token of the tokenizer.
    package let model: NGramModel
    /// What makes tokens of text.
    package let tokenizer: any Tokenizer

    /// Reads a folder and checks all of it.
    ///
    /// - Throws: `NGramError` or `TokenizerFileError` that say what is wrong; `FileError`.
    package init(_ path: String) throws {
        let file = try NGramFile(mapping: path + "/" + Self.modelFile)
        try file.check()
        guard let stored = try StoredTokenizer(in: path) else {
            throw StoredTokenizer.absence(in: path)
        }
        try self.init(file.model, stored.tokenizer)
    }

    init(_ model: NGramModel, _ tokenizer: any Tokenizer) throws(NGramError) {
        guard model.vocabularyCount == tokenizer.vocabularyCount,
            model.boundary == tokenizer.documentBoundary
        else {
            throw NGramError(
                .otherTokenizer(tokens: tokenizer.vocabularyCount, known: model.vocabularyCount))
        }
        self.model = model
        self.tokenizer = tokenizer
    }

    /// Whether a folder holds such a model, as its names tell.
    package static func isThere(_ path: String) -> Bool {
        FileSystem.isNamed(path + "/" + modelFile)
    }

    /// The files that make up the model in a folder, by their names, with what is told of the text
    /// that it was trained on.
    package static func files(in path: String) -> [PathKind.File] {
        StoredTokenizer.files(in: path)
            + [PathKind.File(name: modelFile, path: path + "/" + modelFile)]
            + TrainingText.files(in: path)
    }

    /// The same model with the tokenizer's spellings.
    package func spelled() throws(NGramError) -> NGramTextModel {
        try NGramTextModel(model: model, vocabulary: NGramVocabulary(of: tokenizer))
    }
}

extension NGramVocabulary {
    /// The tokens of a tokenizer as files of n-gram models spell them.
    package init(of tokenizer: any Tokenizer) throws(NGramError) {
        try self.init(
            words: (0..<tokenizer.vocabularyCount).map { tokenizer.spelling(of: UInt32($0)) },
            boundary: tokenizer.documentBoundary, unknown: tokenizer.unknown)
    }
}
