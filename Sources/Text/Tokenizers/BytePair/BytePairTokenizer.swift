/// Byte-level byte-pair encoding (Sennrich et al. 2016 on bytes, as in GPT-2).
///
/// Text is cut into pieces by a ``PreTokenization``; within a piece the pair of neighbouring tokens
/// with the earliest merge becomes one token, until none is left. Every byte sequence round-trips,
/// malformed UTF-8 included. Vocabulary, merges and ids agree with Hugging Face `tokenizers`.
package struct BytePairTokenizer: Tokenizer {
    /// The spelling of the boundary in a tokenizer trained here.
    package static let boundarySpelling = Array("<|endoftext|>".utf8)
    /// The smallest vocabulary: the bytes and the boundary.
    package static let minimumVocabularyCount = 257

    /// How text is cut before merging.
    package let preTokenization: PreTokenization
    /// The bytes of every token by id; the spelling for added tokens.
    package let vocabulary: [[UInt8]]
    /// The merges by rank.
    package let merges: [TokenMerge]
    /// The tokens outside the merges, by rising id.
    package let addedTokens: [AddedToken]
    package let documentBoundary: UInt32

    private let mergeTable: MergeTable
    private let byteTokens: [UInt32]
    /// `decodedEnds[id] ..< decodedEnds[id + 1]` are the bytes of a token in `decodedBytes`.
    private let decodedEnds: [Int]
    private let decodedBytes: [UInt8]

    /// A tokenizer of parts that are known to fit together: see `TokenizerFile` for the checks.
    init(
        vocabulary: [[UInt8]], merges: [TokenMerge], addedTokens: [AddedToken],
        documentBoundary: UInt32, byteTokens: [UInt32], preTokenization: PreTokenization
    ) {
        self.vocabulary = vocabulary
        self.merges = merges
        self.addedTokens = addedTokens
        self.documentBoundary = documentBoundary
        self.byteTokens = byteTokens
        self.preTokenization = preTokenization
        mergeTable = MergeTable(merges)
        var isHidden = [Bool](repeating: false, count: vocabulary.count)
        for token in addedTokens where token.isSpecial { isHidden[Int(token.id)] = true }
        var ends = [0]
        var bytes: [UInt8] = []
        for (id, token) in vocabulary.enumerated() {
            if !isHidden[id] { bytes.append(contentsOf: token) }
            ends.append(bytes.count)
        }
        decodedEnds = ends
        decodedBytes = bytes
    }

    /// Learns a vocabulary.
    ///
    /// The result is that of Hugging Face's `BpeTrainer(vocab_size:special_tokens:initial_alphabet:)`
    /// with the `ByteLevel` pre-tokenizer: id 0 is `<|endoftext|>`, ids 1 ... 256 are the bytes in the
    /// order of ``ByteLevelAlphabet``, and then come the merges' results in order. It does not depend
    /// on the order of the documents.
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
        var counter = PieceCounter(rule: preTokenization)
        for document in documents { counter.add(document) }
        var trainer = BytePairTrainer(
            pieces: counter.pieces, pieceCounts: counter.counts, boundary: boundarySpelling)
        trainer.train(vocabularyCount: vocabularyCount, minimumCount: minimumCount)
        var byteTokens = [UInt32](repeating: 0, count: 256)
        for (index, byte) in ByteLevelAlphabet.orderedBytes.enumerated() {
            byteTokens[Int(byte)] = UInt32(index + 1)
        }
        return BytePairTokenizer(
            vocabulary: (0..<trainer.tokens.count).map { Array(trainer.tokens[$0]) },
            merges: trainer.merges,
            addedTokens: [
                AddedToken(id: 0, content: boundarySpelling, isSpecial: true, isNormalized: false)
            ],
            documentBoundary: 0, byteTokens: byteTokens, preTokenization: preTokenization)
    }

    package var kind: TokenizerKind { .bpe }
    package var vocabularyCount: Int { vocabulary.count }
    package var unknown: UInt32? { nil }
    package var isLossless: Bool { true }

    /// The ids of a text. The spelling of an added token is text like any other here.
    package func encode(_ bytes: [UInt8]) -> [UInt32] {
        var tokens: [UInt32] = []
        tokens.reserveCapacity(bytes.count / 3)
        var encoder = makeEncoder()
        encoder.encode(bytes.span, 0..<bytes.count, into: &tokens)
        return tokens
    }

    /// The ids of a text in which the spelling of an added token stands for that token, as Hugging
    /// Face's `encode` has it: the one encoding that can contain ``documentBoundary``.
    package func encodeRecognizingAddedTokens(_ bytes: [UInt8]) -> [UInt32] {
        var tokens: [UInt32] = []
        var encoder = makeEncoder()
        let first = AddedTokenSplitter(addedTokens.filter { !$0.isNormalized })
        let second = AddedTokenSplitter(addedTokens.filter(\.isNormalized))
        first.forEach(in: bytes, 0..<bytes.count) { range, token in
            if let token { return tokens.append(token.id) }
            second.forEach(in: bytes, range) { range, token in
                if let token { return tokens.append(token.id) }
                encoder.encode(bytes.span, range, into: &tokens)
            }
        }
        return tokens
    }

    package func encode(documents: some Sequence<[UInt8]>) -> TokenDataset {
        var encoder = makeEncoder()
        var tokens: [UInt32] = []
        var offsets = [0]
        for document in documents {
            encoder.encode(document.span, 0..<document.count, into: &tokens)
            offsets.append(tokens.count)
        }
        return TokenDataset(tokens: tokens, offsets: offsets)
    }

    package func decode(_ tokens: some Sequence<UInt32>) -> [UInt8] {
        var bytes: [UInt8] = []
        for token in tokens {
            precondition(
                token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
            bytes.append(
                contentsOf: decodedBytes[decodedEnds[Int(token)]..<decodedEnds[Int(token) + 1]])
        }
        return bytes
    }

    package func serialized() -> [UInt8] {
        HuggingFaceFile.write(self)
    }

    private func makeEncoder() -> BytePairEncoder {
        BytePairEncoder(merges: mergeTable, byteTokens: byteTokens, rule: preTokenization)
    }
}

extension BytePairTokenizer: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.preTokenization == right.preTokenization && left.vocabulary == right.vocabulary
            && left.merges == right.merges && left.addedTokens == right.addedTokens
            && left.documentBoundary == right.documentBoundary
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(vocabulary)
        hasher.combine(merges)
    }
}

/// The distinct pieces of a text with their counts, in order of first appearance.
private struct PieceCounter {
    private let splitter: PreTokenSplitter
    private(set) var pieces = ByteStringTable(minimumCapacity: 1 << 14)
    private(set) var counts: [Int] = []

    init(rule: PreTokenization) {
        splitter = PreTokenSplitter(rule: rule)
    }

    mutating func add(_ document: [UInt8]) {
        let bytes = document.span
        var start = 0
        while start < bytes.count {
            let end = splitter.end(of: bytes, from: start, limit: bytes.count)
            let number = pieces.intern(bytes, start..<end)
            if number == counts.count { counts.append(0) }
            counts[number] += 1
            start = end
        }
    }
}
