import FoundationEssentials
import Support

/// What a token file holds: its companion `NAME.json`.
package struct TokenFileDescription: Sendable, Hashable {
    /// The tokens in the form of the file's bytes, as numpy spells it.
    package enum TokenType: String, CaseIterable, Sendable, Codable {
        case uint16 = "<u2"
        case uint32 = "<u4"

        /// Two bytes a token where the ids allow it.
        package init(vocabularyCount: Int) {
            self = vocabularyCount <= 1 << 16 ? .uint16 : .uint32
        }

        /// The bytes of one id.
        package var byteCount: Int { self == .uint16 ? 2 : 4 }
    }

    /// The tokenizer that the ids belong to.
    package struct Vocabulary: Sendable, Hashable {
        /// `byte`, `character`, `word` or `bpe`.
        package var kind: TokenizerKind
        /// The number of ids.
        package var count: Int
        /// The id that ends documents.
        package var boundary: UInt32
        /// SHA-256 of the tokenizer's file, in hexadecimal.
        package var sha256: String

        package init(of tokenizer: some Tokenizer) {
            kind = tokenizer.kind
            count = tokenizer.vocabularyCount
            boundary = tokenizer.documentBoundary
            sha256 = SHA256.digest(of: tokenizer.serialized()).hexadecimal
        }

        /// Reads ``serialized()``'s bytes; `file` is what to call them in an error.
        package init(serialized bytes: [UInt8], file: String) throws(TokenFileError) {
            do throws(StrictJSONError) {
                self = try StrictJSON.decode(Self.self, from: bytes)
            } catch {
                throw TokenFileError(file: file, problem: error.description)
            }
        }

        /// The description by itself, for what lies beside a model.
        package func serialized() throws(TokenFileError) -> [UInt8] {
            do throws(StrictJSONError) {
                return try StrictJSON.encode(self)
            } catch {
                throw TokenFileError(file: "a vocabulary's description", problem: error.problem)
            }
        }
    }

    /// The tokenizer that the ids belong to.
    package var vocabulary: Vocabulary
    /// The width of an id, which follows from the vocabulary's size.
    package var type: TokenType
    /// All tokens, boundaries included.
    package var tokenCount: Int
    /// The number of documents, each ended by the boundary; nil where the file is one text and has
    /// none.
    package var documentCount: Int?
    /// The documents that were cut, ascending: their boundary is no end that they had.
    package var cutDocuments: [Int]
    /// SHA-256 of the token file, in hexadecimal.
    package var sha256: String

    /// The companion of a token file.
    package static func path(of tokens: String) -> String { tokens + ".json" }

    private static let format = "collapselab tokens"
    private static let version = 1

    /// The companion's bytes.
    package func serialized() throws(TokenFileError) -> [UInt8] {
        do throws(StrictJSONError) {
            return try StrictJSON.encode(self)
        } catch {
            throw TokenFileError(file: "the description of a token file", problem: error.problem)
        }
    }

    /// Reads a companion's bytes; `file` is what to call it in an error.
    package init(serialized bytes: [UInt8], file: String) throws(TokenFileError) {
        do throws(StrictJSONError) {
            self = try StrictJSON.decode(TokenFileDescription.self, from: bytes)
        } catch {
            throw TokenFileError(file: file, problem: error.description)
        }
    }

    package init(
        vocabulary: Vocabulary, tokenCount: Int, documentCount: Int?, cutDocuments: [Int] = [],
        sha256: String
    ) {
        self.vocabulary = vocabulary
        type = TokenType(vocabularyCount: vocabulary.count)
        self.tokenCount = tokenCount
        self.documentCount = documentCount
        self.cutDocuments = cutDocuments
        self.sha256 = sha256
    }
}

extension TokenFileDescription.Vocabulary: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, count, boundary, sha256
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(keyedBy: CodingKeys.self)
        kind = try values.decodeChoice(TokenizerKind.self, forKey: .kind)
        count = try values.decode(Int.self, forKey: .count)
        boundary = try values.decode(UInt32.self, forKey: .boundary)
        sha256 = try values.decode(String.self, forKey: .sha256)
        guard count > Int(boundary), count <= 1 << 32 else {
            throw DecodingError.dataCorruptedError(
                forKey: .count, in: values,
                debugDescription: "\(count) ids with \(boundary) as the boundary")
        }
    }
}

extension TokenFileDescription: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case format, version, type, tokens, documents, cut, sha256, vocabulary
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func refuse(_ key: CodingKeys, _ problem: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: values, debugDescription: problem)
        }
        guard try values.decode(String.self, forKey: .format) == Self.format else {
            throw refuse(.format, "this is not \"\(Self.format)\"")
        }
        let version = try values.decode(Int.self, forKey: .version)
        guard version == Self.version else {
            throw refuse(.version, "this is \(version), not \(Self.version)")
        }
        vocabulary = try values.decode(Vocabulary.self, forKey: .vocabulary)
        type = try values.decodeChoice(TokenType.self, forKey: .type)
        guard type == TokenType(vocabularyCount: vocabulary.count) else {
            throw refuse(.type, "a vocabulary of \(vocabulary.count) is written otherwise")
        }
        tokenCount = try values.decode(Int.self, forKey: .tokens)
        documentCount = try values.decodeIfPresent(Int.self, forKey: .documents)
        guard tokenCount >= 0, (0...tokenCount).contains(documentCount ?? 0) else {
            throw refuse(.tokens, "\(documentCount ?? 0) documents in \(tokenCount) tokens")
        }
        cutDocuments = try values.decodeIfPresent([Int].self, forKey: .cut) ?? []
        guard zip(cutDocuments, cutDocuments.dropFirst()).allSatisfy({ $0 < $1 }),
            cutDocuments.first ?? 0 >= 0, cutDocuments.last ?? -1 < documentCount ?? 0
        else {
            throw refuse(.cut, "cut documents ascend and are among the \(documentCount ?? 0)")
        }
        sha256 = try values.decode(String.self, forKey: .sha256)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.format, forKey: .format)
        try values.encode(Self.version, forKey: .version)
        try values.encode(type, forKey: .type)
        try values.encode(tokenCount, forKey: .tokens)
        try values.encode(documentCount, forKey: .documents)
        if !cutDocuments.isEmpty { try values.encode(cutDocuments, forKey: .cut) }
        try values.encode(sha256, forKey: .sha256)
        try values.encode(vocabulary, forKey: .vocabulary)
    }
}

/// Why a token file cannot be used.
package struct TokenFileError: Error, Hashable, CustomStringConvertible {
    /// The file, or what else the bytes came from.
    package var file: String
    /// What the file does or has, to be read after its name.
    package var problem: String

    /// What to do.
    package var remedy =
        "the file is damaged or of another kind: write it again with `collapselab tokenizer encode`"

    package var description: String { "\(file): \(problem); \(remedy)" }
}
