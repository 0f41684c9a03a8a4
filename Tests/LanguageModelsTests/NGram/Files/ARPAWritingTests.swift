import Compute
import LanguageModels
import Testing
import Text

@Suite struct ARPAWritingTests {
    /// Words of 1 to 40 bytes in lines that repeat themselves, enough for several blocks of
    /// n-grams.
    static let text: [UInt8] = {
        let dataset = randomDocuments(seed: 11, documents: 1_500, vocabularyCount: 120)
        var text: [UInt8] = []
        for document in 0..<dataset.documentCount {
            for token in dataset.document(document) {
                text += Array(repeating: 0x61 + UInt8(token % 26), count: 1 + Int(token) / 3)
                text.append(0x20)
            }
            text.append(0x0A)
        }
        return text
    }()

    private func options(
        _ order: Int, _ smoothing: NGramSmoothing = .modifiedKneserNey
    ) -> NGramTrainingOptions {
        NGramTrainingOptions(
            configuration: NGramConfiguration(
                order: order, smoothing: smoothing, countsOfCounts: .lmplz))
    }

    @Test(arguments: [1, 2, 3, 5, 8], [NGramSmoothing.modifiedKneserNey, .wittenBell])
    func writtenLevelByLevelOrFromAModelTheBytesAreTheSame(
        order: Int, smoothing: NGramSmoothing
    ) throws {
        let options = self.options(order, smoothing)
        let (bytes, summary) = try writtenARPA(Self.text, options: options)
        for workers in [1, 3] {
            #expect(try writtenARPA(Self.text, options: options, workers: workers).bytes == bytes)
        }
        var position = 0
        let read = try NGramTrainer.model(
            from: { _ in
                defer { position = Self.text.count }
                return Array(Self.text[position...])
            }, options: options, pool: WorkerPool(count: 2))
        var written: [UInt8] = []
        try read.model.writeARPA(vocabulary: read.vocabulary, pool: WorkerPool(count: 2)) {
            written.append(contentsOf: $0)
        }
        #expect(written == bytes)
        #expect(try read.model.arpa(vocabulary: read.vocabulary) == bytes)
        #expect(summary.vocabularyCount == read.vocabulary.count)
        #expect(summary.orders.map(\.kept) == (1...order).map { read.model.trie.level($0).count })
        #expect(summary.orders.compactMap(\.discounts) == read.model.discounts)
        // From tokens, too.
        let dataset = NGramTextDataset(Self.text, read.vocabulary).dataset
        var third: [UInt8] = []
        let again = try NGramTrainer.writeARPA(
            from: dataset, vocabulary: read.vocabulary, options: options,
            pool: WorkerPool(count: 2)
        ) { third.append(contentsOf: $0) }
        #expect(third == bytes && again == summary)
    }

    /// Seven decimals of log10, for probabilities of every size.
    @Test func numbersAreRoundedToSevenDecimals() throws {
        let read = try trained(options(4))
        let table = arpaTable(try read.model.arpa(vocabulary: read.vocabulary))
        var nodes = 0
        func visit(_ context: Int, _ words: [[UInt8]], _ length: Int) throws {
            for node in read.model.trie.successors(of: context) {
                let token = read.model.trie.tokens[node]
                let isStart = token == 0 && length < 3
                let path = words + [Array(read.vocabulary[token])]
                let found = try #require(table[Array(path.joined(separator: [0x20]))])
                let expected = Elementary.log(read.model.probabilities[node]) / Elementary.log(10)
                #expect(abs(found[0] - expected) < 5.001e-8)
                nodes += 1
                guard node < read.model.trie.contextCount else { continue }
                let next = isStart && length == 0 ? [Array("<s>".utf8)] : path
                try visit(node, next, length + 1)
            }
        }
        try visit(0, [], 0)
        #expect(nodes == read.model.trie.nodeCount - 1)
    }

    private func trained(_ options: NGramTrainingOptions) throws -> NGramTextModel {
        var rest = Self.text
        return try NGramTrainer.model(
            from: { _ in
                defer { rest = [] }
                return rest
            }, options: options, pool: WorkerPool(count: 2))
    }

    @Test func impossibleAndVeryImprobableTokensHaveNumbersToo() throws {
        // Under maximum likelihood unseen tokens have none; with many types the rarest are below
        // 1e-10.
        let vocabulary = try NGramVocabulary(
            words: [[]] + (1..<4).map { Array("w\($0)".utf8) }, boundary: 0, unknown: nil)
        let model = try NGramModel(
            training: TokenDataset(tokens: [1, 1, 2], offsets: [0, 2, 3]),
            weights: [1e12, 1], vocabularyCount: 4, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        let table = arpaTable(try model.arpa(vocabulary: vocabulary))
        #expect(table[Array("w3".utf8)]?[0] == -99)
        let rare = try #require(table[Array("w2".utf8)])
        #expect(abs(rare[0] - -12.4771213) < 1e-7)
        // One in a context with nothing else, and the start.
        #expect(table[Array("w2 </s>".utf8)]?[0] == 0)
        #expect(table[Array("<s>".utf8)]?[0] == 0)
    }

    @Test func addKHasNoARPAForm() throws {
        let vocabulary = try NGramVocabulary(
            words: (0..<20).map { Array("\($0)".utf8) }, boundary: 0, unknown: nil)
        let dataset = randomDocuments(seed: 1)
        let configuration = NGramConfiguration(order: 2, smoothing: .addK)
        let model = try NGramModel(
            training: dataset, vocabularyCount: 20, boundary: 0, configuration: configuration)
        #expect(throws: NGramError(.noBackOffForm(.addK))) {
            try model.arpa(vocabulary: vocabulary)
        }
        #expect(throws: NGramError(.noBackOffForm(.addK))) {
            try writtenARPA(Self.text, options: options(2, .addK))
        }
    }

    private struct Full: Error {}

    @Test(arguments: [0, 1, 5, 9])
    func aSinkThatFailsIsNotAskedAgain(after: Int) throws {
        var calls = 0
        var rest = Self.text
        #expect(throws: Full.self) {
            try NGramTrainer.writeARPA(
                from: { _ in
                    defer { rest = [] }
                    return rest
                }, options: options(5), pool: WorkerPool(count: 3)
            ) { _ in
                calls += 1
                if calls > after { throw Full() }
            }
        }
        #expect(calls == after + 1)
    }
}

/// Lines of words as documents of ids.
struct NGramTextDataset {
    var dataset = TokenDataset()

    init(_ text: [UInt8], _ vocabulary: NGramVocabulary) {
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            dataset.append(
                document: line.split(separator: 0x20).map { vocabulary.id(of: Array($0)) ?? 1 })
        }
    }
}
