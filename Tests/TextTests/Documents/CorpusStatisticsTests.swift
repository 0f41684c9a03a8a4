import Testing
import Text

@Suite struct CorpusStatisticsTests {
    private func collection(_ texts: [String]) -> DocumentCollection {
        DocumentCollection(texts.map { Array($0.utf8) })
    }

    private func words(_ range: Range<Int>) -> String {
        range.map { "w\($0)" }.joined(separator: " ")
    }

    @Test func sizesAreCounted() {
        let statistics = CorpusStatistics(
            of: SplitDocuments(
                train: collection(["The cat's hat, the CAT’S \"hat\"!", "naïve e\u{301} 12"]),
                validation: collection([]), test: collection(["日本語 abc"]), duplicates: 3))
        let train = statistics.parts[0]
        #expect(train.documents == 2)
        #expect(train.bytes == 33 + 13)
        #expect(train.characters == 31 + 10)
        // the cat's hat the cat's hat; naïve é 12
        #expect(train.words == 9)
        #expect(train.types == 6)
        #expect(statistics.parts[1].documents == 0)
        #expect(statistics.parts[2].words == 4)
        #expect(statistics.duplicates == 3)
    }

    @Test func overlapIsInRunsOfThirteenWords() {
        let train = [words(0..<20), words(100..<112)]
        let test = [
            // 8 runs, all of them in train, whatever the case and the punctuation.
            words(0..<20).uppercased().replacingOccurrences(" ", ", "),
            // 13 runs, of which those within 7 ..< 20 are shared: 1.
            words(7..<20) + " " + words(200..<212),
            // Twelve words make no run.
            words(0..<12),
            // A run that is not in one document of train.
            words(8..<20) + " " + words(100..<101),
        ]
        let statistics = CorpusStatistics(
            of: SplitDocuments(
                train: collection(train), validation: collection([]), test: collection(test),
                duplicates: 0))
        let overlap = statistics.overlaps[1]
        #expect(overlap.split == .test)
        #expect(overlap.grams == 8 + 13 + 0 + 1)
        #expect(overlap.sharedGrams == 8 + 1)
        #expect(overlap.touchedDocuments == 2)
        #expect(overlap.touchedShare == 0.5)
        #expect(statistics.overlaps[0].sharedShare == 0)
    }

    @Test func overlapIsCountedBetweenCorpora() {
        let train = collection([words(0..<20), words(5..<25), words(300..<330)])
        let heldOut = collection([
            words(4..<20) + " " + words(0..<13), words(400..<430), words(300..<313), words(0..<5),
        ])
        let overlap = CorpusStatistics.Overlap(of: heldOut, in: train, split: .validation)
        #expect(overlap.split == .validation)
        #expect(overlap.grams == 17 + 18 + 1)
        // 4 runs within 4 ..< 20, 0 ..< 13, and the whole of the third document.
        #expect(overlap.sharedGrams == 4 + 1 + 1)
        #expect(overlap.documents == 4)
        #expect(overlap.touchedDocuments == 2)
        let documents = SplitDocuments(
            train: train, validation: heldOut, test: collection([]), duplicates: 0)
        #expect(CorpusStatistics(of: documents).overlaps[0] == overlap)
        #expect(
            CorpusStatistics.Overlap(of: heldOut, in: collection([])).sharedShare == 0)
        #expect(CorpusStatistics.Overlap(of: collection([]), in: train).touchedShare == 0)
    }
}

extension String {
    fileprivate func replacingOccurrences(_ old: Character, _ new: String) -> String {
        map { $0 == old ? new : String($0) }.joined()
    }
}
