import Compute
import LanguageModels
import Testing
import Text

/// What was seen after which history, counted event by event: the tokens of each document and,
/// unless it was cut, its end.
struct SuccessorCounts {
    private var counts: [[UInt32]: [UInt32: Double]] = [:]
    private let boundary: UInt32

    init(of dataset: TokenDataset, longest: Int, boundary: UInt32) {
        self.boundary = boundary
        for document in 0..<dataset.documentCount {
            var history = [boundary]
            var events = Array(dataset.document(document))
            if !dataset.isCut(document) { events.append(boundary) }
            for event in events {
                for length in 0...min(longest, history.count) {
                    counts[Array(history.suffix(length)), default: [:]][event, default: 0] += 1
                }
                history.append(event)
            }
        }
    }

    /// The end of a context that can matter to n-grams of an order.
    func relevant(_ context: [UInt32], order: Int) -> [UInt32] {
        let recent = context.suffix(order - 1)
        guard let start = recent.lastIndex(of: boundary) else { return Array(recent) }
        return Array(recent[start...])
    }

    func isContinued(_ history: [UInt32]) -> Bool { counts[history] != nil }

    /// The relative frequencies after the longest end of `context` that something followed.
    func frequencies(after context: [UInt32], order: Int, vocabularyCount: Int) -> [Double] {
        var history = relevant(context, order: order)
        while counts[history] == nil, !history.isEmpty { history.removeFirst() }
        let found = counts[history] ?? [:]
        let total = found.values.reduce(0, +)
        return (0..<vocabularyCount).map { (found[UInt32($0)] ?? 0) / total }
    }
}

extension TokenDataset {
    /// These documents, about every third of them cut.
    func cuttingSome(seed: UInt64) -> TokenDataset {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test, index: 7))
        let cut = (0..<documentCount).filter { _ in random.below(3) == 0 }
        return cutting(cut)
    }

    /// What stands before the place where a document was cut.
    var contextsAtCuts: [[UInt32]] { cutDocuments.map { [0] + document($0) } }
}

/// A document that was cut teaches its tokens and no end.
@Suite struct CutDocumentTests {
    private static let vocabularyCount = 20

    private func model(
        _ dataset: TokenDataset, _ configuration: NGramConfiguration, weights: [Double]? = nil,
        pool: WorkerPool? = nil
    ) throws -> NGramModel {
        try NGramModel(
            training: dataset, weights: weights, vocabularyCount: Self.vocabularyCount,
            boundary: 0, configuration: configuration, pool: pool)
    }

    private func contexts(_ dataset: TokenDataset, seed: UInt64) -> [[UInt32]] {
        randomContexts(
            seed: seed, count: 200, dataset: dataset, vocabularyCount: Self.vocabularyCount)
            + dataset.contextsAtCuts
    }

    @Test(arguments: 1...5, 0..<6)
    func relativeFrequenciesAreThoseOfTheEvents(order: Int, seed: Int) throws {
        let dataset = randomDocuments(seed: UInt64(seed)).cuttingSome(seed: UInt64(seed))
        let model = try model(
            dataset, NGramConfiguration(order: order, smoothing: .maximumLikelihood))
        let counts = SuccessorCounts(of: dataset, longest: order - 1, boundary: 0)
        for context in contexts(dataset, seed: UInt64(seed)) {
            let expected = counts.frequencies(
                after: context, order: order, vocabularyCount: Self.vocabularyCount)
            for (own, other) in zip(model.conditional(after: context), expected) {
                #expect(abs(own - other) < 1e-12, "after \(context)")
            }
        }
    }

    @Test(arguments: everyConfiguration)
    func distributionsSumToOne(configuration: NGramConfiguration) throws {
        let dataset = randomDocuments(seed: 3).cuttingSome(seed: 3)
        let model = try model(dataset, configuration)
        for context in contexts(dataset, seed: 3) {
            let distribution = model.conditional(after: context)
            #expect(distribution.allSatisfy { $0 >= 0 })
            #expect(abs(distribution.reduce(0, +) - 1) < 1e-9, "after \(context)")
        }
    }

    @Test(arguments: everyConfiguration)
    func aWholeWeightIsARepetition(configuration: NGramConfiguration) throws {
        let dataset = randomDocuments(seed: 4).cuttingSome(seed: 4)
        var random = RandomStream(RandomKey(seed: 4, purpose: .test))
        let uneven = (0..<dataset.documentCount).map { _ in random.below(4) }
        for weights in [dataset.offsets.dropFirst().map { _ in 2 }, uneven] {
            let repeated = dataset.selecting(
                weights.indices.flatMap { Array(repeating: $0, count: weights[$0]) })
            let weighted = try model(
                dataset, configuration, weights: weights.map { Double($0) })
            #expect(try model(repeated, configuration) == weighted)
        }
    }

    @Test(arguments: everyConfiguration)
    func cutsMakeADifference(configuration: NGramConfiguration) throws {
        let whole = randomDocuments(seed: 5)
        let some = whole.cuttingSome(seed: 5)
        let models = try [whole, some, whole.cutting(Array(0..<whole.documentCount))].map {
            try model($0, configuration)
        }
        #expect(models[0] != models[1] && models[1] != models[2] && models[0] != models[2])
    }

