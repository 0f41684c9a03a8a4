import Collapse
import Compute
import Settings
import Testing
import Text

/// Documents as lists of token ids.
func dataset(_ documents: [[UInt32]]) -> TokenDataset {
    var dataset = TokenDataset()
    for document in documents { dataset.append(document: document) }
    return dataset
}

@Suite struct SampleStatisticsTests {
    private func metrics(
        _ samples: [[UInt32]], heldOut: [[UInt32]] = [[1]], vocabulary: Int = 10
    ) -> [String: Double] {
        let values = SampleStatistics.metrics(
            of: dataset(samples),
            reference: SampleStatistics.Reference(dataset(heldOut), vocabularyCount: vocabulary),
            vocabularyCount: vocabulary)
        return Dictionary(
            values.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    @Test("Distinct n-grams, counted by hand; none crosses a document's end")
    func distinct() {
        let values = metrics([[1, 2, 1, 2], [1, 2, 3]])
        #expect(values["samples.distinct_1"] == 3.0 / 7)
        // 12 21 12 | 12 23
        #expect(values["samples.distinct_2"] == 3.0 / 5)
        // 121 212 | 123
        #expect(values["samples.distinct_3"] == 1)
        // 1212
        #expect(values["samples.distinct_4"] == 1)
    }

    @Test func coverage() {
        let values = metrics([[1, 2, 3]], heldOut: [[1, 2, 2, 3], [4]])
        #expect(values["samples.coverage_1"] == 4.0 / 5)
        // 12 22 23: the first and the last are covered.
        #expect(values["samples.coverage_2"] == 2.0 / 3)
        #expect(values["samples.coverage_4"] == 0)
    }

    @Test func entropyOfTwoEqualTokens() {
        let values = metrics([[1, 2, 1, 2]])
        #expect(abs((values["samples.unigram_entropy"] ?? 0) - 0.693_147_180_559_945_3) < 1e-15)
        #expect(values["samples.type_token_ratio"] == 0.5)
        #expect(values["samples.types"] == 2)
    }

    @Test("The longest repeat, against every pair of spans", arguments: 0..<40)
    func longestRepeat(seed: Int) {
        var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
        let documents = (0..<1 + random.below(4)).map { _ in
            (0..<random.below(30)).map { _ in UInt32(random.below(2 + seed % 4)) }
        }
        #expect(RepeatedSpan.longest(in: dataset(documents)) == bruteForce(documents))
    }

    private func bruteForce(_ documents: [[UInt32]]) -> Int {
        var longest = 0
        let indices = documents.indices.flatMap { d in documents[d].indices.map { (d, $0) } }
        for (i, a) in indices.enumerated() {
            for b in indices[(i + 1)...] {
                var length = 0
                while a.1 + length < documents[a.0].count, b.1 + length < documents[b.0].count,
                    documents[a.0][a.1 + length] == documents[b.0][b.1 + length]
                {
                    length += 1
                }
                longest = max(longest, length)
            }
        }
        return longest
    }

    @Test("Long n-grams of large vocabularies are mixed without losing equality")
    func mixing() {
        let set = NGramSet(
            of: dataset([[70_000, 1, 2, 3, 70_000, 1, 2, 3]]), length: 4, vocabularyCount: 100_000)
        #expect(set.occurrences.count == 5)
        #expect(set.distinctCount == 4)
    }
}
