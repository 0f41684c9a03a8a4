extension BytePairTokenizer {
    /// A token that stands outside the merges, such as `<|endoftext|>`.
    package struct AddedToken: Sendable, Hashable {
        package var id: UInt32
        package var content: [UInt8]
        /// Special tokens decode to nothing.
        package var isSpecial: Bool
        /// Looked for only after the others, in the normalised text (here the text itself).
        package var isNormalized: Bool

        package init(id: UInt32, content: [UInt8], isSpecial: Bool, isNormalized: Bool) {
            self.id = id
            self.content = content
            self.isSpecial = isSpecial
            self.isNormalized = isNormalized
        }
    }
}

/// Cuts text at the spellings of added tokens: the leftmost first, among those the longest.
struct AddedTokenSplitter {
    private let tokens: [BytePairTokenizer.AddedToken]
    private let begins: [Bool]

    init(_ tokens: [BytePairTokenizer.AddedToken]) {
        // Longest first, so that the first match at a place is the longest.
        self.tokens = tokens.sorted { $0.content.count > $1.content.count }
        var begins = [Bool](repeating: false, count: 256)
        for token in tokens { if let byte = token.content.first { begins[Int(byte)] = true } }
        self.begins = begins
    }

    /// Calls `body` with every stretch in order: a token, or `nil` for text between tokens.
    func forEach(
        in bytes: [UInt8], _ range: Range<Int>,
        _ body: (Range<Int>, BytePairTokenizer.AddedToken?) -> Void
    ) {
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            guard begins[Int(bytes[position])], let token = match(bytes, position, range.upperBound)
            else {
                position += 1
                continue
            }
            if start < position { body(start..<position, nil) }
            start = position + token.content.count
            body(position..<start, token)
            position = start
        }
        if start < range.upperBound { body(start..<range.upperBound, nil) }
    }

    private func match(
        _ bytes: [UInt8], _ position: Int, _ limit: Int
    ) -> BytePairTokenizer.AddedToken? {
        tokens.first { token in
            position + token.content.count <= limit
                && bytes[position..<position + token.content.count].elementsEqual(token.content)
        }
    }
}
