extension BytePairTokenizer {
    /// Learns a vocabulary.
    ///
    /// The result is that of Hugging Face's
    /// `BpeTrainer(vocab_size:special_tokens:initial_alphabet:)` with the pre-tokenizer of the same
    /// rule: id 0 is `<|endoftext|>`, ids 1 ... 256 are the bytes in the order of
    /// ``ByteLevelAlphabet``, and then come the merges' results in order. It does not depend on the
    /// order of the documents.
    ///
    /// - Parameters:
    ///   - documents: The training text.
    ///   - vocabularyCount: The number of ids, at least ``minimumVocabularyCount``. There are fewer
    ///     when the text has no more pairs to merge.
    ///   - minimumCount: How often a pair must occur to be merged.
    ///   - preTokenization: How text is cut before merging.
    /// - Returns: The trained tokenizer.
    /// - Complexity: Linear in the text for counting its distinct pieces; then every merge costs in
    ///   proportion to the words it changes.
    package static func train(
        on documents: some Sequence<[UInt8]>, vocabularyCount: Int, minimumCount: Int = 0,
        preTokenization: PreTokenization = .gpt2
    ) -> BytePairTokenizer {
        precondition(
            vocabularyCount >= minimumVocabularyCount,
            "a byte-pair vocabulary has at least \(minimumVocabularyCount) entries, not \(vocabularyCount)"
        )
        var counter = PieceCounter(preTokenization)
        for document in documents { counter.append(document.span, isLast: true) }
        return counter.tokenizer(vocabularyCount: vocabularyCount, minimumCount: minimumCount)
    }

    /// The training text, read in blocks.
    struct PieceCounter: VocabularyCounter {
        private let rule: PreTokenization
        private var stream: PieceStream
        private var pieces = CountedStrings()

        init(_ rule: PreTokenization) {
            self.rule = rule
            stream = PieceStream(rule)
        }

        mutating func append(_ block: Span<UInt8>, isLast: Bool) {
            Self.count(block, isLast, &stream, &pieces)
        }

        /// Takes the fields apart, so that one can change while the other lends its text.
        private static func count(
            _ block: Span<UInt8>, _ isLast: Bool, _ stream: inout PieceStream,
            _ pieces: inout CountedStrings
        ) {
            stream.append(block, 0..<block.count, isLast: isLast) { text, piece in
                pieces.add(text, piece)
            }
        }

        func tokenizer(vocabularyCount: Int?, minimumCount: Int?) -> BytePairTokenizer {
            var trainer = BytePairTrainer(pieces, boundary: boundarySpelling)
            trainer.train(
                vocabularyCount: vocabularyCount ?? 4_096, minimumCount: minimumCount ?? 0)
            var byteTokens = [UInt32?](repeating: nil, count: 256)
            for (index, byte) in ByteLevelAlphabet.orderedBytes.enumerated() {
                byteTokens[Int(byte)] = UInt32(index + 1)
            }
            let boundary = AddedToken(
                id: 0, content: boundarySpelling, isSpecial: true, isNormalized: false)
            return BytePairTokenizer(
                vocabulary: (0..<trainer.tokens.count).map { Array(trainer.tokens[$0]) },
                merges: trainer.merges, addedTokens: [boundary], documentBoundary: 0,
                byteTokens: byteTokens, preTokenization: rule)
        }
    }
}
