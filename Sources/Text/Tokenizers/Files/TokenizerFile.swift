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
        bytes: [UInt8], file: String = StoredTokenizer.fileName, boundary: String? = nil
    ) throws(TokenizerFileError) -> any Tokenizer {
        try read(
            TokenizerFields(try tree(of: bytes, file: file), file: file), boundary: boundary,
            companions: TokenizerCompanions())
    }

    static func read(
        _ fields: TokenizerFields, boundary: String?, companions: TokenizerCompanions
    ) throws(TokenizerFileError) -> any Tokenizer {
        if let own = try fields.optional("collapselab") {
            return try NativeTokenizerFile.read(own)
        }
        return try HuggingFaceFile.read(fields, boundary: boundary, companions: companions)
    }

    /// The JSON of a file.
    static func tree(of bytes: [UInt8], file: String) throws(TokenizerFileError) -> JSONValue {
        do {
            return try JSONReader.read(bytes)
        } catch {
            if let other = FileSignature(of: bytes) {
                throw TokenizerFileError(
                    .notATokenizer(problem: "is \(other.name), not JSON; \(other.remedy)"),
                    file: file)
            }
            throw TokenizerFileError(
                .malformed(line: error.line, column: error.column, problem: error.problem),
                file: file)
        }
    }
}
