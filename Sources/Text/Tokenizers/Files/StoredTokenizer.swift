import Support

/// A tokenizer on disk: a `tokenizer.json`, GPT-2's `vocab.json` with its `merges.txt`, or a folder
/// with either.
package struct StoredTokenizer: Sendable {
    /// The name of the file in a folder.
    package static let fileName = "tokenizer.json"

    /// The tokenizer that the files describe.
    package let tokenizer: any Tokenizer
    /// The content of a `tokenizer.json`: as it was found, so that what is not read of it stays, or
    /// the same tokenizer as other files hold.
    package let file: [UInt8]

    /// Reads what a path leads to.
    ///
    /// - Parameters:
    ///   - path: A file or a folder.
    ///   - boundary: The token that stands between documents; nil for the one that the files name,
    ///     or that has the usual name.
    /// - Throws: `TokenizerFileError` that says what lies there; `FileError`.
    package init(at path: String, boundary: String? = nil) throws {
        if FileSystem.isFolder(path) {
            guard let found = try Self(in: path, boundary: boundary) else {
                throw Self.absence(in: path)
            }
            self = found
            return
        }
        let bytes = try FileSystem.content(of: path)
        if path.hasSuffix(VocabularyPair.mergesFile) {
            try self.init(VocabularyPair(of: path), boundary: boundary)
            return
        }
        let tree = try TokenizerFile.tree(of: bytes, file: path)
        if VocabularyPair.isVocabulary(tree) {
            try self.init(VocabularyPair(of: path), boundary: boundary)
            return
        }
        // A file of another name may lie anywhere.
        let isInFolder = path == Self.fileName || path.hasSuffix("/" + Self.fileName)
        let companions =
            isInFolder
            ? try TokenizerCompanions(in: FileSystem.parent(of: path)) : TokenizerCompanions()
        self.init(
            try TokenizerFile.read(
                TokenizerFields(tree, file: path), boundary: boundary, companions: companions),
            file: bytes)
    }

    /// Reads the tokenizer that lies in a folder, with a model or alone; nil where there is none.
    ///
    /// - Throws: As ``init(at:boundary:)``.
    package init?(in folder: String, boundary: String? = nil) throws {
        let path = folder + "/" + Self.fileName
        let pair = VocabularyPair(in: folder)
        if FileSystem.exists(path) {
            try self.init(at: path, boundary: boundary)
        } else if pair.isThere {
            try self.init(pair, boundary: boundary)
        } else {
            return nil
        }
    }

    private init(_ pair: VocabularyPair, boundary: String?) throws {
        let tokenizer = try pair.read(boundary: boundary)
        self.init(tokenizer, file: tokenizer.serialized())
    }

    private init(_ tokenizer: any Tokenizer, file: [UInt8]) {
        self.tokenizer = tokenizer
        self.file = file
    }

    /// Why no tokenizer can be read from a folder, as far as the names in it tell.
    package static func absence(in folder: String) -> TokenizerFileError {
        let names = (try? FileSystem.names(in: folder)) ?? []
        let pair = [VocabularyPair.vocabularyFile, VocabularyPair.mergesFile]
        let problem: String
        if let half = pair.first(where: names.contains) {
            problem =
                "has \(half), but not the \(pair.first { $0 != half } ?? "") that it needs beside it"
        } else if let name = names.first(where: { $0.hasSuffix(".model") }) {
            problem =
                "has \(name), a SentencePiece model, which is not supported: use a byte-level BPE "
                + "tokenizer"
        } else if names.contains("vocab.txt") {
            problem =
                "has vocab.txt, the vocabulary of a WordPiece tokenizer, which is not supported: "
                + "use a byte-level BPE tokenizer"
        } else {
            problem =
                "has neither \(fileName) nor \(pair[0]) with \(pair[1]): put the tokenizer there"
        }
        return TokenizerFileError(.notATokenizer(problem: problem), file: folder)
    }
}
