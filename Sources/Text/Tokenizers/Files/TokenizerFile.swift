import Support

/// Reads `tokenizer.json`, which `Tokenizer.serialized()` writes.
///
/// Byte-pair tokenizers are in Hugging Face's format; the others are an object with the one key
/// `collapselab`. The bytes written depend on the tokenizer only.
package enum TokenizerFile {
    /// Makes the tokenizer that `bytes` describe.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - file: What to call the source in an error.
    ///   - boundary: The token that stands between documents; nil for the one of that use in
    ///     files of the kind.
    /// - Returns: A tokenizer equal to the one that was written.
    /// - Throws: What is wrong with the file and where.
    package static func read(
        bytes: [UInt8], file: String = "tokenizer.json", boundary: DocumentBoundary? = nil
    ) throws(TokenizerFileError) -> any Tokenizer {
        let tree: JSONValue
        do {
            tree = try JSONReader.read(bytes)
        } catch {
            throw TokenizerFileError(
                .malformed(line: error.line, column: error.column, problem: error.problem),
                file: file)
        }
        let fields = TokenizerFields(tree, file: file)
        if let own = try fields.optional("collapselab") {
            return try NativeTokenizerFile.read(own)
        }
        return try HuggingFaceFile.read(fields, boundary: boundary)
    }

    /// A way to name the token that stands between documents.
    package enum DocumentBoundary: Sendable {
        /// By its text.
        case token(String)
        /// By its id, if it is an added token; another id names none.
        case id(UInt32)
    }
}
