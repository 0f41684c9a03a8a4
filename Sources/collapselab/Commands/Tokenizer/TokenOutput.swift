import Support
import Text

/// Where tokens go: a token file, or standard output, which takes the ids alone.
struct TokenOutput: ~Copyable {
    private let vocabulary: TokenFileDescription.Vocabulary
    private let path: String
    private var file: TokenFileWriter?
    private var pipe: OutputFile?

    /// `-` is standard output.
    init(
        _ path: String, vocabulary: TokenFileDescription.Vocabulary, hasDocuments: Bool
    ) throws(FileError) {
        self.vocabulary = vocabulary
        self.path = path
        if path == "-" {
            pipe = try OutputFile(path)
        } else {
            file = try TokenFileWriter(
                to: path, vocabulary: vocabulary, hasDocuments: hasDocuments)
        }
    }

    mutating func append(_ tokens: [UInt32]) throws(FileError) {
        try file?.append(tokens)
        try pipe?.write(TokenFile.bytes(of: tokens, vocabulary: vocabulary))
    }

    /// Ends a document whose tokens end `tokens`, which are to be appended.
    mutating func endDocument(in tokens: inout [UInt32]) {
        if pipe != nil { return tokens.append(vocabulary.boundary) }
        file?.endDocument(in: &tokens)
    }

    /// Puts a file in its place and says what it holds.
    mutating func commit() throws {
        try pipe?.commit()
        guard let description = try file?.commit() else { return }
        let parts = description.documentCount.map { " in \($0) documents" } ?? ""
        try printLine("\(path): \(description.tokenCount) tokens\(parts)")
    }
}
