import Compute
import LanguageModels
import Testing
import Text

/// What a model says of events, against its whole distributions.
@Suite struct NGramPredictionTests {
    private func check(_ model: NGramModel, _ dataset: TokenDataset) {
        let predictions = model.predictions(of: dataset, pool: WorkerPool(count: 2))
        #expect(predictions.map(\.nats) == model.score(dataset).nats)
        var index = 0
        for document in 0..<dataset.documentCount {
            let events = Array(dataset.document(document)) + [model.boundary]
            for position in events.indices {
                let context = [model.boundary] + events[..<position]
                let distribution = model.conditional(after: context)
                let ranked = distribution.sorted(by: >)
                let prediction = predictions[index]
                index += 1
                #expect(abs(prediction.confidence - ranked[0]) < 1e-12, "after \(context)")
                let isGreatest = distribution[Int(events[position])] >= ranked[0] - 1e-10
                if ranked[0] - ranked[1] > 1e-10 {
                    #expect(prediction.isRight == isGreatest, "\(events[position]) \(context)")
                } else if prediction.isRight {
                    #expect(isGreatest)
                }
            }
        }
        #expect(index == predictions.count)
    }

    /// Other documents than the training's.
    private func text(_ test: NGramCase) -> TokenDataset {
        var other = test
        other.seed += 100
        var dataset = other.dataset.selecting(Array(0..<30))
        dataset.append(test.dataset.selecting(Array(0..<30)))
        return dataset
    }

    @Test(arguments: NGramCase.all)
    func favouritesAreThoseOfTheDistributions(_ test: NGramCase) throws {
        check(try test.model(), text(test))
    }

    @Test(arguments: NGramCase.all.filter { $0.smoothing == .maximumLikelihood })
    func favouritesOfInterpolatedModels(_ test: NGramCase) throws {
        var random = test.random
        let weights = (0..<test.order).map { _ in random.uniform() * 0.9 }
        check(
            try test.model().interpolated(NGramInterpolation(weights: weights)), text(test))
    }

    @Test(arguments: NGramCase.few.filter { $0.smoothing != .addK })
    func favouritesOfPrunedModels(_ test: NGramCase) throws {
        check(try test.model().pruned(threshold: 1e-3), text(test))
    }

    /// Where contexts list tokens with less than backing off would give them.
    @Test(arguments: NGramCase.few.filter { $0.smoothing == .wittenBell })
    func favouritesOfModelsThatListLittle(_ test: NGramCase) throws {
        let model = try test.model()
        var random = test.random
        let probabilities = model.probabilities.enumerated().map {
            $0 <= model.vocabularyCount ? $1 : $1 * random.uniform()
        }
        check(NGramModel(trie: model.trie, listed: probabilities, isImplied: []), text(test))
    }

    @Test(arguments: NGramCase.few)
    func distributionsArePutInRows(_ test: NGramCase) throws {
        let model = try test.model()
        var passages: [Passage] = []
        var expected: [Double] = []
        for document in 0..<10 {
            let tokens = [test.boundary] + test.dataset.document(document)
            let positions = Array(stride(from: 1, through: tokens.count, by: 2))
            passages.append(Passage(tokens: tokens, positions: positions))
            for position in positions { expected += model.conditional(after: tokens[..<position]) }
        }
        #expect(model.distributions(at: passages) == expected)
        #expect(model.distributions(at: []) == [])
    }
}
