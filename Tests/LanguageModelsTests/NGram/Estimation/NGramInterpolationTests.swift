import Compute
import LanguageModels
import Testing
import Text

@Suite struct NGramInterpolationTests {
    /// Ids from 20 on are never in the text.
    private static let vocabularyCount = 24

    private func unsmoothed(_ dataset: TokenDataset, order: Int) throws -> NGramModel {
        try NGramModel(
            training: dataset, vocabularyCount: Self.vocabularyCount, boundary: 0,
            configuration: NGramConfiguration(order: order, smoothing: .maximumLikelihood))
    }

    private func training(_ seed: Int) -> TokenDataset {
        randomDocuments(seed: UInt64(seed)).cuttingSome(seed: UInt64(seed))
    }

    private func contexts(_ dataset: TokenDataset, _ seed: Int) -> [[UInt32]] {
        randomContexts(
            seed: UInt64(seed), count: 100, dataset: dataset,
            vocabularyCount: Self.vocabularyCount) + dataset.contextsAtCuts + [[]]
    }

    private func weights(_ order: Int, _ seed: Int) -> [Double] {
        var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test, index: 9))
        return (0..<order).map { _ in 0.99 * random.uniform() }
    }

    @Test(arguments: 1...5, 0..<4)
    func everyTokenHasSomeProbability(order: Int, seed: Int) throws {
        let dataset = training(seed)
        let model = try unsmoothed(dataset, order: order)
        let weights = weights(order, seed)
        let interpolated = model.interpolated(NGramInterpolation(weights: weights))
        for context in contexts(dataset, seed) {
            let distribution = interpolated.conditional(after: context)
            #expect(distribution.allSatisfy { $0 > 0 })
            #expect(abs(distribution.reduce(0, +) - 1) < 1e-12, "after \(context)")
        }
        // The model that was fitted is what all weights at their end would give.
        let nearly = model.interpolated(
            NGramInterpolation(weights: weights.map { _ in 1 - 1e-13 }))
        let uniform = model.interpolated(NGramInterpolation(weights: weights.map { _ in 0 }))
        for context in contexts(dataset, seed) {
            let pairs = zip(nearly.conditional(after: context), model.conditional(after: context))
            #expect(pairs.allSatisfy { abs($0 - $1) < 1e-9 })
            let even = uniform.conditional(after: context)
            #expect(even.allSatisfy { abs($0 - 1 / Double(Self.vocabularyCount)) < 1e-12 })
        }
    }

    /// The recursion written out, from models that were fitted order by order.
    @Test(arguments: 1...5, 0..<4)
    func probabilitiesAreThoseOfTheRecursion(order: Int, seed: Int) throws {
        let dataset = training(seed)
        let weights = weights(order, seed)
        let models = try (1...order).map { try unsmoothed(dataset, order: $0) }
        let counts = SuccessorCounts(of: dataset, longest: order - 1, boundary: 0)
        let interpolated = models[order - 1].interpolated(NGramInterpolation(weights: weights))
        for context in contexts(dataset, seed) {
            let relevant = counts.relevant(context, order: order)
            var expected = Array(
                repeating: 1 / Double(Self.vocabularyCount), count: Self.vocabularyCount)
            for length in 0...relevant.count {
                let history = Array(relevant.suffix(length))
                guard counts.isContinued(history) else { break }
                let own = models[length].conditional(after: history)
                let weight = weights[length]
                expected = zip(own, expected).map { weight * $0 + (1 - weight) * $1 }
            }
            for (own, other) in zip(interpolated.conditional(after: context), expected) {
                #expect(abs(own - other) < 1e-12, "after \(context)")
            }
        }
    }

    /// Negative log-likelihood of the events of a text, without ends where documents were cut.
    private func nats(_ model: NGramModel, _ dataset: TokenDataset) -> Double {
        let score = model.score(dataset)
        return (0..<dataset.documentCount).reduce(0) { sum, document in
            let events = score.events(ofDocument: document)
            return sum
                + score.nats[events].prefix(dataset.events(ofDocument: document).count).reduce(0, +)
        }
    }

    @Test(arguments: 1...5, 0..<4)
    func noOtherWeightIsMoreLikely(order: Int, seed: Int) throws {
        let model = try unsmoothed(training(seed), order: order)
        let heldOut = training(seed + 50)
        let found = NGramInterpolation(of: model, over: heldOut)
        #expect(found.weights.count == order)
        #expect(found.weights.allSatisfy { $0 >= 0 && $0 < 1 })
        let least = nats(model.interpolated(found), heldOut)
        #expect(least.isFinite)
        for index in 0..<order {
            for step in [-0.02, 0.02] {
                var weights = found.weights
                weights[index] = min(max(0, weights[index] + step), 1 - 1e-6)
                let other = nats(
                    model.interpolated(NGramInterpolation(weights: weights)), heldOut)
                #expect(
                    other >= least * (1 - 1e-6),
                    "\(weights) gives \(other), \(found.weights) \(least)")
            }
        }
    }

    /// Of unigrams and the uniform distribution the log-likelihood has the derivative
    /// sum (q - 1 / V) / (weight q + (1 - weight) / V) in the weight.
    @Test(arguments: 0..<8) func oneOrderIsAMixtureOfTwo(seed: Int) throws {
        let model = try unsmoothed(training(seed), order: 1)
        var heldOut = training(seed + 50)
        // What was never seen in training, so that the weight stays below 1.
        heldOut.append(document: [20, 21, 22, 23, 20, 21, 22, 23, 20, 21])
        let weight = NGramInterpolation(of: model, over: heldOut).weights[0]
        #expect(weight > 0.1 && weight < 0.999)
        let own = model.conditional(after: [])
        let even = 1 / Double(Self.vocabularyCount)
        var slope = 0.0
        var count = 0
        for document in 0..<heldOut.documentCount {
            var events = Array(heldOut.document(document))
            if !heldOut.isCut(document) { events.append(0) }
            for event in events {
                let q = own[Int(event)]
                slope += (q - even) / (weight * q + (1 - weight) * even)
                count += 1
            }
        }
        #expect(abs(slope) / Double(count) < 1e-3)
    }

    @Test func textThatTheEstimatesFitPerfectlyKeepsABitForOtherTokens() throws {
        let dataset = TokenDataset(tokens: [1, 2, 3, 1, 2, 3], offsets: [0, 3, 6])
        let model = try unsmoothed(dataset, order: 2)
        let found = NGramInterpolation(of: model, over: dataset)
        #expect(found.weights[1] > 0.99)
        #expect(found.weights.allSatisfy { $0 < 1 })
        let interpolated = model.interpolated(found)
        #expect(interpolated.conditional(after: [1]).allSatisfy { $0 > 0 })
    }
}
