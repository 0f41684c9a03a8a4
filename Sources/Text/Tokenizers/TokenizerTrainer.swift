/// What a specification says about a tokenizer: its kind and what its vocabulary may hold.
package struct TokenizerTrainer: Sendable, Hashable, Codable {
    package var kind: TokenizerKind
    /// The largest vocabulary, special tokens included. `nil`: 4,096 for BPE, otherwise no limit.
    package var vocabularyCount: Int?
    /// How often an entry must occur. `nil`: the kind's own default.
    package var minimumCount: Int?
    /// Words only: whether case is ignored.
    package var lowercased: Bool
    /// Words only: how text is cut.
    package var pattern: WordPattern

    package init(
        kind: TokenizerKind, vocabularyCount: Int? = nil, minimumCount: Int? = nil,
        lowercased: Bool = false, pattern: WordPattern = .words
    ) {
        self.kind = kind
        self.vocabularyCount = vocabularyCount
        self.minimumCount = minimumCount
        self.lowercased = lowercased
        self.pattern = pattern
    }

    /// The smallest vocabulary that each kind can have; `train` requires it.
    package static func minimumVocabularyCount(of kind: TokenizerKind) -> Int {
        switch kind {
        case .byte, .character, .bpe: 257
        case .word: 2
        }
    }

    /// Makes the tokenizer from the training documents. The result depends on nothing else.
    package func train(on documents: some Sequence<[UInt8]>) -> any Tokenizer {
        switch kind {
        case .byte:
            ByteTokenizer()
        case .character:
            CharacterTokenizer.train(
                on: documents, vocabularyCount: vocabularyCount, minimumCount: minimumCount ?? 1)
        case .word:
            WordTokenizer.train(
                on: documents, vocabularyCount: vocabularyCount, minimumCount: minimumCount ?? 2,
                pattern: pattern, lowercased: lowercased)
        case .bpe:
            BytePairTokenizer.train(
                on: documents, vocabularyCount: vocabularyCount ?? 4_096,
                minimumCount: minimumCount ?? 0)
        }
    }
}
