import Compute
import Support
package import Text

/// A model as a Hugging Face directory on disk: `config.json`, `model.safetensors` and, where there
/// is one, `tokenizer.json`.
package struct ModelFolder: Sendable {
    /// The configuration and the parameters, as 32-bit floats.
    package let model: TransformerModel
    /// Nil where there is no `tokenizer.json`; its vocabulary is no larger than the model's.
    package let tokenizer: (any Tokenizer)?
    /// The tokens that begin and end a text, as `config.json` has them.
    package let beginning: UInt32?
    /// The token that ends a text, `eos_token_id`; nil where `config.json` has none.
    package let end: UInt32?
    /// `tokenizer.json` as it was found, so that what we do not read of it stays.
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
            model, tokenizer: tokenizer, file: tokenizer?.serialized(),
            beginning: tokenizer?.documentBoundary, end: tokenizer?.documentBoundary,
            name: TransformerFiles.tokenizerFile)
    }

    private init(
        _ model: TransformerModel, tokenizer: (any Tokenizer)?, file: [UInt8]?,
        beginning: UInt32?, end: UInt32?, name: String
    ) throws(TransformerError) {
        let vocabulary = model.configuration.vocabularyCount
        if let tokenizer, tokenizer.vocabularyCount > vocabulary {
            throw TransformerError(
                .checkpoint(
                    file: name, tensor: nil,
                    problem: "has a vocabulary of \(tokenizer.vocabularyCount), more than the "
                        + "model's \(vocabulary): it belongs to another model"))
        }
        self.model = model
        self.tokenizer = tokenizer
        self.beginning = beginning
        self.end = end
        tokenizerFile = file
    }

    // MARK: Reading

    /// Reads a folder.
    ///
    /// - Parameter path: The folder.
    /// - Returns: What it holds.
    /// - Throws: ``TransformerError`` that names the file, the tensor and what disagrees,
    ///   `TokenizerFileError` for the tokenizer, `FileError` where the system refuses to read.
    package static func read(_ path: String) throws -> ModelFolder {
        try read(path) { _, _ in }
    }

    /// Reads a folder and says what it found, without keeping it.
    package static func summary(of path: String) throws -> ModelSummary {
        try readWithSummary(path).summary
    }

    private static func readWithSummary(
        _ path: String
    ) throws -> (folder: ModelFolder, summary: ModelSummary) {
        var weights: (file: Safetensors, digest: SHA256.Digest)?
        let folder = try read(path) { weights = ($0, SHA256.digest(of: $1)) }
        guard let weights else { throw TransformerFiles.missing(path) }
        return (folder, ModelSummary(folder, weights: weights.file, digest: weights.digest))
    }

    private static func read(
        _ path: String, look: (Safetensors, UnsafeRawBufferPointer) -> Void
    ) throws -> ModelFolder {
        let name = path + "/" + TransformerFiles.configurationFile
        guard let bytes = try FileSystem.read(name) else { throw TransformerFiles.missing(name) }
        let configuration = try ConfigurationFile.read(bytes, file: name)
        let weights = path + "/" + TransformerFiles.weightsFile
        guard FileSystem.exists(weights) else { throw unreadableWeights(in: path) }
        let model = try MappedFile(weights).withBytes { memory in
            let file = try Safetensors(memory, file: weights)
            look(file, memory)
            return try ModelReader(configuration.configuration, file).model(from: memory)
        }
        let tokenizerName = path + "/" + TransformerFiles.tokenizerFile
        let tokenizerFile = try FileSystem.read(tokenizerName)
        return try ModelFolder(
            model,
            tokenizer: try tokenizerFile.map {
                try TokenizerFile.read(
                    bytes: $0, file: tokenizerName,
                    boundary: configuration.end.map { .id($0) })
            }, file: tokenizerFile, beginning: configuration.beginning, end: configuration.end,
            name: tokenizerName)
    }

    /// Why there is no `model.safetensors`, as far as the other files tell.
    private static func unreadableWeights(in path: String) -> TransformerError {
        let others = [
            (
                "model.safetensors.index.json",
                "says that the weights are split; save them as one file (save_pretrained with a "
                    + "larger max_shard_size)"
            ),
            (
                "pytorch_model.bin",
                "is a pickle, which can run code; save the model as safetensors (save_pretrained "
                    + "with safe_serialization)"
            ),
        ]
        for (name, problem) in others where FileSystem.exists(path + "/" + name) {
            return TransformerError(
                .checkpoint(file: path + "/" + name, tensor: nil, problem: problem))
        }
        return TransformerFiles.missing(path + "/" + TransformerFiles.weightsFile)
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
