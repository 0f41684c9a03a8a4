package import Compute
import Files

/// An n-gram model with the spelling of its tokens: what an ARPA file holds.
package struct NGramTextModel: Sendable, Hashable {
    package let model: NGramModel
    package let vocabulary: NGramVocabulary

    package init(model: NGramModel, vocabulary: NGramVocabulary) {
        precondition(
            vocabulary.count == model.vocabularyCount && vocabulary.boundary == model.boundary,
            "\(vocabulary.count) spellings for \(model.vocabularyCount) tokens")
        self.model = model
        self.vocabulary = vocabulary
    }

    /// Opens a file, whichever form it has: an ARPA file is read, a binary one mapped.
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
            guard let vocabulary = try file.vocabulary() else {
                throw NGramError(.damaged("has no spellings"))
            }
            self.init(model: file.model, vocabulary: vocabulary)
        } else {
            defer { withExtendedLifetime(mapped) {} }
            try self.init(arpa: mapped.bytes.bindMemory(to: UInt8.self), pool: pool)
        }
    }
}
