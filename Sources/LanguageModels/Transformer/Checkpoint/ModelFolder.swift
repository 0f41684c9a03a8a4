import Compute
import Support
package import Text

/// A model as a Hugging Face directory on disk: `config.json`, `model.safetensors` (or several such
/// files with an index) and, where there is one, the tokenizer.
package struct ModelFolder: Sendable {
    /// The configuration and the parameters, as 32-bit floats.
    package let model: TransformerModel
    /// Nil where there is none that can be used; its vocabulary is no larger than the model's.
    package let tokenizer: (any Tokenizer)?
    /// Why the tokenizer that lies there cannot be used: it is of another kind. A model that is not
    /// asked for text needs none.
    package let tokenizerProblem: TokenizerFileError?
    /// The tokens that begin and end a text, as `config.json` has them.
    package let beginning: UInt32?
    /// The token that ends a text, `eos_token_id`; nil where `config.json` has none.
    package let end: UInt32?
    /// The content of `tokenizer.json`, of which what we do not read stays.
    private let tokenizerFile: [UInt8]?

    /// What stands between documents: the tokenizer's boundary, or else what begins or ends a text.
    package var boundary: UInt32? { tokenizer?.documentBoundary ?? beginning ?? end }

    /// A model of our own and the tokenizer it was trained with.
    ///
    /// - Throws: ``TransformerError`` where the tokenizer's vocabulary is larger than the model's.
    package init(
        _ model: TransformerModel, tokenizer: (any Tokenizer)?
    ) throws(TransformerError) {
        try self.init(
            model, tokenizer: tokenizer, problem: nil, file: tokenizer?.serialized(),
            beginning: tokenizer?.documentBoundary, end: tokenizer?.documentBoundary,
            name: TransformerFiles.tokenizerFile)
    }

    private init(
        _ model: TransformerModel, tokenizer: (any Tokenizer)?, problem: TokenizerFileError?,
        file: [UInt8]?, beginning: UInt32?, end: UInt32?, name: String
    ) throws(TransformerError) {
        if let tokenizer {
            try Self.check(tokenizer, of: model.configuration, file: name)
        }
        self.model = model
        self.tokenizer = tokenizer
        tokenizerProblem = problem
        self.beginning = beginning
        self.end = end
        tokenizerFile = file
    }

    /// Refuses a tokenizer with more tokens than the model has embeddings for.
    static func check(
        _ tokenizer: any Tokenizer, of configuration: TransformerConfiguration, file: String
    ) throws(TransformerError) {
        guard tokenizer.vocabularyCount > configuration.vocabularyCount else { return }
        throw TransformerError(
            .checkpoint(
                file: file, tensor: nil,
                problem: "has a vocabulary of \(tokenizer.vocabularyCount), more than the model's "
                    + "\(configuration.vocabularyCount): it belongs to another model"))
    }

    // MARK: Reading

    /// Reads a folder.
    ///
    /// - Parameter path: The folder.
    /// - Returns: What it holds.
    /// - Throws: ``TransformerError`` that names the file, the tensor and what disagrees,
    ///   `TokenizerFileError` for the tokenizer, `FileError` where the system refuses to read.
    package static func read(_ path: String) throws -> ModelFolder {
        try readWithWeights(path).folder
    }

    /// Reads a folder and says what it found, without keeping it.
    package static func summary(of path: String) throws -> ModelSummary {
        try readWithSummary(path).summary
    }

    private static func readWithSummary(
        _ path: String
    ) throws -> (folder: ModelFolder, summary: ModelSummary) {
        let (folder, weights) = try readWithWeights(path)
        return (folder, ModelSummary(folder, weights: weights))
    }

    private static func readWithWeights(
        _ path: String
    ) throws -> (folder: ModelFolder, weights: StoredWeights) {
        let contents = try ModelFolderContents(path)
        let configuration = try contents.configuration()
        let weights = try contents.weights()
        let model = try weights.model(configuration.configuration)
        let tokenizerPath = path + "/" + TransformerFiles.tokenizerFile
        var stored: StoredTokenizer?
        var problem: TokenizerFileError?
        do {
            stored = try StoredTokenizer(in: path)
        } catch let error as TokenizerFileError where error.isOfOtherKind {
            problem = error
        }
        let folder = try ModelFolder(
            model, tokenizer: stored?.tokenizer, problem: problem,
            file: try stored?.file ?? FileSystem.read(tokenizerPath),
            beginning: configuration.beginning, end: configuration.end, name: tokenizerPath)
        return (folder, weights)
    }

    // MARK: Writing

    /// Writes a new folder, whole or not at all.
    ///
    /// - Throws: ``TransformerError`` where something is at `path` already; `FileError`.
    package func write(to path: String) throws {
        let files = TransformerFiles.files(of: model, beginning: beginning, end: end)
        let parent = FileSystem.parent(of: path)
        try FileSystem.createFolder(parent)
        try Staging.sweep(parent)
        let isNew = try AtomicDirectory.create(path, staging: parent) { folder in
            for name in [TransformerFiles.configurationFile, TransformerFiles.weightsFile] {
                try AtomicDirectory.file(files[name] ?? [], named: name, in: folder)
            }
            if let tokenizerFile {
                try AtomicDirectory.file(
                    tokenizerFile, named: TransformerFiles.tokenizerFile, in: folder)
            }
        }
        guard isNew else {
            throw TransformerError(
                .request("\(path) exists already: choose another place, or remove it first"))
        }
    }

    /// Reads a Hugging Face directory, whatever its number format, and writes it as ours: the same
    /// format, with 32-bit floats.
    ///
    /// - Returns: What was found at `source`.
    @discardableResult
    package static func convert(_ source: String, to path: String) throws -> ModelSummary {
        let (folder, summary) = try readWithSummary(source)
        try folder.write(to: path)
        return summary
    }
}