    /// Several pieces, of which each has cut documents.
    @Test(arguments: NGramSmoothing.allCases, [1, 2, 4])
    func theNumberOfWorkersDoesNotMatter(smoothing: NGramSmoothing, order: Int) throws {
        let dataset = randomDocuments(
            seed: 6, documents: 4_000, vocabularyCount: 300, longest: 60
        ).cuttingSome(seed: 6)
        let isWhole = smoothing == .modifiedKneserNey
        let uneven = (0..<4_000).map { Double($0 % 4) * (isWhole ? 1 : 0.5) }
        for weights in [nil, uneven] as [[Double]?] {
            let models = try [1, 2, 3].map { workers in
                try NGramModel(
                    training: dataset, weights: weights, vocabularyCount: 300, boundary: 0,
                    configuration: NGramConfiguration(order: order, smoothing: smoothing),
                    pool: WorkerPool(count: workers))
            }
            #expect(models[0] == models[1] && models[0] == models[2])
        }
    }

    /// Counts of counts as `lmplz` gathers them walk back to the starts of documents, before which
    /// one that was cut may stand.
    @Test(arguments: 1...5, 0..<6)
    func statisticsOfLmplzStopAtTheStartsOfDocuments(order: Int, seed: Int) throws {
        let whole = randomDocuments(seed: UInt64(seed), longest: 5)
        let dataset = whole.cuttingSome(seed: UInt64(seed))
        let model = try model(
            dataset,
            NGramConfiguration(
                order: order, smoothing: .modifiedKneserNey, countsOfCounts: .lmplz))
        for context in contexts(dataset, seed: UInt64(seed)) {
            #expect(abs(model.conditional(after: context).reduce(0, +) - 1) < 1e-9)
        }
    }

    // MARK: Sampling

    @Test(arguments: everyConfiguration)
    func samplesAreCutAtTheGreatestLength(configuration: NGramConfiguration) throws {
        let model = try model(randomDocuments(seed: 7).cuttingSome(seed: 7), configuration)
        let key = RandomKey(seed: 7, purpose: .sample)
        for prompts in [[], [[1, 2], [], [3, 4, 5, 6, 7, 8, 9]]] as [[[UInt32]]] {
            let sample = model.sample(
                documents: 300,
                options: NGramSamplingOptions(maximumDocumentLength: 6, prompts: prompts),
                key: key, pool: WorkerPool(count: 2)
            ).dataset
            let full = (0..<300).filter { sample.document($0).count == 6 }
            #expect(sample.cutDocuments == full)
            #expect(!full.isEmpty && full.count < 300)
        }
    }

    @Test(arguments: everyConfiguration)
    func aBudgetCutsTheLastDocument(configuration: NGramConfiguration) throws {
        let model = try model(randomDocuments(seed: 8).cuttingSome(seed: 8), configuration)
        let options = NGramSamplingOptions(maximumDocumentLength: 12)
        let key = RandomKey(seed: 8, purpose: .sample)
        let all = try model.sample(until: 2_000, options: options, key: key).dataset
        #expect(all.tokens.count == 2_000)
        for budget in 1...80 {
            let sample = try model.sample(until: budget, options: options, key: key).dataset
            #expect(sample.tokens.count == budget)
            let last = sample.documentCount - 1
            let before = Array(0..<last)
            #expect(sample.selecting(before) == all.selecting(before), "budget \(budget)")
            let kept = sample.document(last)
            #expect(kept == all.document(last).prefix(kept.count))
            // One that ends where the budget does may or may not have come to its end.
            if kept.count < all.document(last).count || all.isCut(last) {
                #expect(sample.isCut(last), "budget \(budget)")
            }
        }
    }

    /// Documents that end in tokens which occur nowhere else, so that nothing was seen after them.
    @Test(arguments: everyConfiguration)
    func contextsWithoutSuccessorsAreSampledFrom(configuration: NGramConfiguration) throws {
        var dataset = TokenDataset()
        let whole = randomDocuments(seed: 9, vocabularyCount: 17)
        for document in 0..<whole.documentCount {
            let ending = UInt32(17 + document % 3)
            dataset.append(document: Array(whole.document(document)) + [ending], isCut: true)
        }
        let model = try model(dataset, configuration)
        for context in dataset.contextsAtCuts + [[17], [18, 19], [0]] {
            #expect(abs(model.conditional(after: context).reduce(0, +) - 1) < 1e-9)
        }
        for options in [
            NGramSamplingOptions(maximumDocumentLength: 40),
            NGramSamplingOptions(maximumDocumentLength: 40, temperature: 0.7, forbidden: 2),
            NGramSamplingOptions(maximumDocumentLength: 40, topK: 3, topP: 0.9),
            NGramSamplingOptions(maximumDocumentLength: 40, temperature: 0),
        ] {
            let sample = model.sample(
                documents: 200, options: options, key: RandomKey(seed: 9, purpose: .sample)
            ).dataset
            #expect(sample.documentCount == 200)
            #expect(sample.tokens.allSatisfy { $0 > 0 && $0 < 20 })
            // No end was seen, and maximum likelihood gives it nothing.
            if configuration.smoothing == .maximumLikelihood {
                #expect(sample.cutDocuments == Array(0..<200))
            }
        }
    }
}
