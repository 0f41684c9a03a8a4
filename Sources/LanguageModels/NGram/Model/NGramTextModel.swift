package import Compute
import Support

/// An n-gram model of words, with their spelling: what an ARPA file holds.
package struct NGramTextModel: Sendable, Hashable {
    /// The probabilities, by token.
    package let model: NGramModel
    /// The spelling of every token of the model.
    package let vocabulary: NGramVocabulary
    /// The token that stands for words outside the vocabulary.
    package let unknown: UInt32

    /// - Throws: If the vocabulary has nothing that stands for unknown words.
    package init(model: NGramModel, vocabulary: NGramVocabulary) throws(NGramError) {
        precondition(
            vocabulary.count == model.vocabularyCount && vocabulary.boundary == model.boundary,
            "\(vocabulary.count) spellings for \(model.vocabularyCount) tokens")
        guard let unknown = vocabulary.unknown else { throw NGramError(.noUnknownWord) }
        self.model = model
        self.vocabulary = vocabulary
        self.unknown = unknown
    }

    /// Opens a file, whichever form it has: an ARPA file is read, a binary one mapped and checked
    /// whole, which costs a small part of what reading ARPA does.
    ///
    /// - Parameters:
    ///   - path: The file; `-` is standard input.
    ///   - pool: Who reads an ARPA file.
    /// - Throws: What is wrong with the file and, in an ARPA file, in which line.
    package init(contentsOf path: String, pool: WorkerPool) throws {
        if path == "-" {
            try self.init(arpa: FileSystem.content(of: "/dev/stdin"), pool: pool)
            return
        }
        guard FileSystem.isFile(path) else {
            try self.init(arpa: FileSystem.content(of: path), pool: pool)
            return
        }
        let mapped = try MappedFile(path)
        if mapped.bytes.starts(with: Array("CLNGRAMS".utf8)) {
            let file = try NGramFile(mapping: path)
            try file.check()
            guard let vocabulary = try file.vocabulary() else {
                throw NGramError(.damaged("has no spellings"))
            }
            try self.init(model: file.model, vocabulary: vocabulary)
        } else {
            defer { withExtendedLifetime(mapped) {} }
            try self.init(arpa: mapped.bytes.bindMemory(to: UInt8.self), pool: pool)
        }
    }
}
