/// Where one document ends and the next begins.
package enum DocumentRule: Sendable, Hashable {
    /// Every part of the text (a file, a line of JSON) is a document.
    case wholePart
    /// Every block between blank lines is a document.
    case blocks
    /// Paragraphs are gathered, in order, into documents of about so many characters.
    case passages(characters: Int)
    /// As passages, and paragraphs that are much longer are cut: at line ends, else after
    /// sentences, else at blanks. So a text without blank lines becomes documents of the length,
    /// too.
    case cutPassages(characters: Int)
    /// Every line that is not blank is a document.
    case lines
    /// A mark such as `<|endoftext|>` stands between documents and belongs to none.
    case separator(String)

    /// The mark that collections of stories have between them.
    package static let usualSeparator = "<|endoftext|>"

    /// Passages of about 2,000 characters.
    package static let standard = DocumentRule.passages(characters: 2000)

    /// The documents of one part: trimmed, none of them empty, in order.
    ///
    /// Blank lines (white space at most) separate paragraphs. A passage holds whole paragraphs,
    /// separated by one blank line; it ends where one more paragraph would take it further from the
    /// length asked for. A paragraph longer than that is a document by itself, and a rest shorter
    /// than a quarter of it joins the passage before.
    package func documents(of part: [UInt8]) -> [[UInt8]] {
        switch self {
        case .wholePart:
            let trimmed = Paragraphs.trimmed(part[...])
            return trimmed.isEmpty ? [] : [Array(trimmed)]
        case .blocks:
            return Paragraphs.of(part).map(Array.init)
        case .passages(let characters):
            precondition(characters > 0, "passages of \(characters) characters")
            return Self.passages(
                Paragraphs.of(part).map { TextUnits.Unit(text: $0, separator: [0x0A, 0x0A]) },
                length: characters)
        case .cutPassages(let characters):
            precondition(characters > 0, "passages of \(characters) characters")
            return Self.passages(TextUnits.of(part, length: characters), length: characters)
        case .lines:
            return Paragraphs.lines(of: part).map(Paragraphs.trimmed).filter { !$0.isEmpty }
                .map(Array.init)
        case .separator(let mark):
            precondition(!mark.isEmpty, "a mark between documents is empty")
            return part.split(separator: Array(mark.utf8)).map(Paragraphs.trimmed)
                .filter { !$0.isEmpty }.map(Array.init)
        }
    }

    /// How documents were made, in words: `passages of about 2000 characters`.
    package var summary: String {
        switch self {
        case .wholePart: "whole files or lines of JSON"
        case .blocks: "blocks between blank lines"
        case .passages(let characters), .cutPassages(let characters):
            "passages of about \(characters) characters"
        case .lines: "lines"
        case .separator(let mark): "texts between \(mark)"
        }
    }

    private static func passages(
        _ units: [TextUnits.Unit], length: Int
    ) -> [[UInt8]] {
        var passages: [(text: [UInt8], characters: Int)] = []
        var lastSeparator: [UInt8] = []
        for unit in units {
            let characters = unit.text.characterCount
            if let last = passages.last {
                let joined = last.characters + unit.separator.count + characters
                if abs(joined - length) <= abs(last.characters - length) {
                    passages[passages.count - 1].text.append(contentsOf: unit.separator + unit.text)
                    passages[passages.count - 1].characters = joined
                    continue
                }
            }
            passages.append((Array(unit.text), characters))
            lastSeparator = unit.separator
        }
        if passages.count > 1, let last = passages.last, 4 * last.characters < length {
            passages.removeLast()
            passages[passages.count - 1].text.append(contentsOf: lastSeparator + last.text)
        }
        return passages.map(\.text)
    }
}

extension DocumentRule: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind
        case characters
        case separator
    }

    private enum Kind: String, Codable, CaseIterable {
        case wholePart = "file"
        case blocks
        case passages
        case cutPassages = "cut-passages"
        case lines
        case separator
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let kind = try container.decodeChoice(Kind.self, forKey: .kind)
        switch kind {
        case .wholePart: self = .wholePart
        case .blocks: self = .blocks
        case .lines: self = .lines
        case .separator:
            let mark = try container.decode(String.self, forKey: .separator)
            guard !mark.isEmpty else {
                throw DecodingError.dataCorruptedError(
                    forKey: .separator, in: container, debugDescription: "the mark is empty")
            }
            self = .separator(mark)
        case .passages, .cutPassages:
            let characters = try container.decode(Int.self, forKey: .characters)
            guard characters > 0 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .characters, in: container,
                    debugDescription: "\(characters) is not a positive number of characters")
            }
            self =
                kind == .passages
                ? .passages(characters: characters) : .cutPassages(characters: characters)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .wholePart: try container.encode(Kind.wholePart, forKey: .kind)
        case .blocks: try container.encode(Kind.blocks, forKey: .kind)
        case .passages(let characters):
            try container.encode(Kind.passages, forKey: .kind)
            try container.encode(characters, forKey: .characters)
        case .cutPassages(let characters):
            try container.encode(Kind.cutPassages, forKey: .kind)
            try container.encode(characters, forKey: .characters)
        case .lines: try container.encode(Kind.lines, forKey: .kind)
        case .separator(let mark):
            try container.encode(Kind.separator, forKey: .kind)
            try container.encode(mark, forKey: .separator)
        }
    }
}
