import Compute
import LanguageModels
import Testing
import Text

/// Corpora that differ by seed, some with empty documents and weights.
struct NGramCase: CustomTestStringConvertible, Sendable {
    var order: Int
    var smoothing: NGramSmoothing
    var isWeighted: Bool
    var seed: UInt64

    var testDescription: String {
        "\(smoothing.rawValue), order \(order), seed \(seed)\(isWeighted ? ", weighted" : "")"
    }

    static let all: [NGramCase] = (1...8).flatMap { order in
        NGramSmoothing.allCases.flatMap { smoothing in
            [false, true].map {
                NGramCase(
                    order: order, smoothing: smoothing, isWeighted: $0,
                    seed: UInt64(order * 2 + ($0 ? 1 : 0)))
            }
        }
    }

    /// One of the all and half the orders, for costly properties.
    static let few = all.filter { [1, 2, 3, 5].contains($0.order) }

    let vocabularyCount = 17
    let boundary: UInt32 = 3
    var random: RandomStream { RandomStream(RandomKey(seed: seed, purpose: .test, index: 1)) }
    var configuration: NGramConfiguration {
        NGramConfiguration(order: order, smoothing: smoothing, k: 0.3)
    }

    func token(_ random: inout RandomStream) -> UInt32 {
        // Small ids often, the last two never: they are the unseen part of the vocabulary.
        let id = min(random.below(vocabularyCount - 2), random.below(vocabularyCount - 2))
        return UInt32(id) == boundary ? 4 : UInt32(id)
    }

    var dataset: TokenDataset {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        var dataset = TokenDataset()
        for _ in 0..<60 {
            var document: [UInt32] = []
            for _ in 0..<random.below(14) {
                let repeats = random.below(2) == 0
                document.append(repeats ? document.last ?? 0 : token(&random))
            }
            dataset.append(document: document)
        }
        return dataset
    }

    var weights: [Double]? {
        guard isWeighted else { return nil }
        var random = RandomStream(RandomKey(seed: seed, purpose: .test, index: 2))
        return (0..<60).map { _ in
            smoothing == .modifiedKneserNey ? Double(random.below(4)) : 3 * random.uniform()
        }
    }

    func model() throws -> NGramModel {
        try NGramModel(
            training: dataset, weights: weights, vocabularyCount: vocabularyCount,
            boundary: boundary, configuration: configuration)
    }

    /// Contexts of all lengths up to two more than count, with and without a boundary inside.
    func contexts(_ count: Int) -> [[UInt32]] {
        var random = random
        let dataset = dataset
        return (0..<count).map { index in
            if index % 3 == 0 {
                return (0..<random.below(order + 2)).map { _ in
                    UInt32(random.below(vocabularyCount))
                }
            }
            let document = dataset.document(random.below(60))
            let prefix = Array(document.prefix(random.below(document.count + 1)))
            return index % 3 == 1 ? [boundary] + prefix : prefix
        }
    }
}

@Suite struct NGramPropertyTests {
    @Test(arguments: NGramCase.all)
    func `conditional distributions sum to one`(_ test: NGramCase) throws {
        let model = try test.model()
        for context in test.contexts(60) {
            let distribution = model.conditional(after: context)
            #expect(distribution.count == test.vocabularyCount)
            #expect(distribution.allSatisfy { $0 >= 0 })
            #expect(abs(distribution.reduce(0, +) - 1) < 1e-12, "after \(context)")
        }
    }

