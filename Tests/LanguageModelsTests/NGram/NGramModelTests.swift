import Compute
import LanguageModels
import Testing
import Text

@Suite struct NGramModelTests {
    private func model(
        _ dataset: TokenDataset, _ configuration: NGramConfiguration, weights: [Double]? = nil,
        vocabularyCount: Int = 20
    ) throws -> NGramModel {
        try NGramModel(
            training: dataset, weights: weights, vocabularyCount: vocabularyCount, boundary: 0,
            configuration: configuration)
    }

    @Test(arguments: everyConfiguration)
    func conditionalsSumToOneAndAgreeWithSingleProbabilities(
        configuration: NGramConfiguration
    )
        throws
    {
        for seed in 0..<6 as Range<UInt64> {
            let dataset = randomDocuments(seed: seed)
            let isWeighted = seed % 2 == 1
            let isWhole = configuration.smoothing == .modifiedKneserNey
            let weights = (0..<dataset.documentCount).map {
                isWhole ? Double($0 % 4) : Double($0 % 5) * 0.37
            }
            let model = try model(
                dataset, configuration, weights: isWeighted ? weights : nil, vocabularyCount: 23)
            let contexts = randomContexts(
                seed: seed, count: 60, dataset: dataset, vocabularyCount: 23)
            for context in contexts {
                let distribution = model.conditional(after: context)
                #expect(distribution.count == 23)
                #expect(abs(distribution.reduce(0, +) - 1) < 1e-12, "seed \(seed): \(context)")
                for token in 0..<23 as Range<UInt32> {
                    let single = model.probability(of: token, after: context[...])
                    #expect(abs(single - distribution[Int(token)]) <= 1e-15, "seed \(seed)")
                    if configuration.smoothing != .maximumLikelihood { #expect(single > 0) }
                }
            }
        }
    }

    @Test(arguments: everyConfiguration)
    func scoresAreSumsOfConditionals(configuration: NGramConfiguration) throws {
        let model = try model(randomDocuments(seed: 1), configuration)
        let dataset = randomDocuments(seed: 2, documents: 15)
        let score = model.score(dataset)
        #expect(score.nats.count == dataset.tokens.count + dataset.documentCount)
        for document in 0..<dataset.documentCount {
            var history: [UInt32] = [0]
            let events = Array(dataset.document(document)) + [0]
            for (token, nats) in zip(events, score.nats[score.events(ofDocument: document)]) {
                #expect(nats == -model.logProbability(of: token, after: history))
                history.append(token)
            }
        }
        if configuration.smoothing == .maximumLikelihood, configuration.order > 2 {
            #expect(score.totalNats == .infinity && score.zeroProbabilityEvents > 0)
        }
    }

    @Test(arguments: everyConfiguration)
    func aWeightOfTwoIsTheDocumentTwice(configuration: NGramConfiguration) throws {
        let dataset = randomDocuments(seed: 3)
        let weights = (0..<dataset.documentCount).map { Double([1, 2, 0, 3][$0 % 4]) }
        let repeated = dataset.selecting(
            weights.indices.flatMap { Array(repeating: $0, count: Int(weights[$0])) })
        #expect(
            try model(dataset, configuration, weights: weights) == model(repeated, configuration))
    }

    @Test(arguments: NGramSmoothing.allCases)
    func theOrderOfDocumentsDoesNotMatter(smoothing: NGramSmoothing) throws {
        let dataset = randomDocuments(seed: 4)
        let reversed = dataset.selecting((0..<dataset.documentCount).reversed())
        let configuration = NGramConfiguration(order: 4, smoothing: smoothing)
        #expect(try model(dataset, configuration) == model(reversed, configuration))
    }

    @Test func maximumLikelihoodByHand() throws {
        // a b a | a b b, with 1 = a, 2 = b.
        let dataset = TokenDataset(tokens: [1, 2, 1, 1, 2, 2], offsets: [0, 3, 6])
        let model = try model(
            dataset, NGramConfiguration(order: 2, smoothing: .maximumLikelihood),
            vocabularyCount: 4)
        let third = 1.0 / 3
        #expect(model.conditional(after: [0]) == [0, 1, 0, 0])
        #expect(model.conditional(after: [1]) == [third, 0, 2 * third, 0])
        #expect(model.conditional(after: [2]) == [third, third, third, 0])
        // Never seen as history: back to the unigrams. Anything before a boundary is ignored.
        #expect(model.conditional(after: [3]) == [0.25, 0.375, 0.375, 0])
        #expect(model.conditional(after: [2, 0]) == [0, 1, 0, 0])
        #expect(model.logProbability(of: 3, after: [1]) == -.infinity)
        #expect(model.metrics.map(\.types) == [3, 6])
    }

