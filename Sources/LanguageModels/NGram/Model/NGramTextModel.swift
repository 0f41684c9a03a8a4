package import Compute
import Support
package import Text

/// An n-gram model of words, with their spelling: what an ARPA file holds.
package struct NGramTextModel: Sendable, Hashable {
    /// The probabilities, by token.
    package let model: NGramModel
    /// The spelling of every token of the model.
    package let vocabulary: NGramVocabulary

    /// The token that stands for words outside the vocabulary; nil where no word is outside, as for
    /// the tokens of a tokenizer that knows every byte.
    package var unknown: UInt32? { vocabulary.unknown }

    package init(model: NGramModel, vocabulary: NGramVocabulary) {
        precondition(
            vocabulary.count == model.vocabularyCount && vocabulary.boundary == model.boundary,
            "\(vocabulary.count) spellings for \(model.vocabularyCount) tokens")
        self.model = model
        self.vocabulary = vocabulary
    }

    /// Opens a file, whichever form it has: an ARPA file is read, a binary one mapped and checked
    /// whole, which costs a small part of what reading ARPA does.
    ///
    /// - Parameters:
    ///   - path: The file; `-` is standard input. As ``open(_:pool:)``, also what a run stored.
    ///   - pool: Who reads an ARPA file.
    /// - Throws: What is wrong with the file and, in an ARPA file, in which line.
    package init(contentsOf path: String, pool: WorkerPool) throws {
        self = try Self.open(path, pool: pool).model
    }

    /// Opens a file, or the folder of a model that a run stored, whose spellings and tokenizer are
    /// those of the tokenizer beside it.
    ///
    /// - Returns: The model, and the tokenizer that makes its tokens; nil where the file holds
    ///   spellings alone.
    /// - Throws: What is wrong with the file and, in an ARPA file, in which line.
    package static func open(
        _ path: String, pool: WorkerPool
    ) throws -> (model: NGramTextModel, tokenizer: (any Tokenizer)?) {
        if path == "-" {
            return (try NGramTextModel(arpa: FileSystem.content(of: "/dev/stdin"), pool: pool), nil)
        }
        if FileSystem.isFolder(path), NGramFolder.isThere(path) {
            let folder = try NGramFolder(path)
            return (try folder.spelled(), folder.tokenizer)
        }
        guard FileSystem.isFile(path) else {
            return (try NGramTextModel(arpa: FileSystem.content(of: path), pool: pool), nil)
        }
        let mapped = try MappedFile(path)
        guard mapped.bytes.starts(with: Array("CLNGRAMS".utf8)) else {
            defer { withExtendedLifetime(mapped) {} }
            let bytes = mapped.bytes.bindMemory(to: UInt8.self)
            return (try NGramTextModel(arpa: bytes, pool: pool), nil)
        }
        let file = try NGramFile(mapping: path)
        try file.check()
        if let vocabulary = try file.vocabulary() {
            return (NGramTextModel(model: file.model, vocabulary: vocabulary), nil)
        }
        guard let stored = try StoredTokenizer(in: FileSystem.parent(of: path)) else {
            throw NGramError(.noSpellings)
        }
        let folder = try NGramFolder(file.model, stored.tokenizer)
        return (try folder.spelled(), folder.tokenizer)
    }
}
