import Foundation
import LanguageModels
import Testing
import Text

/// The smoothings against a slow implementation of their definitions in `scripts/fixtures/ngram.py`.
@Suite struct NGramReferenceTests {
    struct Reference: Decodable {
        struct Case: Decodable {
            let smoothing: NGramSmoothing
            let order: Int
            let weighting: String
            let queries: [Query]
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

        let vocabulary: Int
        let documents: [[UInt32]]
        let wholeWeights: [Double]
        let realWeights: [Double]
        let cases: [Case]
    }

    @Test func probabilitiesAreTheDefinitions() throws {
        let reference = try JSONDecoder().decode(
            Reference.self, from: try ngramFixture("reference.json"))
        var dataset = TokenDataset()
        for document in reference.documents { dataset.append(document: document) }
        #expect(reference.cases.count == 55)
        for entry in reference.cases {
            let weights: [Double]? =
                switch entry.weighting {
                case "whole": reference.wholeWeights
                case "real": reference.realWeights
                default: nil
                }
            let model = try NGramModel(
                training: dataset, weights: weights, vocabularyCount: reference.vocabulary,
                boundary: 0,
                configuration: NGramConfiguration(
                    order: entry.order, smoothing: entry.smoothing, k: 0.25))
            for query in entry.queries {
                let probability = model.probability(of: query.token, after: query.context[...])
                #expect(
                    abs(probability - query.probability) <= 1e-12 * query.probability,
                    "\(entry.smoothing) \(entry.order) \(entry.weighting): \(query)")
            }
        }
    }
}
