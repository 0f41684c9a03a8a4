import Compute
import LanguageModels
import Testing
import Text

@Suite struct NGramModelTests {
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
    }

    @Test func maximumLikelihoodByHand() throws {
        // a b a | a b b, with 1 = a, 2 = b.
        let dataset = TokenDataset(tokens: [1, 2, 1, 1, 2, 2], offsets: [0, 3, 6])
        let model = try NGramModel(
            training: dataset, vocabularyCount: 4, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
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

    @Test func `maximum likelihood gives unseen successors nothing and counts them`() throws {
        let model = try NGramModel(
            training: TokenDataset(tokens: [1, 2, 1, 2], offsets: [0, 4]), vocabularyCount: 4,
            boundary: 0, configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        let score = model.score(TokenDataset(tokens: [1, 1, 2], offsets: [0, 2, 3]))
        #expect(score.nats == [0, .infinity, .infinity, .infinity, Elementary.log(2)])
    }

    @Test func configurationsAreSpelledAsInASpecification() {
        #expect(
            NGramSmoothing.allCases.map(\.rawValue) == [
                "maximum-likelihood", "add-k", "witten-bell", "modified-kneser-ney",
            ])
    }
}
