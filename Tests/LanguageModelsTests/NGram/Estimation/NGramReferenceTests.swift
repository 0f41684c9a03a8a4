import Foundation
import LanguageModels
import Testing
import Text

/// The smoothings against a slow implementation of their definitions in
/// `scripts/fixtures/ngram.py`.
@Suite struct NGramReferenceTests {
    struct Corpus: Decodable {
        let vocabulary: Int
        let documents: [[UInt32]]
        let wholeWeights: [Double]
        let realWeights: [Double]
        let cases: [Case]
    }

    struct Case: Decodable {
        let smoothing: NGramSmoothing
        let order: Int
        let weighting: String
        let queries: [Query]
        let discounts: [[Double]]
    }

    struct Query: Decodable {
        let context: [UInt32]
        let token: UInt32
        let probability: Double

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            context = try values.decode([UInt32].self)
            token = try values.decode(UInt32.self)
            probability = try values.decode(Double.self)
        }
    }

    @Test func probabilitiesAndDiscountsAreTheDefinitions() throws {
        let corpora = try JSONDecoder().decode([Corpus].self, from: ngramFixture("reference.json"))
        #expect(corpora.map(\.cases.count) == [55, 22])
        for corpus in corpora {
            var dataset = TokenDataset()
            for document in corpus.documents { dataset.append(document: document) }
            for entry in corpus.cases {
                let weights: [Double]? =
                    switch entry.weighting {
                    case "whole": corpus.wholeWeights
                    case "real": corpus.realWeights
                    default: nil
                    }
                let model = try NGramModel(
                    training: dataset, weights: weights, vocabularyCount: corpus.vocabulary,
                    boundary: 0,
                    configuration: NGramConfiguration(
                        order: entry.order, smoothing: entry.smoothing, k: 0.25))
                for query in entry.queries {
                    let probability = model.probability(of: query.token, after: query.context[...])
                    #expect(
                        abs(probability - query.probability) <= 1e-12 * query.probability,
                        "\(entry.smoothing) \(entry.order) \(entry.weighting): \(query)")
                }
                #expect(model.discounts.count == entry.discounts.count)
                for (found, expected) in zip(model.discounts, entry.discounts) {
                    let values = [found.one, found.two, found.threeOrMore]
                    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 })
                    #expect(found.isFallback == (expected == [0.5, 1, 1.5]))
                }
            }
        }
    }
}
