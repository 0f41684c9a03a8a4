import Support
import Text

/// Where tokens go: a token file, or standard output, which takes the ids alone.
struct TokenOutput: ~Copyable {
    private let vocabularyCount: Int
    private let boundary: UInt32
    private let path: String
    private var file: TokenFileWriter?
    private var pipe: OutputFile?

    /// `-` is standard output.
    init(
        _ path: String, vocabulary: TokenFileDescription.Vocabulary, hasDocuments: Bool
    ) throws(FileError) {
        vocabularyCount = vocabulary.count
        boundary = vocabulary.boundary
        self.path = path
        if path == "-" {
            pipe = try OutputFile(path)
        } else {
            file = try TokenFileWriter(
                to: path, vocabulary: vocabulary, hasDocuments: hasDocuments)
        }
    }

    /// Ids on standard output, of a vocabulary of which no more is known than its size and what
    /// ends a document.
    init(pipingIdsBelow vocabularyCount: Int, boundary: UInt32) throws(FileError) {
        self.vocabularyCount = vocabularyCount
        self.boundary = boundary
        path = "-"
        pipe = try OutputFile(path)
    }

    mutating func append(_ tokens: [UInt32]) throws(FileError) {
        try file?.append(tokens)
        try pipe?.write(TokenFile.bytes(of: tokens, vocabularyCount: vocabularyCount))
    }

    /// Ends a document whose tokens end `tokens`, which are to be appended.
    mutating func endDocument(in tokens: inout [UInt32]) {
        if pipe != nil { return tokens.append(boundary) }
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
