import Text

/// The spelling of each token of an n-gram model, and the token of each spelling.
///
/// The boundary has no spelling of its own: in text and in ARPA files it is `<s>` as context and
/// `</s>` as event, so no other token may be spelled like that. Models trained from white-space
/// separated text have the boundary as id 0, `<unk>` as id 1, then the words in the order of their
/// first appearance.
package struct NGramVocabulary: Sendable {
    /// The id that begins a document as context and ends it as event.
    package let boundary: UInt32
    /// The id that stands for words outside the vocabulary, where there is one.
    package let unknown: UInt32?
    /// The number of ids, the boundary included; ids are below it.
    package let count: Int
    /// Numbered as the ids, `</s>` in the boundary's position; after the last id comes `<s>`.
    private let table: ByteStringTable

    /// The boundary as the context of a document's first token.
    package static let startSpelling = Array("<s>".utf8)
    /// The boundary as the event that ends a document.
    package static let endSpelling = Array("</s>".utf8)
    /// The customary spelling of the unknown word, which KenLM wants.
    package static let unknownSpelling = Array("<unk>".utf8)

    /// Whether words end at this byte: NUL, tab, line feed, carriage return and space, as for
    /// `lmplz`. Other control characters are letters: a form feed is a word.
    package static func isSeparator(_ byte: UInt8) -> Bool {
        byte <= 0x20 && (1 << UInt64(byte)) & (0x1_0000_2601 as UInt64) != 0
    }

    /// A vocabulary by the spellings of its ids 0, 1, ...
    ///
    /// - Parameters:
    ///   - words: One spelling for each id; the boundary's is ignored.
    ///   - boundary: The document boundary's id.
    ///   - unknown: The id of the unknown word, if any.
    /// - Throws: For a spelling that is empty, holds a separator, is the boundary's, or occurs
    ///   twice.
    package init(
        words: [[UInt8]], boundary: UInt32, unknown: UInt32?
    ) throws(NGramError) {
        precondition(
            boundary < words.count, "boundary \(boundary) in a vocabulary of \(words.count)")
        if let unknown {
            precondition(
                unknown < words.count && unknown != boundary,
                "unknown token \(unknown) in a vocabulary of \(words.count)")
        }
        var table = ByteStringTable(minimumCapacity: words.count + 1)
        for (id, word) in words.enumerated() {
            let token = UInt32(truncatingIfNeeded: id)
            if token == boundary {
                _ = table.intern(Self.endSpelling)
                continue
            }
            guard !word.isEmpty, !word.contains(where: Self.isSeparator) else {
                throw NGramError(.unwritableSpelling(token: token))
            }
            guard word != Self.startSpelling, word != Self.endSpelling else {
                throw NGramError(.reservedSpelling(token: token))
            }
            let number = table.intern(word)
            guard number == id else {
                throw NGramError(
                    .duplicateSpelling(first: UInt32(truncatingIfNeeded: number), second: token))
            }
        }
        _ = table.intern(Self.startSpelling)
        self.boundary = boundary
        self.unknown = unknown
        self.table = table
        count = words.count
    }

    /// The spelling of an id; the boundary's is `</s>`.
    package subscript(id: UInt32) -> ArraySlice<UInt8> {
        precondition(id < count, "token \(id) in a vocabulary of \(count)")
        return table[Int(id)]
    }

    /// The id of the word `bytes[range]`, if it is in the vocabulary; `<s>` and `</s>` are the
    /// boundary.
    package func id(of bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
        guard let number = table.find(bytes, range) else { return nil }
        return number < count ? UInt32(truncatingIfNeeded: number) : boundary
    }

    /// The id of a word, if it is in the vocabulary; `<s>` and `</s>` are the boundary.
    package func id(of word: [UInt8]) -> UInt32? {
        id(of: word.span, 0..<word.count)
    }
}

extension NGramVocabulary: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.boundary == right.boundary && left.unknown == right.unknown
            && left.count == right.count
            && (0..<left.count).allSatisfy { left.table[$0] == right.table[$0] }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(boundary)
        hasher.combine(unknown)
        for number in 0..<count { hasher.combine(table[number]) }
    }
}
