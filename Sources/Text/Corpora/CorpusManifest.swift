import Support

/// How a corpus is made: one JSON file in `corpora/`, named after the corpus.
package struct CorpusManifest: Sendable, Hashable, Codable {
    /// The keys of the manifest's JSON object; others are refused.
    ///
    /// ``rules`` is spread over `normalisation`, `documents` and `split`. Only `normalisation` and
    /// `notes` may be absent.
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
        case notes
    }

    /// The corpus's name: lower-case letters, digits, hyphens; also the file's name.
    package var name: String
    /// One line for a list.
    package var title: String
    /// The licence of the text, in words for a list.
    package var licence: String
    /// Where the text comes from.
    package var package: CorpusPackage
    /// How the text is taken out of the unpacked package.
    package var extraction: ExtractionRule
    /// The SHA-256 of the extracted text.
    package var textSHA256: String
    /// How the extracted text becomes documents in splits.
    package var rules: CorpusRules
    /// Remarks for readers of the manifest; nothing depends on them.
    package var notes: String?

    package init(
        name: String, title: String, licence: String, package: CorpusPackage,
        extraction: ExtractionRule, textSHA256: String, rules: CorpusRules, notes: String? = nil
    ) {
        self.name = name
        self.title = title
        self.licence = licence
        self.package = package
        self.extraction = extraction
        self.textSHA256 = textSHA256
        self.rules = rules
        self.notes = notes
    }

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
            package: try container.decode(CorpusPackage.self, forKey: .package),
            extraction: try container.decode(ExtractionRule.self, forKey: .extraction),
            textSHA256: try container.decodeSum(forKey: .textSHA256),
            rules: CorpusRules(
                normalization: try container.decodeIfPresent(
                    UnicodeNormalizer.self, forKey: .normalization) ?? UnicodeNormalizer(),
                documents: try container.decode(DocumentRule.self, forKey: .documents),
                split: try container.decode(SplitRule.self, forKey: .split)),
            notes: try container.decodeIfPresent(String.self, forKey: .notes))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(title, forKey: .title)
        try container.encode(licence, forKey: .licence)
        try container.encode(package, forKey: .package)
        try container.encode(extraction, forKey: .extraction)
        try container.encode(textSHA256, forKey: .textSHA256)
        try container.encode(rules.normalization, forKey: .normalization)
        try container.encode(rules.documents, forKey: .documents)
        try container.encode(rules.split, forKey: .split)
        try container.encodeIfPresent(notes, forKey: .notes)
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

/// The names that corpora may have: they are also the names of folders.
package enum CorpusName {
    /// Whether a name has 1 to 64 lower-case ASCII letters, digits and hyphens and begins with no
    /// hyphen.
    package static func isValid(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), name.utf8.first != 0x2D,
            !CheckedName.isReserved(name)
        else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
    }

    /// A valid name that resembles `text`, or nil when nothing of it can stay.
    package static func derived(from text: String) -> String? {
        var name: [UInt8] = []
        for byte in text.lowercased().utf8.prefix(64) {
            let isPlain = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            if isPlain {
                name.append(byte)
            } else if let last = name.last, last != 0x2D {
                name.append(0x2D)
            }
        }
        while name.last == 0x2D { name.removeLast() }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    static func problem(with name: String) -> String {
        CorpusError(.invalidName(name)).description
    }
}
