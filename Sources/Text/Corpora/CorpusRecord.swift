/// The description of a corpus that has been built: `corpus.json` beside its documents.
package struct CorpusRecord: Sendable, Hashable, Codable {
    /// Where the text came from.
    package enum Origin: Sendable, Hashable {
        /// A package, by a manifest.
        case package(CorpusPackage)
        /// A file or folder of the user's.
        case imported(path: String)
        /// Other corpora, by a manifest.
        case corpora([Member])
    }

    /// The text that the documents were cut from, before normalisation and cutting.
    package struct Text: Sendable, Hashable {
        /// Its SHA-256.
        package var sha256: String
        /// Its bytes.
        package var bytes: Int
    }

    /// A corpus whose documents are also those of another.
    package struct Member: Sendable, Hashable {
        /// Its name.
        package var name: String
        /// The ``Corpus/contentHash`` that it had.
        package var contentHash: String
    }

    /// The size of a split.
    package struct Part: Sendable, Hashable, Codable {
        /// The split that was counted.
        package var split: Split
        /// The number of documents.
        package var documents: Int
        /// The bytes of all documents, without anything between them.
        package var bytes: Int
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case format
        case name
        case title
        case licence
        case package
        case imported = "imported-from"
        case corpora
        case textSHA256 = "text-sha256"
        case textBytes = "text-bytes"
        case normalization = "normalisation"
        case documents
        case split
        case contentHash = "content-hash"
        case parts
        case duplicates
    }

    /// What a split can hold: sums of these stay numbers.
    private static let sizes = 0...1 << 48
    /// The version of the files' layout.
    static let format = 1

    /// The corpus's name, which is also that of its folder.
    package var name: String
    /// One line for a list.
    package var title: String
    /// The licence of the text in words.
    package var licence: String
    /// Where the text came from.
    package var origin: Origin
    /// The text that was cut; nil for documents of other corpora.
    package var text: Text?
    /// How the documents were made of the text.
    package var rules: CorpusRules
    /// The ``Corpus/contentHash`` that the documents must have when they are loaded.
    package var contentHash: String
    /// Train, validation, test.
    package var parts: [Part]
    /// Exact duplicates that were left out.
    package var duplicates: Int

    init(of corpus: Corpus, origin: Origin, text: Text?) {
        name = corpus.name
        title = corpus.title
        licence = corpus.licence
        self.origin = origin
        self.text = text
        rules = corpus.rules
        contentHash = corpus.contentHash
        parts = Split.allCases.map {
            Part(split: $0, documents: corpus[$0].count, bytes: corpus[$0].byteCount)
        }
        duplicates = corpus.documents.duplicates
    }

    /// Reads a record's bytes; `file` is what to call it in an error.
    package init(reading bytes: [UInt8], file: String) throws(CorpusError) {
        self = try CorpusJSON.decode(CorpusRecord.self, from: bytes, file: file)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let format = try container.decode(Int.self, forKey: .format)
        guard format == Self.format else {
            throw DecodingError.dataCorruptedError(
                forKey: .format, in: container,
                debugDescription: "format \(format) is not \(Self.format)")
        }
        name = try container.decode(String.self, forKey: .name)
        title = try container.decode(String.self, forKey: .title)
        licence = try container.decode(String.self, forKey: .licence)
        if let package = try container.decodeIfPresent(CorpusPackage.self, forKey: .package) {
            origin = .package(package)
        } else if let members = try container.decodeIfPresent([Member].self, forKey: .corpora) {
            origin = .corpora(members)
        } else {
            origin = .imported(path: try container.decode(String.self, forKey: .imported))
        }
        if case .corpora = origin {
            text = nil
        } else {
            text = Text(
                sha256: try container.decodeSum(forKey: .textSHA256),
                bytes: try container.decode(Int.self, forKey: .textBytes))
        }
        rules = CorpusRules(
            normalization: try container.decode(UnicodeNormalizer.self, forKey: .normalization),
            documents: try container.decode(DocumentRule.self, forKey: .documents),
            split: try container.decode(SplitRule.self, forKey: .split))
        contentHash = try container.decodeSum(forKey: .contentHash)
        parts = try container.decode([Part].self, forKey: .parts)
        duplicates = try container.decode(Int.self, forKey: .duplicates)
        guard parts.map(\.split) == Split.allCases,
            parts.allSatisfy({ Self.sizes.contains($0.documents) && Self.sizes.contains($0.bytes) })
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .parts, in: container,
                debugDescription: "these are not the sizes of train, validation and test")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.format, forKey: .format)
        try container.encode(name, forKey: .name)
        try container.encode(title, forKey: .title)
        try container.encode(licence, forKey: .licence)
        switch origin {
        case .package(let package): try container.encode(package, forKey: .package)
        case .imported(let path): try container.encode(path, forKey: .imported)
        case .corpora(let members): try container.encode(members, forKey: .corpora)
        }
        try container.encodeIfPresent(text?.sha256, forKey: .textSHA256)
        try container.encodeIfPresent(text?.bytes, forKey: .textBytes)
        try container.encode(rules.normalization, forKey: .normalization)
        try container.encode(rules.documents, forKey: .documents)
        try container.encode(rules.split, forKey: .split)
        try container.encode(contentHash, forKey: .contentHash)
        try container.encode(parts, forKey: .parts)
        try container.encode(duplicates, forKey: .duplicates)
    }
}

extension CorpusRecord.Member: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case contentHash = "content-hash"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        contentHash = try container.decodeSum(forKey: .contentHash)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(contentHash, forKey: .contentHash)
    }
}
