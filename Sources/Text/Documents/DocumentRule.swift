/// Where one document ends and the next begins.
package enum DocumentRule: Sendable, Hashable {
    /// Every part of the text (a file, a line of JSON) is a document.
    case wholePart
    /// Every block between blank lines is a document.
    case blocks
    /// Paragraphs are gathered, in order, into documents of about so many characters.
    case passages(characters: Int)

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
            return Self.passages(Paragraphs.of(part), length: characters)
        }
    }

    private static func passages(
        _ paragraphs: [ArraySlice<UInt8>], length: Int
    ) -> [[UInt8]] {
        var passages: [(text: [UInt8], characters: Int)] = []
        for paragraph in paragraphs {
            let characters = paragraph.count { $0 & 0xC0 != 0x80 }
            if let last = passages.last {
                let joined = last.characters + 2 + characters
                if abs(joined - length) <= abs(last.characters - length) {
                    passages[passages.count - 1].text.append(contentsOf: [0x0A, 0x0A] + paragraph)
                    passages[passages.count - 1].characters = joined
                    continue
                }
            }
            passages.append((Array(paragraph), characters))
        }
        if passages.count > 1, let last = passages.last, 4 * last.characters < length {
            passages.removeLast()
            passages[passages.count - 1].text.append(contentsOf: [0x0A, 0x0A] + last.text)
        }
        return passages.map(\.text)
    }
}

extension DocumentRule: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind
        case characters
    }

    private enum Kind: String, Codable, CaseIterable {
        case wholePart = "file"
        case blocks
        case passages
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        switch try container.decodeChoice(Kind.self, forKey: .kind) {
        case .wholePart: self = .wholePart
        case .blocks: self = .blocks
        case .passages:
            let characters = try container.decode(Int.self, forKey: .characters)
            guard characters > 0 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .characters, in: container,
                    debugDescription: "\(characters) is not a positive number of characters")
            }
            self = .passages(characters: characters)
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
        }
    }
}
