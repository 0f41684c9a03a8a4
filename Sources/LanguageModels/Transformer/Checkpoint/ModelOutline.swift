package import Support
package import Text

/// What a model's folder says of it, its weights left where they are: shape and tokenizer.
package struct ModelOutline: Sendable {
    /// The shape of the model.
    package let configuration: TransformerConfiguration
    /// The model's own tokenizer; its vocabulary is no larger than the model's.
    package let tokenizer: any Tokenizer
    /// What the model was trained on, as far as its folder tells.
    package let training: TrainingText?

    /// Reads the folder, and holds the names, shapes and lengths of the stored tensors against the
    /// shape.
    ///
    /// - Throws: ``TransformerError`` or `TokenizerFileError` that name the file and what is wrong
    ///   with it; `FileError`.
    package init(of path: String) throws {
        let contents = try ModelFolderContents(path)
        configuration = try contents.configuration().configuration
        try contents.weights().check(configuration)
        guard let stored = try StoredTokenizer(in: path) else {
            throw StoredTokenizer.absence(in: path)
        }
        tokenizer = stored.tokenizer
        try ModelFolder.check(
            tokenizer, of: configuration, file: path + "/" + StoredTokenizer.fileName)
        training = try TrainingText(in: path)
    }
}

extension ModelFolder {
    /// The files that make up the model in a folder: configuration, weights, tokenizer, and what it
    /// was trained on.
    ///
    /// - Throws: ``TransformerError`` that says what lies there instead; `FileError`.
    package static func files(in path: String) throws -> [PathKind.File] {
        let tokenizer = StoredTokenizer.files(in: path)
        let names = try ModelFolderContents(path).modelFiles()
        let known = Set(tokenizer.map(\.name))
        return tokenizer
            + names.filter { !known.contains($0) }.map {
                PathKind.File(name: $0, path: path + "/" + $0)
            } + TrainingText.files(in: path)
    }
}
