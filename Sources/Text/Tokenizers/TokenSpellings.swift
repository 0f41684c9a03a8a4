/// The tokens of a tokenizer by ``Tokenizer/spelling(of:)``.
package struct TokenSpellings: Sendable {
    private var table: ByteStringTable

    /// Spells every token once.
    package init(_ tokenizer: some Tokenizer) {
        table = ByteStringTable(minimumCapacity: tokenizer.vocabularyCount)
        for token in 0..<tokenizer.vocabularyCount {
            let number = table.intern(tokenizer.spelling(of: UInt32(token)))
            precondition(number == token, "tokens \(number) and \(token) are spelled alike")
        }
    }

    /// How many there are: the spelling of token t is number t.
    package var count: Int { table.count }

    /// The spelling of a token.
    package subscript(token: UInt32) -> ArraySlice<UInt8> { table[Int(token)] }

    /// The token that is spelled `bytes[range]`.
    package func token(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
        table.find(bytes, range).map { UInt32(truncatingIfNeeded: $0) }
    }

    /// The token of a spelling.
    package func token(_ spelling: some Collection<UInt8>) -> UInt32? {
        table.find(spelling).map { UInt32(truncatingIfNeeded: $0) }
    }
}

/// The rules by which tokens are spelled.
enum TokenSpelling {
    static let boundary = Array("</s>".utf8)
    static let unknown = Array("<unk>".utf8)
    private static let reserved = [unknown, boundary, Array("<s>".utf8)]
    /// U+2022, which is not in the byte-level alphabet, stands before what cannot be spelled as it
    /// should.
    private static let escape = Array("\u{2022}".utf8)

    static func isReserved(_ spelling: [UInt8]) -> Bool { reserved.contains(spelling) }

    /// Every byte by a printable character, as in a `tokenizer.json`.
    static func ofBytes(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let spelling = ByteLevelAlphabet.spell(bytes)
        return isReserved(spelling) ? escape + spelling : spelling
    }

    /// A text as it is if that has no white space or control characters, otherwise by its bytes.
    static func ofText(_ text: some Collection<UInt8>, needsASCII: Bool = false) -> [UInt8] {
        let bytes = Array(text)
        let isPlain =
            !bytes.starts(with: escape) && !isReserved(bytes)
            && isPrintable(bytes.span, needsASCII: needsASCII)
        return isPlain ? bytes : escape + ByteLevelAlphabet.spell(bytes)
    }

    private static func isPrintable(_ text: Span<UInt8>, needsASCII: Bool) -> Bool {
        var position = 0
        while position < text.count {
            let step = ScalarStep(text, at: position, limit: text.count)
            guard let scalar = step.scalar, scalar > 0x20, scalar != 0x7F,
                scalar < 0x80 || !needsASCII, ScalarClasses.shared(scalar) != .space
            else { return false }
            position += step.length
        }
        return true
    }
}