    @Test(arguments: NGramCase.all)
    func `scores, single probabilities and distributions agree`(_ test: NGramCase) throws {
        let model = try test.model()
        // Other documents than the training's.
        var other = test
        other.seed += 100
        let score = model.score(other.dataset)
        #expect(score.documentCount == 60)
        for document in 0..<60 {
            let events = Array(other.dataset.document(document)) + [test.boundary]
            let nats = score.nats[score.events(ofDocument: document)]
            #expect(nats.count == events.count)
            for (index, (event, value)) in zip(events, nats).enumerated() {
                let context = [test.boundary] + events[..<index]
                let single = -model.logProbability(of: event, after: context)
                #expect(single == value)
                let entry = model.conditional(after: context)[Int(event)]
                #expect(
                    entry == 0 ? value == .infinity : abs(Elementary.log(entry) + value) < 1e-12)
            }
        }
        #expect(score.zeroProbabilityEvents == score.nats.count { $0 == .infinity })
    }

    @Test(arguments: NGramCase.all.filter { $0.isWeighted })
    func `a whole weight is a repetition, and weight zero is absence`(_ test: NGramCase) throws {
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

    @Test(arguments: NGramCase.all)
    func `the order of documents does not matter`(_ test: NGramCase) throws {
        let reversed = try NGramModel(
            training: test.dataset.selecting((0..<60).reversed()),
            weights: test.weights?.reversed(), vocabularyCount: test.vocabularyCount,
            boundary: test.boundary, configuration: test.configuration)
        let model = try test.model()
        #expect(model.trie == reversed.trie)
        let pairs = zip(model.probabilities, reversed.probabilities)
        #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-12 * max($0, $1) })
    }

    @Test func `maximum likelihood gives unseen successors nothing and counts them`() throws {
        let model = try NGramModel(
            training: TokenDataset(tokens: [1, 2, 1, 2], offsets: [0, 4]), vocabularyCount: 4,
            boundary: 0, configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        let score = model.score(TokenDataset(tokens: [1, 1, 2], offsets: [0, 2, 3]))
        #expect(score.nats == [0, .infinity, .infinity, .infinity, Elementary.log(2)])
        #expect(score.zeroProbabilityEvents == 3)
        #expect(score.totalNats == .infinity)
    }

    @Test func `discounts fall back where counts of counts do not give them`() {
        #expect(NGramDiscounts(countsOfCounts: [0, 3, 2, 1]) == .fallback)
        #expect(NGramDiscounts(countsOfCounts: [9, 0, 2, 1]) == .fallback)
        #expect(NGramDiscounts(countsOfCounts: [9, 3, 0, 1]) == .fallback)
        // D2 = 2 - 3 Y n3 / n2 is negative.
        #expect(NGramDiscounts(countsOfCounts: [9, 3, 30, 1]) == .fallback)
        let found = NGramDiscounts(countsOfCounts: [10, 5, 2, 1])
        #expect(!found.isFallback)
        #expect([found.one, found.two, found.threeOrMore] == [0.5, 1.4, 2])
        let summary = NGramDiscounts.fallback
        #expect([summary.one, summary.two, summary.threeOrMore] == [0.5, 1, 1.5])
    }

    @Test func `what cannot be counted is refused with its place`() {
        let dataset = TokenDataset(tokens: [1, 2, 1], offsets: [0, 2, 3])
        func failure(
            _ dataset: TokenDataset, _ weights: [Double]?, _ smoothing: NGramSmoothing
        ) -> NGramError.Kind? {
            do {
                _ = try NGramModel(
                    training: dataset, weights: weights, vocabularyCount: 3, boundary: 0,
                    configuration: NGramConfiguration(order: 2, smoothing: smoothing))
                return nil
            } catch {
                #expect(!error.description.isEmpty)
                return error.kind
            }
        }
        #expect(
            failure(dataset, [1, 0.5], .modifiedKneserNey)
                == .fractionalWeight(document: 1, weight: 0.5))
        #expect(failure(dataset, [1, 0.5], .wittenBell) == nil)
        #expect(failure(dataset, [-1, 1], .addK) == .invalidWeight(document: 0, weight: -1))
        #expect(
            failure(dataset, [.infinity, 1], .addK)
                == .invalidWeight(document: 0, weight: .infinity))
        #expect(failure(dataset, [1], .addK) == .weightCount(weights: 1, documents: 2))
        #expect(failure(dataset, [0, 0], .addK) == .noData)
        #expect(failure(TokenDataset(), nil, .addK) == .noData)
        #expect(
            failure(TokenDataset(tokens: [1, 7], offsets: [0, 2]), nil, .addK)
                == .tokenOutOfRange(document: 0, position: 1, token: 7, vocabularyCount: 3))
        #expect(
            failure(TokenDataset(tokens: [1, 0], offsets: [0, 1, 2]), nil, .addK)
                == .boundaryInside(document: 1, position: 0, boundary: 0))
    }
}
