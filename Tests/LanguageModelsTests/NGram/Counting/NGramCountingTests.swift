import Compute
import LanguageModels
import Testing
import Text

/// Counting against dictionaries, and what a model may not depend on.
@Suite struct NGramCountingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var seed: UInt64
        var documents: Int
        /// The tokens that occur, in a vocabulary in which ids lie `spread` apart.
        var types: Int
        var spread = 1
        var longest = 30
        var order: Int
        var isWeighted = false

        var testDescription: String {
            "\(documents) documents of \(types) types, \(spread) apart, order \(order)"
                + (isWeighted ? ", weighted" : "")
        }

        var vocabularyCount: Int { types * spread + 1 }

        var dataset: TokenDataset {
            let dense = randomDocuments(
                seed: seed, documents: documents, vocabularyCount: types, longest: longest)
            return TokenDataset(
                tokens: dense.tokens.map { $0 * UInt32(spread) }, offsets: dense.offsets)
        }

        var weights: [Double]? {
            isWeighted ? (0..<documents).map { Double($0 % 5) / 2 } : nil
        }

        static let all = [
            Case(seed: 1, documents: 50, types: 20, order: 1),
            Case(seed: 2, documents: 50, types: 20, order: 2),
            Case(seed: 3, documents: 80, types: 20, order: 3, isWeighted: true),
            Case(seed: 4, documents: 300, types: 40, order: 5),
            Case(seed: 5, documents: 80, types: 9, order: 8, isWeighted: true),
            // Two to four words a key, and a weight.
            Case(seed: 6, documents: 60, types: 20, spread: 5_000, order: 5),
            Case(seed: 7, documents: 60, types: 20, spread: 50_000, order: 8),
            Case(seed: 8, documents: 60, types: 20, spread: 50_000, order: 8, isWeighted: true),
            // Runs of records that no cache holds, and several pieces.
            Case(seed: 9, documents: 2_000, types: 3, longest: 200, order: 3),
            Case(seed: 10, documents: 4_000, types: 300, longest: 60, order: 4),
        ]
    }

    /// Of maximum likelihood, because there probabilities show the counts.
    @Test(arguments: Case.all)
    func nodesSuffixesAndCountsAreThoseOfADictionary(test: Case) throws {
        var counts: [[UInt32]: Double] = [:]
        let dataset = test.dataset
        for document in 0..<dataset.documentCount {
            let weight = test.weights?[document] ?? 1
            guard weight > 0 else { continue }
            let events = [0] + dataset.document(document) + [0]
            for end in 1..<events.count {
                for length in 1...min(test.order, end + 1) {
                    counts[Array(events[end - length + 1...end]), default: 0] += weight
                }
            }
        }
        let model = try NGramModel(
            training: dataset, weights: test.weights, vocabularyCount: test.vocabularyCount,
            boundary: 0,
            configuration: NGramConfiguration(order: test.order, smoothing: .maximumLikelihood),
            pool: WorkerPool(count: 2))
        let trie = model.trie
        // The n-gram of each node, from its parent's.
        var grams: [[UInt32]] = [[]]
        for context in 0..<trie.contextCount {
            let block = trie.successors(of: context)
            #expect(block.lowerBound == grams.count)
            for node in block { grams.append(grams[context] + [trie.tokens[node]]) }
        }
        #expect(grams.count == trie.nodeCount)
        let longer = grams[trie.levelBegin[2]...]
        #expect(longer.count == counts.keys.count { $0.count > 1 })
        var previous: [UInt32] = []
        for (node, gram) in zip(trie.levelBegin[2]..., longer) {
            #expect(
                previous.count < gram.count || previous.lexicographicallyPrecedes(gram),
                "\(gram) after \(previous)")
            previous = gram
            #expect(grams[Int(trie.suffixes[node])] == Array(gram[1...]))
            // Every event but a document's end is followed by one; the start is as often as the
            // end.
            let expected = (counts[gram] ?? .nan) / (counts[gram.dropLast()] ?? .nan)
            #expect(abs(model.probabilities[node] - expected) < 1e-12, "\(gram)")
        }
    }

    @Test(arguments: Case.all, NGramSmoothing.allCases)
    func theNumberOfWorkersDoesNotMatter(test: Case, smoothing: NGramSmoothing) throws {
        let isWhole = smoothing == .modifiedKneserNey
        let models = try [1, 2, 3].map { workers in
            try NGramModel(
                training: test.dataset, weights: isWhole ? nil : test.weights,
                vocabularyCount: test.vocabularyCount, boundary: 0,
                configuration: NGramConfiguration(
                    order: test.order, smoothing: smoothing, countsOfCounts: .lmplz),
                pool: WorkerPool(count: workers))
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test(arguments: NGramCase.all)
    func theOrderOfDocumentsDoesNotMatter(_ test: NGramCase) throws {
        let reversed = try NGramModel(
            training: test.dataset.selecting((0..<60).reversed()),
            weights: test.weights?.reversed(), vocabularyCount: test.vocabularyCount,
            boundary: test.boundary, configuration: test.configuration)
        let model = try test.model()
        #expect(model.trie == reversed.trie)
        let pairs = zip(model.probabilities, reversed.probabilities)
        #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-12 * max($0, $1) })
    }

    @Test(arguments: NGramCase.all.filter { $0.isWeighted })
    func aWholeWeightIsARepetitionAndWeightZeroIsAbsence(_ test: NGramCase) throws {
        var random = test.random
        let dataset = test.dataset
        let weights = (0..<60).map { _ in random.below(4) }
        let repeated = dataset.selecting(
            (0..<60).flatMap { Array(repeating: $0, count: weights[$0]) })
        let weighted = try NGramModel(
            training: dataset, weights: weights.map(Double.init),
            vocabularyCount: test.vocabularyCount, boundary: test.boundary,
            configuration: test.configuration)
        let plain = try NGramModel(
            training: repeated, vocabularyCount: test.vocabularyCount, boundary: test.boundary,
            configuration: test.configuration)
        #expect(weighted == plain)
    }

    @Test func weightsBeyondThirtyTwoBitsStayExact() throws {
        let dataset = randomDocuments(seed: 5)
        for smoothing in [NGramSmoothing.maximumLikelihood, .modifiedKneserNey] {
            func model(_ weight: Double) throws -> NGramModel {
                try NGramModel(
                    training: dataset,
                    weights: Array(repeating: weight, count: dataset.documentCount),
                    vocabularyCount: 20, boundary: 0,
                    configuration: NGramConfiguration(order: 3, smoothing: smoothing))
            }
            let (small, large) = (try model(5), try model(0x1p40))
            #expect(small.trie == large.trie)
            if smoothing == .maximumLikelihood {
                #expect(small.probabilities == large.probabilities)
            } else {
                #expect(small.discounts[..<2] == large.discounts[..<2])
            }
        }
    }

    @Test func onlyEmptyDocumentsCanBeLearned() throws {
        let dataset = TokenDataset(tokens: [], offsets: [0, 0, 0])
        for configuration in everyConfiguration {
            let model = try NGramModel(
                training: dataset, vocabularyCount: 3, boundary: 0, configuration: configuration)
            #expect(abs(model.conditional(after: [0]).reduce(0, +) - 1) < 1e-12)
        }
    }
}

/// What training refuses, and in which words.
@Suite struct NGramCountingErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var tokens: [UInt32] = [1, 2, 1]
        var offsets = [0, 2, 3]
        var weights: [Double]?
        var smoothing = NGramSmoothing.addK
        let kind: NGramError.Kind
        let words: String

        var testDescription: String { words }
    }

    static let cases = [
        Case(
            weights: [1, 0.5], smoothing: .modifiedKneserNey,
            kind: .fractionalWeight(document: 1, weight: 0.5), words: "takes whole numbers"),
        Case(
            weights: [1, -1], smoothing: .wittenBell,
            kind: .invalidWeight(document: 1, weight: -1), words: "at least 0"),
        Case(
            weights: [.infinity, 1], kind: .invalidWeight(document: 0, weight: .infinity),
            words: "finite"),
        Case(
            weights: [1], kind: .weightCount(weights: 1, documents: 2),
            words: "1 weights for 2 documents"),
        Case(
            tokens: [1, 2, 9],
            kind: .tokenOutOfRange(document: 1, position: 0, token: 9, vocabularyCount: 5),
            words: "beyond the vocabulary of 5"),
        Case(
            tokens: [1, 0, 2], kind: .boundaryInside(document: 0, position: 1, boundary: 0),
            words: "cut the document"),
        Case(weights: [0, 0], kind: .noData, words: "positive weight"),
        Case(tokens: [], offsets: [0], kind: .noData, words: "at least one"),
        Case(
            weights: [1, 1e300], smoothing: .modifiedKneserNey,
            kind: .tooLarge(what: "weighted tokens", limit: 1 << 53), words: "smaller weights"),
    ]

    @Test(arguments: cases)
    func isRefused(example: Case) throws {
        let error = #expect(throws: NGramError.self) {
            try NGramModel(
                training: TokenDataset(tokens: example.tokens, offsets: example.offsets),
                weights: example.weights, vocabularyCount: 5, boundary: 0,
                configuration: NGramConfiguration(order: 3, smoothing: example.smoothing))
        }
        #expect(error?.kind == example.kind)
        #expect(error?.description.contains(example.words) == true)
    }
}
