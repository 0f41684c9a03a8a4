import Compute
import Foundation
import LanguageModels
import Settings
import Testing
import Text

/// What a model that plays the real world says, and that it draws what it says.
@Suite struct TruthModelTests {
    private let tokenizer = TokenizerTrainer(kind: .byte).train(on: [[UInt8]]())
    private let pool = WorkerPool(count: 2)
    private var boundary: UInt32 { tokenizer.documentBoundary }
    private let a: UInt32 = 97
    private let b: UInt32 = 98

    private func dataset(_ documents: [[UInt32]]) -> TokenDataset {
        var dataset = TokenDataset()
        for document in documents { dataset.append(document: document) }
        return dataset
    }

    /// The bigram model of four documents: after the boundary a has 3/4 and b 1/4; after a both have 1/5
    /// and the end 3/5; after b there is a or the end.
    private func bigram(temperature: Double = 1, longest: Int = 100) throws -> TruthModel {
        TruthModel(
            .ngram(
                try NGramModel(
                    training: dataset([[a, b], [a, a], [a], [b, a]]),
                    vocabularyCount: tokenizer.vocabularyCount, boundary: boundary,
                    configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))),
            tokenizer: tokenizer, temperature: temperature, maximumDocumentLength: longest)
    }

    /// A transformer of random parameters with embeddings that the tokenizer has no token for.
    private func transformer(
        temperature: Double = 1, longest: Int = 7
    ) throws -> (
        TransformerModel, TruthModel
    ) {
        let model = try TransformerModel.initial(
            TransformerConfiguration(
                layers: 1, heads: 2, width: 8, contextLength: 8, vocabularyCount: 300),
            initialisation: .widthScaled, key: RandomKey(seed: 5, purpose: .test))
        return (
            model,
            TruthModel(
                .transformer(model), tokenizer: tokenizer, temperature: temperature,
                maximumDocumentLength: longest)
        )
    }

    private func row(
        of truth: TruthModel, after context: [UInt32]
    ) throws -> [Double] {
        try truth.distributions(
            at: [Passage(tokens: [boundary] + context, positions: [context.count + 1])], pool: pool)
    }

    @Test("A bigram model says what its counts say, to the power of one over the temperature")
    func bigramDistribution() throws {
        let cases: [(temperature: Double, first: [Double], second: [Double])] = [
            (1, [0.75, 0.25, 0], [0.2, 0.2, 0.6]),
            (0.5, [0.9, 0.1, 0], [1, 1, 9].map { $0 / 11 }),
        ]
        for (temperature, first, second) in cases {
            let truth = try bigram(temperature: temperature)
            for (context, expected) in [([], first), ([b, a], second)] {
                let row = try row(of: truth, after: context)
                #expect(row.count == tokenizer.vocabularyCount)
                for (token, value) in zip([a, b, boundary], expected) {
                    #expect(abs(row[Int(token)] - value) < 1e-12)
                }
            }
            let nats = try truth.nats(of: dataset([[a, b], [a]]).cutting([1]), pool: pool)
            let expected = [first[0], second[1], 0.5, first[0], 1].map { -log($0) }
            #expect(zip(nats, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(nats)")
        }
    }

    @Test("Documents are drawn from what the model says", arguments: [1, 0.5])
    func frequencies(temperature: Double) throws {
        let truth = try bigram(temperature: temperature, longest: 3)
        let drawn = try truth.documents(
            20_000, key: RandomKey(seed: 2, purpose: .test), pool: pool)
        var counts: [UInt32: [UInt32: Double]] = [:]
        for index in 0..<drawn.documentCount {
            let tokens = [boundary] + drawn.document(index) + (drawn.isCut(index) ? [] : [boundary])
            for (context, next) in zip(tokens, tokens.dropFirst()) {
                counts[context, default: [:]][next, default: 0] += 1
            }
        }
        for (context, next) in counts {
            let total = next.values.reduce(0, +)
            let row = try row(of: truth, after: context == boundary ? [] : [context])
            for token in [a, b, boundary] {
                let p = row[Int(token)]
                let deviation = (total * p * (1 - p)).squareRoot()
                #expect(abs(next[token, default: 0] - total * p) <= 5 * deviation)
            }
        }
    }

    @Test(
        "A transformer says what it computes, over the tokens there are, and never begins with the end"
    )
    func transformerDistribution() throws {
        for temperature in [1, 0.7] {
            let (model, truth) = try transformer(temperature: temperature)
            for context: [UInt32] in [[], [a], [b, a, b]] {
                let row = try row(of: truth, after: context)
                let own = try model.distributions(
                    at: [Passage(tokens: [boundary] + context, positions: [context.count + 1])],
                    pool: pool)
                let isBeginning = context.isEmpty
                var powers = own.prefix(tokenizer.vocabularyCount).map {
                    pow($0, 1 / temperature)
                }
                if isBeginning { powers[Int(boundary)] = 0 }
                let sum = powers.reduce(0, +)
                #expect(row.count == tokenizer.vocabularyCount)
                #expect(zip(row, powers).allSatisfy { abs($0 - $1 / sum) < 1e-9 })
            }
        }
    }

    @Test("A transformer draws what it says", arguments: [1, 0.3])
    func transformerFrequencies(temperature: Double) throws {
        let (_, truth) = try transformer(temperature: temperature, longest: 1)
        let count = 20_000
        let drawn = try truth.documents(
            count, key: RandomKey(seed: 3, purpose: .test), pool: pool)
        #expect(drawn.tokens.count == count)
        var counts = Array(repeating: 0.0, count: tokenizer.vocabularyCount)
        for token in drawn.tokens { counts[Int(token)] += 1 }
        let expected = try row(of: truth, after: []).map { $0 * Double(count) }
        #expect(counts[Int(boundary)] == 0)
        // Pearson's statistic: of mean and half the variance the degrees of freedom.
        let cells = expected.indices.filter { expected[$0] > 1 }
        let statistic = cells.reduce(0) {
            $0 + (counts[$1] - expected[$1]) * (counts[$1] - expected[$1]) / expected[$1]
        }
        let freedom = Double(cells.count - 1)
        #expect(abs(statistic - freedom) < 6 * (2 * freedom).squareRoot())
    }

    @Test("The unknown token is never drawn, and a context that knows no other is read shorter")
    func unknown() throws {
        let words = TokenizerTrainer(kind: .word, vocabularyCount: 4, minimumCount: 1)
            .train(on: [Array("a a b b".utf8)])
        let unknown = try #require(words.unknown)
        let (first, second) = try #require(
            words.encode(Array("a b".utf8)).count == 2
                ? (words.encode(Array("a".utf8))[0], words.encode(Array("b".utf8))[0]) : nil)
        // After a comes nothing but the unknown token.
        let model = try NGramModel(
            training: dataset([[first, unknown], [second], [first, unknown]]),
            vocabularyCount: words.vocabularyCount, boundary: words.documentBoundary,
            configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        let truth = TruthModel(
            .ngram(model), tokenizer: words, temperature: 1, maximumDocumentLength: 3)
        let drawn = try truth.documents(
            5_000, key: RandomKey(seed: 4, purpose: .test), pool: pool)
        #expect(!drawn.tokens.contains(unknown))
        let row = try truth.distributions(
            at: [Passage(tokens: [words.documentBoundary, first], positions: [2])], pool: pool)
        #expect(row[Int(unknown)] == 0 && abs(row.reduce(0, +) - 1) < 1e-12)
        let following = (0..<drawn.documentCount).filter { drawn.document($0).first == first }
        for token in [first, second] {
            let count = following.count { Array(drawn.document($0)).dropFirst().first == token }
            let expected = row[Int(token)] * Double(following.count)
            #expect(abs(Double(count) - expected) <= 5 * expected.squareRoot() + 1)
        }
    }

    @Test("A document follows from the key and its number, however many are drawn")
    func counterBased() throws {
        let key = RandomKey(seed: 9, purpose: .test)
        for truth in [try bigram(), try transformer().1] {
            let many = try truth.documents(40, key: key, pool: pool)
            let few = try truth.documents(7, key: key, pool: WorkerPool(count: 1))
            #expect(few == many.selecting(Array(0..<7)))
        }
    }
}
