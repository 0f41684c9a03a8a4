/// A text in a package of a public archive, and how it becomes documents.
package struct PackagedText: Sendable, Hashable {
    /// The keys of a manifest that describe the text; only `normalisation` may be absent.
    ///
    /// ``rules`` is spread over `normalisation`, `documents` and `split`.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case package
        case extraction
        case sha256 = "text-sha256"
        case normalization = "normalisation"
        case documents
        case split
    }

    /// Where the text comes from.
    package var package: CorpusPackage
    /// How the text is taken out of the unpacked package.
    package var extraction: ExtractionRule
    /// The SHA-256 of the extracted text.
    package var sha256: String
    /// How the extracted text becomes documents in splits.
    package var rules: CorpusRules

    package init(
        package: CorpusPackage, extraction: ExtractionRule, sha256: String, rules: CorpusRules
    ) {
        self.package = package
        self.extraction = extraction
        self.sha256 = sha256
        self.rules = rules
    }
}

extension PackagedText: Codable {
    /// Reads the keys of the text from a manifest, which has others too.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            package: try container.decode(CorpusPackage.self, forKey: .package),
            extraction: try container.decode(ExtractionRule.self, forKey: .extraction),
            sha256: try container.decodeSum(forKey: .sha256),
            rules: CorpusRules(
                normalization: try container.decodeIfPresent(
                    UnicodeNormalizer.self, forKey: .normalization) ?? UnicodeNormalizer(),
                documents: try container.decode(DocumentRule.self, forKey: .documents),
                split: try container.decode(SplitRule.self, forKey: .split)))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(package, forKey: .package)
        try container.encode(extraction, forKey: .extraction)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(rules.normalization, forKey: .normalization)
        try container.encode(rules.documents, forKey: .documents)
        try container.encode(rules.split, forKey: .split)
    }
}
