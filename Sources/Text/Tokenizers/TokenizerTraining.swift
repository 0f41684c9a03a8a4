/// A tokenizer in training on a text that comes in blocks.
///
/// Memory grows with what the vocabulary is chosen from (distinct pieces, words or clusters), not
/// with the text. The result is that of `TokenizerTrainer.train` on the same documents, however
/// they are cut into blocks.
package struct TokenizerTraining: Sendable {
    private let trainer: TokenizerTrainer
    private var counter: any VocabularyCounter

    init(_ trainer: TokenizerTrainer) {
        self.trainer = trainer
        counter = trainer.counter
    }

    /// Takes the next bytes of a document.
    package mutating func append(_ block: Span<UInt8>) {
        counter.append(block, isLast: false)
    }

    /// Ends a document; nothing is learnt across its end.
    package mutating func endDocument() {
        let nothing: [UInt8] = []
        counter.append(nothing.span, isLast: true)
    }

    /// Takes a whole document.
    package mutating func append(document: [UInt8]) {
        counter.append(document.span, isLast: true)
    }

    /// The tokenizer of everything so far; a document that has not ended ends here.
    package consuming func finish() -> any Tokenizer {
        endDocument()
        return counter.tokenizer(
            vocabularyCount: trainer.vocabularyCount, minimumCount: trainer.minimumCount)
    }
}

/// Counts what a vocabulary is chosen from.
protocol VocabularyCounter: Sendable {
    associatedtype Trained: Tokenizer

    /// Takes the next bytes of a document, which ends with them if they are the last.
    mutating func append(_ block: Span<UInt8>, isLast: Bool)
    /// Chooses the vocabulary; `nil` stands for the kind's default.
    func tokenizer(vocabularyCount: Int?, minimumCount: Int?) -> Trained
}

/// The bytes need no training.
struct NoCounter: VocabularyCounter {
    func append(_ block: Span<UInt8>, isLast: Bool) {}

    func tokenizer(vocabularyCount: Int?, minimumCount: Int?) -> ByteTokenizer { ByteTokenizer() }
}
