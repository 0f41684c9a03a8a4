extension CorpusStatistics {
    /// What held-out documents share with documents to learn from, in runs of words.
    package struct Overlap: Sendable, Hashable, Codable {
        /// The split that is held out, validation or test.
        package var split: Split
        /// Runs of ``CorpusStatistics/gramLength`` words, within documents.
        package var grams: Int
        /// Those of them that also occur in train.
        package var sharedGrams: Int
        /// All documents of the split.
        package var documents: Int
        /// Documents with at least one shared run.
        package var touchedDocuments: Int

        /// The share of runs that also occur in train, from 0 to 1; 0 for none.
        package var sharedShare: Double { grams == 0 ? 0 : Double(sharedGrams) / Double(grams) }
        /// The share of documents with a shared run, from 0 to 1; 0 for none.
        package var touchedShare: Double {
            documents == 0 ? 0 : Double(touchedDocuments) / Double(documents)
        }
    }
}

extension CorpusStatistics.Overlap {
    /// Counts which runs of words of held-out documents occur in others, of the same corpus or of
    /// another.
    ///
    /// - Parameters:
    ///   - heldOut: The documents that nothing should have learnt from.
    ///   - train: The documents that something learns from.
    ///   - split: The split that `heldOut` is of its corpus.
    /// - Complexity: O(bytes) time; about 100 bytes of memory for each word that is held out, and
    ///   none for those of `train` beyond one document's.
    package init(
        of heldOut: DocumentCollection, in train: DocumentCollection, split: Split = .test
    ) {
        self.init(
            split: split, grams: 0, sharedGrams: 0, documents: heldOut.count, touchedDocuments: 0)
        var wanted: Set<UInt64> = []
        for index in 0..<heldOut.count { wanted.formUnion(Self.grams(of: index, heldOut)) }
        var shared: Set<UInt64> = []
        for index in 0..<train.count where !wanted.isEmpty {
            for gram in Self.grams(of: index, train) where wanted.remove(gram) != nil {
                shared.insert(gram)
            }
        }
        for index in 0..<heldOut.count {
            let grams = Self.grams(of: index, heldOut)
            let count = grams.count { shared.contains($0) }
            self.grams += grams.count
            sharedGrams += count
            touchedDocuments += count > 0 ? 1 : 0
        }
    }

    private static func grams(of index: Int, _ documents: DocumentCollection) -> [UInt64] {
        TextWords.grams(
            of: TextWords.hashes(of: documents.bytes(of: index).span),
            length: CorpusStatistics.gramLength)
    }
}
