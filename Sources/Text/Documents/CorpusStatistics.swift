/// The sizes of a corpus and what its held-out text shares with its training text.
package struct CorpusStatistics: Sendable, Hashable, Codable {
    /// The sizes of one split.
    package struct Part: Sendable, Hashable, Codable {
        /// The split that was counted.
        package var split: Split
        /// The number of documents, exact duplicates left out.
        package var documents: Int
        /// The UTF-8 bytes of all documents, without anything between them.
        package var bytes: Int
        /// Grapheme clusters.
        package var characters: Int
        /// Runs of letters and digits, lower-cased; every Han or kana character is one.
        package var words: Int
        /// Different words.
        package var types: Int
    }

    /// The length in words of the runs that overlap is counted in (Brown et al. 2020, appendix C).
    package static let gramLength = 13

    /// Train, validation, test.
    package var parts: [Part]
    /// For validation and test.
    package var overlaps: [Overlap]
    /// Exact duplicates that were left out when the corpus was built.
    package var duplicates: Int

    /// Counts everything.
    ///
    /// - Complexity: O(bytes); about 0.3 s for a million words of train.
    package init(of documents: SplitDocuments) {
        duplicates = documents.duplicates
        parts = Split.allCases.map { Part(split: $0, of: documents[$0]) }
        overlaps = [Split.validation, .test].map {
            Overlap(of: documents[$0], in: documents.train, split: $0)
        }
    }
}

extension CorpusStatistics.Part {
    fileprivate init(split: Split, of collection: DocumentCollection) {
        self.init(
            split: split, documents: collection.count, bytes: collection.byteCount,
            characters: 0, words: 0, types: 0)
        var types: Set<UInt64> = []
        for index in 0..<collection.count {
            let text = collection.bytes(of: index)
            characters += GraphemeClusters.count(in: text.span)
            let words = TextWords.hashes(of: text.span)
            self.words += words.count
            types.formUnion(words)
        }
        self.types = types.count
    }
}
