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
    /// Real text of token ids, whose words are their numbers.
    private func real(
        _ size: Int?, heldOut: [[UInt32]], train: [[UInt32]]? = nil, vocabulary: Int = 10
    ) -> RealText {
        let train = dataset(train ?? heldOut)
        return RealText(
            sampleSize: size, heldOut: dataset(heldOut), initial: train, train: train,
            vocabularyCount: vocabulary,
            key: RandomKey(seed: 1, purpose: .test),
            decode: { Array($0.map(String.init).joined(separator: " ").utf8) })
    }

    private func metrics(
        _ samples: [[UInt32]], heldOut: [[UInt32]] = [[1]], vocabulary: Int = 10
    ) -> [String: Double] {
        let count = samples.reduce(0) { $0 + $1.count }
        return named(
            SampleStatistics.metrics(
                of: dataset(samples), real: real(count, heldOut: heldOut, vocabulary: vocabulary),
                groups: Set(SampleMetricGroup.allCases)))
    }

    private func named(_ values: [MetricValue]) -> [String: Double] {
        Dictionary(
            values.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private struct Reference: Decodable {
        struct Case: Decodable {
            var documents: [[UInt32]]
            var self_bleu_4: Double
            var mtld: Double
            var zipf_exponent: Double
            var heaps_exponent: Double
            var js_2: Double
        }

        var other: [[UInt32]]
        var cases: [Case]
    }

    @Test("Self-BLEU, MTLD, exponents and divergence are those of nltk, lexicalrichness and scipy")
    func agreesWithReferences() throws {
        let reference = try fixture(
            "TextStatistics/statistics.json", as: Reference.self)
        for example in reference.cases {
            let values = metrics(
                example.documents, heldOut: reference.other, vocabulary: 256)
            for (name, expected, tolerance) in [
                ("self_bleu_4", example.self_bleu_4, 1e-12), ("mtld", example.mtld, 1e-9),
                ("zipf_exponent", example.zipf_exponent, 1e-7),
                ("heaps_exponent", example.heaps_exponent, 1e-12), ("js_2", example.js_2, 1e-12),
            ] {
                let value = try #require(values["samples." + name])
                #expect(abs(value - expected) <= tolerance * max(1, expected), "\(name)")
            }
        }
    }

    @Test("What a fixed model's samples show does not depend on how many there are")
    func fixedSize() throws {
        // Two hundred documents of one source, and twice as many that begin with them.
        func documents(_ count: Int) -> [[UInt32]] {
            var random = RandomStream(RandomKey(seed: 5, purpose: .test))
            return (0..<count).map { _ in
                (0..<50).map { _ in UInt32(Double(200) * random.uniform() * random.uniform()) }
            }
        }
        let text = real(2_000, heldOut: documents(60), vocabulary: 200)
        let few = named(SampleStatistics.metrics(of: dataset(documents(200)), real: text))
        let many = named(SampleStatistics.metrics(of: dataset(documents(400)), real: text))
        for (name, value) in few where name != "samples.documents" {
            #expect(many[name] == value, "\(name)")
        }
        // Without a fixed size the types of the one are more than those of the other.
        #expect(few["samples.tokens"] == 2_000)
    }

    @Test("Real text has the statistics of real text beside it")
    func realReference() throws {
        var random = RandomStream(RandomKey(seed: 6, purpose: .test))
        func text(_ count: Int) -> [[UInt32]] {
            (0..<count).map { _ in
                (0..<50).map { _ in UInt32(Double(100) * random.uniform() * random.uniform()) }
            }
        }
        let (heldOut, train, samples) = (text(400), text(400), text(400))
        let values = named(
            SampleStatistics.metrics(
                of: dataset(samples),
                real: real(5_000, heldOut: heldOut, train: train, vocabulary: 100),
                groups: Set(SampleMetricGroup.allCases)))
        for name in ["distinct_2", "types", "js_1", "js_2", "coverage_2", "rep_2", "zipf_exponent"]
        {
            let (own, reference) = (
                try #require(values["samples." + name]), try #require(values["heldout." + name])
            )
            #expect(abs(own - reference) < 0.04 * reference + 0.002, "\(name): \(own) \(reference)")
        }
    }

    @Test("Where there are fewer tokens than statistics are taken on, there are none")
    func tooFew() {
        let samples: [[UInt32]] = [[1, 2, 3], [4, 5]]
        let values = named(
            SampleStatistics.metrics(
                of: dataset(samples), real: real(6, heldOut: [[1, 2, 3, 4, 5, 6]])))
        #expect(values["samples.tokens"] == 5)
        #expect(values["samples.documents"] == 2)
        #expect(values["samples.distinct_1"] == nil)
        #expect(values["heldout.distinct_1"] == 1)
        let short = named(
            SampleStatistics.metrics(of: dataset(samples), real: real(4, heldOut: [[1, 2]])))
        #expect(short["samples.distinct_1"] == 1)
        #expect(short["heldout.distinct_1"] == nil)
        let none = named(
            SampleStatistics.metrics(of: dataset([]), real: real(4, heldOut: [[1, 2]])))
        #expect(none["samples.distinct_1"] == nil)
    }

    @Test("What is memorised and invented, counted by hand")
    func overlap() {
        let long: [UInt32] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        let text = real(18, heldOut: [long + long], train: [long, [9, 9, 9]])
        let values = named(
            SampleStatistics.metrics(
                of: dataset([long, [1, 2, 3, 4, 5, 6, 7, 8, 8]]), real: text,
                groups: Set(SampleMetricGroup.allCases)))
        // 8-grams: two of the first document, 1-8 again and 2-8 8 of the second.
        #expect(values["samples.memorised_8"] == 0.75)
        #expect(values["samples.invented_8"] == 0.25)
    }

    @Test("Sentences end at line ends, and at marks before white space")
    func sentences() {
        let text = "One. Two!  One.\nThree 3.5 e.g. four?\n\nOne."
        let sample = TextSample(dataset([[1]]), vocabularyCount: 2) { _ in Array(text.utf8) }
        #expect(
            sample.sentences.map { String(decoding: $0, as: UTF8.self) } == [
                "One.", "Two!", "One.", "Three 3.5 e.g.", "four?", "One.",
            ])
        #expect(sample.words.count == 8)
    }

    @Test("Types of generation 0 survive by how frequent they were")
    func survival() {
        // The types 0 to 9 occur 1 to 10 times in the real sample.
        let train: [[UInt32]] = [
            (0..<10).flatMap { id in Array(repeating: UInt32(id), count: id + 1) }
        ]
        let values = named(
            SampleStatistics.metrics(
                of: dataset([[9, 8, 7, 9]]), real: real(4, heldOut: [[1, 2, 3, 4]], train: train)))
        #expect(
            (1...10).map { values["samples.survival_\($0)"] } == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
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
