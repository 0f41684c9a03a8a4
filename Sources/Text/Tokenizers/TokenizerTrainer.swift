/// What a specification says about a tokenizer: its kind and what its vocabulary may hold.
package struct TokenizerTrainer: Sendable, Hashable, Codable {
    /// The kind of tokenizer; settings of other kinds are ignored.
    package var kind: TokenizerKind
    /// The largest vocabulary, special tokens included. `nil`: 4,096 for BPE, otherwise no limit.
    package var vocabularyCount: Int?
    /// How often an entry must occur. `nil`: the kind's own default.
    package var minimumCount: Int?
    /// Words only: whether case is ignored.
    package var lowercased: Bool
    /// Words only: how text is cut.
    package var pattern: WordPattern
    /// BPE only: how text is cut before merging.
    package var preTokenization: PreTokenization

    package init(
        kind: TokenizerKind, vocabularyCount: Int? = nil, minimumCount: Int? = nil,
        lowercased: Bool = false, pattern: WordPattern = .words,
        preTokenization: PreTokenization = .gpt2
    ) {
        self.kind = kind
        self.vocabularyCount = vocabularyCount
        self.minimumCount = minimumCount
        self.lowercased = lowercased
        self.pattern = pattern
        self.preTokenization = preTokenization
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
        var training = begin()
        for document in documents { training.append(document: document) }
        return training.finish()
    }

    /// Begins training on a text that comes in blocks.
    package func begin() -> TokenizerTraining {
        let smallest = Self.minimumVocabularyCount(of: kind)
        precondition(
            vocabularyCount ?? smallest >= smallest,
            "a \(kind.rawValue) vocabulary has at least \(smallest) entries, not \(vocabularyCount ?? 0)"
        )
        return TokenizerTraining(self)
    }

    var counter: any VocabularyCounter {
        switch kind {
        case .byte: NoCounter()
        case .character: CharacterTokenizer.ClusterCounter()
        case .word: WordTokenizer.WordCounter(pattern: pattern, lowercased: lowercased)
        case .bpe: BytePairTokenizer.PieceCounter(preTokenization)
        }
    }
}
