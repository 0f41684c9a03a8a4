import Compute
import LanguageModels
import Testing
import Text

/// What a transformer says of events and of contexts, against its scores.
@Suite struct PredictionTests {
    private let pool = WorkerPool(count: 2)

    struct Case: Sendable, CustomTestStringConvertible {
        var windows: ScoringWindows
        var context: Int
        var stride: Int
        var precision: Precision
        var testDescription: String { "\(windows), \(context), \(stride), \(precision)" }

        static let all: [Case] = Precision.allCases.flatMap { precision in
            [
                Case(windows: .perDocument, context: 16, stride: 8, precision: precision),
                Case(windows: .perDocument, context: 7, stride: 3, precision: precision),
                Case(windows: .packed(.window), context: 12, stride: 5, precision: precision),
                Case(windows: .packed(.document), context: 16, stride: 16, precision: precision),
            ]
        }
    }

    @Test(arguments: Case.all)
    func likelihoodsAreTheScores(_ test: Case) throws {
        let model = try Toy.trained(steps: 20)
        var dataset = Toy.documents(12, seed: 9)
        dataset.append(document: [])
        dataset = dataset.cutting([2, 12])
        let scorer = try TransformerScorer(
            model, contextLength: test.context, stride: test.stride, windows: test.windows,
            precision: test.precision)
        let nats = try scorer.score(dataset, boundary: Toy.boundary, pool: pool)
        let predictions = try scorer.predictions(
            of: dataset, boundary: Toy.boundary, pool: pool)
        #expect(predictions.map(\.nats) == nats)
        #expect(predictions.count == dataset.tokens.count + dataset.documentCount)
        for prediction in predictions {
            #expect(prediction.confidence >= 1.0 / 23 - 1e-6 && prediction.confidence <= 1)
            let likelihood = Elementary.exp(-prediction.nats)
            #expect(likelihood <= prediction.confidence * (1 + 1e-6))
            if prediction.isRight {
                #expect(abs(likelihood - prediction.confidence) < 1e-6)
            }
        }
        let alone = try scorer.predictions(
            of: dataset, boundary: Toy.boundary, pool: WorkerPool(count: 1))
        #expect(alone == predictions)
    }

    /// Documents shorter than the context, so that every event sees its whole document.
    @Test(arguments: TransformerFamily.allCases)
    func distributionsAreThoseOfTheScores(family: TransformerFamily) throws {
        let model = try Toy.trained(family, steps: 20)
        var dataset = Toy.documents(20, seed: 9, length: 7)
        dataset.append(document: [])
        let scorer = try TransformerScorer(model)
        let nats = try scorer.score(dataset, boundary: Toy.boundary, pool: pool)
        let predictions = try scorer.predictions(
            of: dataset, boundary: Toy.boundary, pool: pool)
        let passages = (0..<dataset.documentCount).map { document in
            let tokens = [Toy.boundary] + dataset.document(document)
            return Passage(tokens: Array(tokens), positions: Array(1...tokens.count))
        }
        let distributions = try model.distributions(at: passages, pool: pool)
        let width = model.configuration.vocabularyCount
        #expect(distributions.count == nats.count * width)
        var row = 0
        for document in 0..<dataset.documentCount {
            for event in Array(dataset.document(document)) + [Toy.boundary] {
                let distribution = distributions[row * width..<(row + 1) * width]
                let ranked = distribution.sorted(by: >)
                let own = distribution[row * width + Int(event)]
                #expect(abs(distribution.reduce(0, +) - 1) < 1e-12)
                #expect(abs(-Elementary.log(own) - nats[row]) < 1e-4)
                #expect(abs(predictions[row].confidence - ranked[0]) < 1e-5)
                if ranked[0] - ranked[1] > 1e-4 {
                    #expect(predictions[row].isRight == (own == ranked[0]))
                }
                row += 1
            }
        }
    }

    /// Positions may be some of a passage's, and passages do not depend on their company.
    @Test func rowsStandInOrder() throws {
        let model = try Toy.model()
        let long = Passage(tokens: [0] + (1...15).map { UInt32($0) }, positions: [2, 9, 16])
        let short = Passage(tokens: [5, 6, 7], positions: [1, 3])
        let both = try model.distributions(at: [long, short], pool: pool)
        #expect(both.count == 5 * 23)
        let apart = try [long, short].flatMap { try model.distributions(at: [$0], pool: pool) }
        for (own, other) in zip(both, apart) { #expect(abs(own - other) < 1e-6) }
        let logits = Toy.logits(model, long.tokens)
        for (row, position) in long.positions.enumerated() {
            let expected = Toy.softmax(logits[position - 1])
            for (own, other) in zip(both[row * 23..<(row + 1) * 23], expected) {
                #expect(abs(own - other) < 1e-6)
            }
        }
        #expect(try model.distributions(at: [], pool: pool) == [])
    }

    @Test func wrongRequestsAreRefused() throws {
        let model = try Toy.model()
        let long = Passage(tokens: Array(repeating: 1, count: 17), positions: [17])
        let foreign = Passage(tokens: [0, 23], positions: [1])
        let words = ["a passage of 17 tokens", "token 23 is outside"]
        for (passage, words) in zip([long, foreign], words) {
            let error = #expect(throws: TransformerError.self) {
                _ = try model.distributions(at: [passage], pool: pool)
            }
            #expect(error?.description.contains(words) == true)
        }
        #expect(throws: TransformerError.self) {
            _ = try TransformerScorer(model).predictions(
                of: TokenDataset(tokens: [40], offsets: [0, 1]), boundary: 0, pool: pool)
        }
    }
}
