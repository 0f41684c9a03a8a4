import CUTF8proc
import Support

/// Words, numbers and punctuation marks as tokens, for n-gram work.
///
/// Id 0 is `<unk>`, which stands for every word outside the vocabulary, 1 is the document boundary,
/// and from 2 on come the words by falling count in training, ties by rising bytes. White space
/// and, if asked, case are lost: decoding gives readable text, not the original, so bits per byte
/// are not defined for it.
package struct WordTokenizer: Tokenizer, Hashable {
    private static let firstWord = 2
    private static let unknownSpelling: [UInt8] = Array("<unk>".utf8)
    /// Spellings that language-model files reserve; no word may have them.
    private static let reserved: [[UInt8]] = ["<unk>", "<s>", "</s>"].map { Array($0.utf8) }

    /// How text is cut into words.
    package let pattern: WordPattern
    /// Whether words are lower-cased, scalar by scalar.
    package let isLowercased: Bool

    private let words: ByteStringVocabulary
    private let joins: [WordSpacing.Join]

    /// A tokenizer over the given words.
    ///
    /// - Returns: `nil` if a word is empty, occurs twice or is spelled like `<unk>`, `<s>` or
    ///   `</s>`.
    package init?(words: [[UInt8]], pattern: WordPattern = .words, lowercased: Bool = false) {
        guard words.allSatisfy({ !$0.isEmpty && !Self.reserved.contains($0) }),
            let vocabulary = ByteStringVocabulary(distinct: words)
        else { return nil }
        self.init(vocabulary: vocabulary, pattern: pattern, lowercased: lowercased)
    }

    private init(vocabulary: ByteStringVocabulary, pattern: WordPattern, lowercased: Bool) {
        words = vocabulary
        joins = (0..<vocabulary.count).map { number in
            // Tokens between white space already carry their punctuation.
            pattern == .whitespace ? .word : WordSpacing.join(of: vocabulary[number])
        }
        self.pattern = pattern
        isLowercased = lowercased
    }

    /// The tokenizer of the words that occur in `documents`.
    ///
    /// - Parameters:
    ///   - documents: The training text.
    ///   - vocabularyCount: The largest vocabulary, `<unk>` and boundary included (at least 2);
    ///     `nil` keeps every word that is frequent enough.
    ///   - minimumCount: How often a word must occur to be kept; at 2, words seen once teach the
    ///     models what an unknown word looks like.
    ///   - pattern: How text is cut into words.
    ///   - lowercased: Whether `Word` and `word` are one word.
    /// - Returns: A tokenizer that depends on the words and their counts only.
    package static func train(
        on documents: some Sequence<[UInt8]>, vocabularyCount: Int? = nil, minimumCount: Int = 2,
        pattern: WordPattern = .words, lowercased: Bool = false
    ) -> WordTokenizer {
        precondition(
            vocabularyCount ?? firstWord >= firstWord,
            "a word vocabulary has at least \(firstWord) entries, not \(vocabularyCount ?? 0)")
        var counter = WordCounter(pattern: pattern, lowercased: lowercased)
        for document in documents { counter.append(document.span, isLast: true) }
        return counter.tokenizer(vocabularyCount: vocabularyCount, minimumCount: minimumCount)
    }

    /// The training text, read in blocks.
    struct WordCounter: VocabularyCounter {
        private let segments: WordSegments
        private let lowercased: Bool
        private var lines = WholeLines()
        private var words = CountedStrings()

        init(pattern: WordPattern, lowercased: Bool) {
            segments = WordSegments(pattern: pattern)
            self.lowercased = lowercased
        }

        mutating func append(_ block: Span<UInt8>, isLast: Bool) {
            let lines = lines.append(block, isLast: isLast)
            let text = lowercased ? lowercase(lines) : lines
            segments.forEach(in: text.span) { words.add(text.span, $0) }
        }

        func tokenizer(vocabularyCount: Int?, minimumCount: Int?) -> WordTokenizer {
            var words = words
            for spelling in reserved { words.forget(spelling) }
            return WordTokenizer(
                vocabulary: ByteStringVocabulary(
                    counting: words, minimumCount: max(minimumCount ?? 2, 1),
                    maximumCount: vocabularyCount.map { $0 - firstWord }),
                pattern: segments.pattern, lowercased: lowercased)
        }
    }

    package var kind: TokenizerKind { .word }
    package var vocabularyCount: Int { Self.firstWord + words.count }
    package var documentBoundary: UInt32 { 1 }
    package var unknown: UInt32? { 0 }
    package var isLossless: Bool { false }

    /// The spelling of a token: a word, or nothing for `<unk>` and the boundary.
    package func word(_ token: UInt32) -> [UInt8]? {
        let number = Int(token) - Self.firstWord
        return number >= 0 && number < words.count ? Array(words[number]) : nil
    }

    package func encode(_ bytes: [UInt8]) -> [UInt32] {
        var tokens: [UInt32] = []
        tokens.reserveCapacity(bytes.count / 4)
        let text = isLowercased ? Self.lowercase(bytes) : bytes
        let span = text.span
        WordSegments(pattern: pattern).forEach(in: span) { range in
            tokens.append(words.find(span, range).map { UInt32(Self.firstWord + $0) } ?? 0)
        }
        return tokens
    }

    package func decode(_ tokens: some Sequence<UInt32>) -> [UInt8] {
        var text: [UInt8] = []
        var spacing = WordSpacing()
        for token in tokens where token != documentBoundary {
            precondition(
                token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
            if token == 0 {
                spacing.append(Self.unknownSpelling[...], .word, to: &text)
            } else {
                let number = Int(token) - Self.firstWord
                spacing.append(words[number], joins[number], to: &text)
            }
        }
        return text
    }

    /// The word itself.
    package func spelling(of token: UInt32) -> [UInt8] {
        precondition(
            token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
        guard let word = word(token) else {
            return token == documentBoundary ? TokenSpelling.boundary : TokenSpelling.unknown
        }
        return TokenSpelling.ofText(word)
    }

    package func serialized() -> [UInt8] {
        NativeTokenizerFile.write(
            kind: kind,
            settings: [
                ("pattern", .string(Array(pattern.rawValue.utf8))),
                ("lowercased", .bool(isLowercased)),
            ],
            vocabulary: (0..<words.count).map { words[$0] })
    }

    /// Every scalar's simple lower-case form; malformed bytes stay.
    private static func lowercase(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        let span = bytes.span
        var position = 0
        while position < span.count {
            let step = ScalarStep(span, at: position, limit: span.count)
            if let scalar = step.scalar,
                let lower = Unicode.Scalar(
                    UInt32(bitPattern: utf8proc_tolower(Int32(bitPattern: scalar))))
            {
                result.append(contentsOf: UTF8.encode(lower) ?? .init())
            } else {
                result.append(span[position])
            }
            position += step.length
        }
        return result
    }
}
