/// Byte-level byte-pair encoding (Sennrich et al. 2016 on bytes, as in GPT-2).
///
/// Text is cut into pieces by a ``PreTokenization``; within a piece the pair of neighbouring tokens
/// with the earliest merge becomes one token, until none is left. Vocabulary, merges and ids agree
/// with Hugging Face `tokenizers`. Every byte sequence round-trips, malformed UTF-8 included,
/// unless the tokenizer comes from a file that says otherwise: see ``isLossless``.
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
    /// The token of a byte that the vocabulary lacks; without one such a byte is left out.
    package let unknown: UInt32?
    /// Whether a piece that is a token is that token, whatever the merges would make of it.
    package let ignoresMerges: Bool
    /// What is done to text before anything else.
    let normalization: TextNormalization

    /// `decodedEnds[id] ..< decodedEnds[id + 1]` are the bytes of a token in `decodedBytes`.
    private let decodedEnds: [Int]
    private let decodedBytes: [UInt8]
    private let byteTokens: [UInt32?]
    private let isAdded: [Bool]
    /// The way of a text to its tokens, and the same with added tokens being sought.
    private let stages: BytePairStages
    private let recognizingStages: BytePairStages

    /// A tokenizer of parts that are known to fit together: see `TokenizerFile` for the checks.
    /// `byteTokens` holds the token of every byte that has one.
    init(
        vocabulary: [[UInt8]], merges: [TokenMerge], addedTokens: [AddedToken],
        documentBoundary: UInt32, byteTokens: [UInt32?], preTokenization: PreTokenization,
        normalization: TextNormalization = TextNormalization(forms: []),
        unknown: UInt32? = nil, ignoresMerges: Bool = false
    ) {
        self.vocabulary = vocabulary
        self.merges = merges
        self.addedTokens = addedTokens
        self.documentBoundary = documentBoundary
        self.byteTokens = byteTokens
        self.preTokenization = preTokenization
        self.normalization = normalization
        self.unknown = unknown
        self.ignoresMerges = ignoresMerges

        var isAdded = [Bool](repeating: false, count: vocabulary.count)
        var isHidden = isAdded
        for token in addedTokens {
            isAdded[Int(token.id)] = true
            isHidden[Int(token.id)] = token.isSpecial
        }
        var ends = [0]
        var bytes: [UInt8] = []
        for (id, token) in vocabulary.enumerated() {
            if !isHidden[id] { bytes.append(contentsOf: token) }
            ends.append(bytes.count)
        }
        decodedEnds = ends
        decodedBytes = bytes
        self.isAdded = isAdded

        let ownTokens = vocabulary.indices.filter { !isAdded[$0] }
            .map { (bytes: vocabulary[$0], id: UInt32($0)) }
        let pieces = PieceStage(
            preTokenization,
            PieceModel(
                byteTokens: byteTokens.map { $0 ?? unknown }, merges: MergeTable(merges),
                wholePieces: ignoresMerges ? PieceModel.WholePieces(ownTokens) : nil))
        func stages(_ plain: [AddedToken], _ normalized: [AddedToken]) -> BytePairStages {
            let inner = AddedTokenScanner(normalized) { normalization($0.content) }
            return ScanningStage(
                AddedTokenScanner(plain),
                then: NormalizingStage(normalization, then: ScanningStage(inner, then: pieces)))
        }
        self.stages = stages([], [])
        recognizingStages = stages(
            addedTokens.filter { !$0.isNormalized }, addedTokens.filter(\.isNormalized))
    }

    package var kind: TokenizerKind { .bpe }
    package var vocabularyCount: Int { vocabulary.count }

    /// False where a file's tokenizer normalises, adds a space in front or lacks bytes.
    package var isLossless: Bool {
        normalization.isEmpty && !preTokenization.addsPrefixSpace
            && byteTokens.allSatisfy { $0 != nil }
    }

    /// The ids of a text. The spelling of an added token is text like any other here.
    package func encode(_ bytes: [UInt8]) -> [UInt32] {
        encode(bytes, BytePairStream(stages))
    }

    private func encode(_ bytes: [UInt8], _ stream: consuming BytePairStream) -> [UInt32] {
        var tokens: [UInt32] = []
        tokens.reserveCapacity(bytes.count / 3)
        stream.encode(bytes.span, to: &tokens)
        return tokens
    }

    package func encode(documents: some Sequence<[UInt8]>) -> TokenDataset {
        var stream = BytePairStream(stages)
        var tokens: [UInt32] = []
        var offsets = [0]
        for document in documents {
            stream.encode(document.span, to: &tokens)
            offsets.append(tokens.count)
        }
        return TokenDataset(tokens: tokens, offsets: offsets)
    }

    package func makeStream() -> any TokenizerStream { BytePairStream(stages) }

    /// A stream in which the spelling of an added token stands for that token, as Hugging Face's
    /// `encode` has it: the one encoding that can contain ``documentBoundary``.
    package func makeStreamRecognizingAddedTokens() -> any TokenizerStream {
        BytePairStream(recognizingStages)
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

    /// What was encoded with ``makeStreamRecognizingAddedTokens()`` gives the same text again.
    package func text(of tokens: some Sequence<UInt32>) -> [UInt8] {
        tokens.flatMap { vocabulary[Int($0)] }
    }

    /// The token's bytes in the byte-level alphabet; an added token as it is, if that is plain
    /// ASCII.
    package func spelling(of token: UInt32) -> [UInt8] {
        let bytes = vocabulary[Int(token)]
        // What has the same plain spelling in a file is the same token, so that no other has this
        // one.
        guard isAdded[Int(token)] else { return TokenSpelling.ofBytes(bytes) }
        let isReserved = token == documentBoundary || token == unknown
        return isReserved && TokenSpelling.isReserved(bytes)
            ? bytes : TokenSpelling.ofText(bytes, needsASCII: true)
    }

    package func serialized() -> [UInt8] {
        HuggingFaceFile.write(self)
    }
}

extension BytePairTokenizer: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.preTokenization == right.preTokenization && left.vocabulary == right.vocabulary
            && left.merges == right.merges && left.addedTokens == right.addedTokens
            && left.documentBoundary == right.documentBoundary
            && left.normalization == right.normalization && left.unknown == right.unknown
            && left.ignoresMerges == right.ignoresMerges
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(vocabulary)
        hasher.combine(merges)
    }
}