    @Test func fallbackIsUsedAndRecordedWhereCountsDetermineNoDiscount() throws {
        // Every n-gram twice: n1 = 0.
        let dataset = TokenDataset(tokens: [1, 2, 3, 1, 2, 3], offsets: [0, 3, 6])
        let configuration = NGramConfiguration(order: 3, smoothing: .modifiedKneserNey)
        let model = try model(dataset, configuration)
        #expect(model.discounts[2] == .fallback)
        #expect(model.metrics.map { $0.discounts?.isFallback } == [true, true, true])
        // n1 .. n4 by hand: Y = 10 / 20; D = 1 - 2/2, 2 - 3/2 * 3/5, 3 - 2 * 1/3.
        let discounts = NGramDiscounts(countsOfCounts: [10, 5, 3, 1])
        #expect(!discounts.isFallback)
        #expect(abs(discounts.one - 0.5) < 1e-15)
        #expect(abs(discounts.two - 1.1) < 1e-15)
        #expect(abs(discounts.threeOrMore - (3 - 2.0 / 3)) < 1e-15)
        // D2 below zero, or a missing count.
        #expect(NGramDiscounts(countsOfCounts: [10, 1, 9, 1]) == .fallback)
        #expect(NGramDiscounts(countsOfCounts: [10, 5, 0, 1]) == .fallback)
        #expect(NGramDiscounts(countsOfCounts: [10, 5, 3, 0]).threeOrMore == 3)
    }

    @Test func onlyEmptyDocumentsCanBeLearned() throws {
        let dataset = TokenDataset(tokens: [], offsets: [0, 0, 0])
        for configuration in everyConfiguration {
            let model = try model(dataset, configuration, vocabularyCount: 3)
            #expect(abs(model.conditional(after: [0]).reduce(0, +) - 1) < 1e-12)
        }
    }

    @Test(arguments: NGramSmoothing.allCases)
    func configurationsAreSpelledAsInASpecification(smoothing: NGramSmoothing) {
        #expect(
            [
                "maximum-likelihood", "add-k", "witten-bell", "modified-kneser-ney",
            ].contains(smoothing.rawValue))
    }
}

/// What training refuses, and in which words.
@Suite struct NGramErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let tokens: [UInt32]
        let weights: [Double]?
        let smoothing: NGramSmoothing
        let kind: NGramError.Kind
        let words: String

        var testDescription: String { words }
    }

    static let cases = [
        Case(
            tokens: [1, 2], weights: [1, 0.5], smoothing: .modifiedKneserNey,
            kind: .fractionalWeight(document: 1, weight: 0.5), words: "takes whole numbers"),
        Case(
            tokens: [1, 2], weights: [1, -1], smoothing: .wittenBell,
            kind: .invalidWeight(document: 1, weight: -1), words: "at least 0"),
        Case(
            tokens: [1, 2], weights: [.infinity, 1], smoothing: .addK,
            kind: .invalidWeight(document: 0, weight: .infinity), words: "finite"),
        Case(
            tokens: [1, 2], weights: [1], smoothing: .addK,
            kind: .weightCount(weights: 1, documents: 2), words: "1 weights for 2 documents"),
        Case(
            tokens: [1, 9], weights: nil, smoothing: .addK,
            kind: .tokenOutOfRange(document: 1, position: 0, token: 9, vocabularyCount: 5),
            words: "beyond the vocabulary of 5"),
        Case(
            tokens: [1, 0], weights: nil, smoothing: .addK,
            kind: .boundaryInside(document: 1, position: 0, boundary: 0), words: "cut the document"
        ),
        Case(
            tokens: [1, 2], weights: [0, 0], smoothing: .wittenBell, kind: .noData,
            words: "positive weight"),
        Case(
            tokens: [1, 2], weights: [1, 1e300], smoothing: .modifiedKneserNey,
            kind: .tooLarge(what: "weighted tokens", limit: 1 << 53), words: "smaller weights"),
    ]

    @Test(arguments: cases)
    func isRefused(example: Case) throws {
        let error = #expect(throws: NGramError.self) {
            try NGramModel(
                training: TokenDataset(tokens: example.tokens, offsets: [0, 1, 2]),
                weights: example.weights, vocabularyCount: 5, boundary: 0,
                configuration: NGramConfiguration(order: 3, smoothing: example.smoothing))
        }
        #expect(error?.kind == example.kind)
        #expect(error?.description.contains(example.words) == true)
    }

    @Test func weightsBeyondThirtyTwoBitsStayExact() throws {
        let dataset = randomDocuments(seed: 5)
        let configuration = NGramConfiguration(order: 3, smoothing: .maximumLikelihood)
        func model(_ weight: Double) throws -> NGramModel {
            try NGramModel(
                training: dataset, weights: Array(repeating: weight, count: dataset.documentCount),
                vocabularyCount: 20, boundary: 0, configuration: configuration)
        }
        #expect(try model(1e10).probabilities == model(1).probabilities)
    }

    @Test func addKHasNoARPAForm() throws {
        let model = try NGramModel(
            training: randomDocuments(seed: 1), vocabularyCount: 20, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .addK))
        let vocabulary = try NGramVocabulary(
            words: (0..<20).map { Array("\($0)".utf8) }, boundary: 0, unknown: nil)
        #expect(throws: NGramError(.noBackOffForm(.addK))) {
            try model.arpa(vocabulary: vocabulary)
        }
    }
}
