/// How a corpus is made: one JSON file in `corpora/`, named after the corpus.
package struct CorpusManifest: Sendable, Hashable {
    /// What the documents are made of.
    package enum Source: Sendable, Hashable {
        /// A text out of a package.
        case package(PackagedText)
        /// The documents of other corpora with manifests, by name: each stays in its split.
        case corpora([String])
    }

    /// The keys of the manifest's JSON object; others are refused.
    ///
    /// Those of ``PackagedText`` and `corpora` exclude each other; `notes` may be absent.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case title
        case licence
        case package
        case extraction
        case textSHA256 = "text-sha256"
        case normalization = "normalisation"
        case documents
        case split
        case corpora
        case notes
    }

    /// The corpus's name: lower-case letters, digits, hyphens; also the file's name.
    package var name: String
    /// One line for a list.
    package var title: String
    /// The licence of the text, in words for a list.
    package var licence: String
    /// What the documents are made of.
    package var source: Source
    /// Remarks for readers of the manifest; nothing depends on them.
    package var notes: String?

    package init(
        name: String, title: String, licence: String, source: Source, notes: String? = nil
    ) {
        self.name = name
        self.title = title
        self.licence = licence
        self.source = source
        self.notes = notes
    }

    /// Reads a manifest's bytes.
    ///
    /// - Parameters:
    ///   - bytes: The JSON.
    ///   - file: What to call it in an error.
    /// - Throws: The position (line and column, or the key) and the problem: malformed JSON,
    ///   unknown, missing or ill-typed keys, values out of range.
    package init(reading bytes: [UInt8], file: String) throws(CorpusError) {
        self = try CorpusJSON.decode(CorpusManifest.self, from: bytes, file: file)
    }
}

extension CorpusManifest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .name)
        guard CorpusName.isValid(name) else {
            throw DecodingError.dataCorruptedError(
                forKey: .name, in: container, debugDescription: CorpusName.problem(with: name))
        }
        self.init(
            name: name,
            title: try container.decode(String.self, forKey: .title),
            licence: try container.decode(String.self, forKey: .licence),
            source: container.contains(.corpora)
                ? .corpora(try Self.members(in: container, of: name))
                : .package(try PackagedText(from: decoder)),
            notes: try container.decodeIfPresent(String.self, forKey: .notes))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(title, forKey: .title)
        try container.encode(licence, forKey: .licence)
        switch source {
        case .package(let text): try text.encode(to: encoder)
        case .corpora(let members): try container.encode(members, forKey: .corpora)
        }
        try container.encodeIfPresent(notes, forKey: .notes)
    }

    /// The corpora that one is combined of.
    private static func members(
        in container: KeyedDecodingContainer<CodingKeys>, of corpus: String
    ) throws -> [String] {
        let textKeys = PackagedText.CodingKeys.allCases.map(\.stringValue)
        for key in CodingKeys.allCases
        where textKeys.contains(key.stringValue) && container.contains(key) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "a manifest with corpora takes this from them: delete this key")
        }
        let members = try container.decodeSome(forKey: .corpora)
        for (index, member) in members.enumerated() {
            let problem: String? =
                if !CorpusName.isValid(member) {
                    CorpusName.problem(with: member)
                } else if member == corpus {
                    "\(member) is this corpus itself"
                } else if members[..<index].contains(member) {
                    "\(member) is named twice"
                } else {
                    nil
                }
            if let problem {
                throw DecodingError.dataCorruptedError(
                    forKey: .corpora, in: container, debugDescription: problem)
            }
        }
        return members
    }
}
