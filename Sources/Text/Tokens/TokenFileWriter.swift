package import Support

/// Writes a token file piece by piece, so that memory does not grow with the text.
package struct TokenFileWriter: ~Copyable {
    private let vocabulary: TokenFileDescription.Vocabulary
    private var file: AtomicFileWriter
    private var hash = SHA256()
    private var tokenCount = 0
    private var documentCount: Int?

    /// Begins the file at `path`.
    ///
    /// - Parameters:
    ///   - path: Replaced whole, or not at all.
    ///   - vocabulary: The tokenizer that the ids belong to.
    ///   - hasDocuments: Whether the boundary will end each of several documents; otherwise the file is one text.
    /// - Throws: What the file system refuses.
    package init(
        to path: String, vocabulary: TokenFileDescription.Vocabulary, hasDocuments: Bool
    ) throws(FileError) {
        file = try AtomicFileWriter.begin(path)
        self.vocabulary = vocabulary
        documentCount = hasDocuments ? 0 : nil
    }

    /// Appends tokens.
    package mutating func append(_ tokens: [UInt32]) throws(FileError) {
        let bytes = TokenFile.bytes(of: tokens, vocabularyCount: vocabulary.count)
        hash.update(bytes)
        tokenCount += tokens.count
        try file.write(bytes)
    }

    /// Ends a document whose tokens end `tokens`, which are to be appended.
    package mutating func endDocument(in tokens: inout [UInt32]) {
        documentCount = (documentCount ?? 0) + 1
        tokens.append(vocabulary.boundary)
    }

    /// Puts the file and its companion in place; killed in between, the file is there without a
    /// companion and is not read.
    @discardableResult
    package mutating func commit() throws -> TokenFileDescription {
        let description = TokenFileDescription(
            vocabulary: vocabulary, tokenCount: tokenCount, documentCount: documentCount,
            sha256: hash.finalize().hexadecimal)
        try file.commit()
        try AtomicFile.write(
            try description.serialized(), to: TokenFileDescription.path(of: file.path))
        return description
    }
}
