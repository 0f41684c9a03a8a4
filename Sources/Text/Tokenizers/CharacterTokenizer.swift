/// Grapheme clusters (what a reader calls a character), with single bytes for everything unseen.
///
/// Ids 0 ... 255 are the bytes, 256 is the document boundary, and from 257 on come the clusters of
/// more than one byte that were seen in training, by falling count, ties by rising bytes. A cluster
/// of one byte *is* its byte token, so English text needs hardly more than the bytes. A cluster
/// outside the vocabulary is spelled in byte tokens: every byte sequence round-trips.
package struct CharacterTokenizer: Tokenizer, Hashable {
    private static let firstCluster = 257

    private let clusters: ByteStringVocabulary

    /// A tokenizer over the given clusters.
    ///
    /// - Returns: `nil` if a cluster occurs twice or has fewer than two bytes.
    package init?(clusters: [[UInt8]]) {
        guard clusters.allSatisfy({ $0.count > 1 }),
            let vocabulary = ByteStringVocabulary(distinct: clusters)
        else { return nil }
        self.clusters = vocabulary
    }

    private init(clusters: ByteStringVocabulary) {
        self.clusters = clusters
    }

    /// The tokenizer of the clusters that occur in `documents`.
    ///
    /// - Parameters:
    ///   - documents: The training text.
    ///   - vocabularyCount: The largest vocabulary, bytes and boundary included (at least 257);
    ///     `nil` keeps every cluster.
    ///   - minimumCount: How often a cluster must occur to be kept.
    /// - Returns: A tokenizer that depends on the clusters and their counts only.
    package static func train(
        on documents: some Sequence<[UInt8]>, vocabularyCount: Int? = nil, minimumCount: Int = 1
    ) -> CharacterTokenizer {
        precondition(
            vocabularyCount ?? firstCluster >= firstCluster,
            "a character vocabulary has at least \(firstCluster) entries, not \(vocabularyCount ?? 0)"
        )
        var counter = ClusterCounter()
        for document in documents { counter.append(document.span, isLast: true) }
        return counter.tokenizer(vocabularyCount: vocabularyCount, minimumCount: minimumCount)
    }

    /// The training text, read in blocks.
    struct ClusterCounter: VocabularyCounter {
        private var lines = WholeLines()
        private var clusters = CountedStrings()

        mutating func append(_ block: Span<UInt8>, isLast: Bool) {
            let text = lines.append(block, isLast: isLast)
            for range in GraphemeClusters.ranges(in: text) where range.count > 1 {
                clusters.add(text.span, range)
            }
        }

        func tokenizer(vocabularyCount: Int?, minimumCount: Int?) -> CharacterTokenizer {
            CharacterTokenizer(
                clusters: ByteStringVocabulary(
                    counting: clusters, minimumCount: minimumCount ?? 1,
                    maximumCount: vocabularyCount.map { $0 - firstCluster }))
        }
    }

    package var kind: TokenizerKind { .character }
    package var vocabularyCount: Int { Self.firstCluster + clusters.count }
    package var documentBoundary: UInt32 { 256 }
    package var unknown: UInt32? { nil }
    package var isLossless: Bool { true }

    package func encode(_ bytes: [UInt8]) -> [UInt32] {
        var tokens: [UInt32] = []
        tokens.reserveCapacity(bytes.count)
        let span = bytes.span
        for range in GraphemeClusters.ranges(in: bytes) {
            if range.count > 1, let number = clusters.find(span, range) {
                tokens.append(UInt32(Self.firstCluster + number))
            } else {
                for index in range { tokens.append(UInt32(span[index])) }
            }
        }
        return tokens
    }

    package func decode(_ tokens: some Sequence<UInt32>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(tokens.underestimatedCount)
        for token in tokens where token != documentBoundary {
            precondition(
                token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
            if token < 256 {
                bytes.append(UInt8(truncatingIfNeeded: token))
            } else {
                bytes.append(contentsOf: clusters[Int(token) - Self.firstCluster])
            }
        }
        return bytes
    }

    package func spelling(of token: UInt32) -> [UInt8] {
        precondition(
            token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
        if token == documentBoundary { return TokenSpelling.boundary }
        return token < 256
            ? TokenSpelling.ofBytes(CollectionOfOne(UInt8(truncatingIfNeeded: token)))
            : TokenSpelling.ofBytes(clusters[Int(token) - Self.firstCluster])
    }

    package func serialized() -> [UInt8] {
        NativeTokenizerFile.write(
            kind: kind, vocabulary: (0..<clusters.count).map { clusters[$0] })
    }
}
