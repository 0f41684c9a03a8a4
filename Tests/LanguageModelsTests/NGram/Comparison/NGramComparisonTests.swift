import Compute
import Foundation
import LanguageModels
import TestSupport
import Testing
import Text

@Suite struct NGramComparisonTests {
    private let pool = WorkerPool(count: 2)

    private func model(
        _ smoothing: NGramSmoothing, _ order: Int, seed: UInt64, vocabularyCount: Int = 22
    ) throws -> NGramModel {
        try NGramModel(
            training: randomDocuments(seed: seed), vocabularyCount: vocabularyCount, boundary: 0,
            configuration: NGramConfiguration(order: order, smoothing: smoothing))
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        let first: (NGramSmoothing, Int)
        let second: (NGramSmoothing, Int)

        var testDescription: String { "\(first) \(second)" }
    }

    static let pairs: [Pair] = [
        (.modifiedKneserNey, 3), (.wittenBell, 5), (.maximumLikelihood, 2), (.maximumLikelihood, 4),
        (.addK, 2), (.modifiedKneserNey, 1), (.wittenBell, 2),
    ].flatMap { first in
        [(.modifiedKneserNey, 4), (.wittenBell, 1), (.maximumLikelihood, 3), (.addK, 3)].map {
            Pair(first: first, second: $0)
        }
    }

    /// From full distributions.
    private func expected(
        _ p: NGramModel, _ q: NGramModel, after history: [UInt32]
    ) -> (entropy: Double, crossEntropy: Double, totalVariation: Double) {
        var result = (0.0, 0.0, 0.0)
        for (p, q) in zip(p.conditional(after: history), q.conditional(after: history)) {
            result.2 += abs(p - q) / 2
            if p > 0 {
                result.0 -= p * Foundation.log(p)
                result.1 -= p * Foundation.log(q)
            }
        }
        return result
    }

    @Test(arguments: pairs)
    func divergencesAreTheSumsOverTheVocabulary(pair: Pair) throws {
        let p = try model(pair.first.0, pair.first.1, seed: 1)
        let q = try model(pair.second.0, pair.second.1, seed: 2)
        let dataset = randomDocuments(seed: 3, documents: 12)
        let comparison = p.compared(with: q, over: dataset, pool: pool)
        #expect(comparison.events.count == dataset.tokens.count + dataset.documentCount)
        var index = 0
        for document in 0..<dataset.documentCount {
            #expect(comparison.offsets[document] == index)
            var history: [UInt32] = [0]
            for token in Array(dataset.document(document)) + [0] {
                let expected = expected(p, q, after: history)
                let found = comparison.events[index]
                #expect(abs(found.entropy - expected.entropy) < 1e-12)
                #expect(
                    found.crossEntropy == expected.crossEntropy
                        || abs(found.crossEntropy - expected.crossEntropy) < 1e-11)
                #expect(abs(found.totalVariation - expected.totalVariation) < 1e-12)
                history.append(token)
                index += 1
            }
        }
        let mean = comparison.events.map(\.totalVariation).reduce(0, +) / Double(index)
        #expect(abs(comparison.mean.totalVariation - mean) < 1e-12)
        let first = comparison.events[..<comparison.offsets[1]].map(\.entropy)
        #expect(
            abs(comparison.mean(ofDocument: 0).entropy - first.reduce(0, +) / Double(first.count))
                < 1e-12)
    }

    @Test(arguments: [NGramSmoothing.modifiedKneserNey, .wittenBell, .maximumLikelihood])
    func aModelDoesNotDifferFromItself(smoothing: NGramSmoothing) throws {
        let model = try model(smoothing, 4, seed: 4)
        let comparison = model.compared(with: model, over: randomDocuments(seed: 4), pool: pool)
        #expect(comparison.events.allSatisfy { $0.relativeEntropy == 0 && $0.totalVariation == 0 })
    }

    @Test func theNumberOfWorkersChangesNoBit() throws {
        let p = try model(.modifiedKneserNey, 4, seed: 5)
        let q = try model(.wittenBell, 3, seed: 6)
        let dataset = randomDocuments(seed: 7, documents: 100)
        let one = p.compared(with: q, over: dataset, pool: WorkerPool(count: 1))
        for workers in [2, 3] {
            #expect(one == p.compared(with: q, over: dataset, pool: WorkerPool(count: workers)))
        }
    }

    /// Gibbs' inequality and Pinsker's, on every context.
    @Test func inequalitiesHold() throws {
        let p = try model(.modifiedKneserNey, 3, seed: 8)
        let q = try model(.wittenBell, 5, seed: 9)
        for event in p.compared(with: q, over: randomDocuments(seed: 10), pool: pool).events {
            #expect(event.relativeEntropy >= -1e-12)
            #expect(event.totalVariation <= (event.relativeEntropy / 2).squareRoot() + 1e-9)
        }
    }
}
