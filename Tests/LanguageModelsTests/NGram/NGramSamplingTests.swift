import Compute
import LanguageModels
import Testing
import Text

@Suite struct NGramSamplingTests {
    private static let key = RandomKey(seed: 11, purpose: .sample)

    private func model(
        _ configuration: NGramConfiguration, seed: UInt64 = 1, vocabularyCount: Int = 20,
        trainedOn count: Int = 20, weights: [Double]? = nil
    ) throws -> NGramModel {
        try NGramModel(
            training: randomDocuments(seed: seed, vocabularyCount: count), weights: weights,
            vocabularyCount: vocabularyCount, boundary: 0, configuration: configuration)
    }

    /// Draws the token after `prompt` many times.
    private func next(
        _ model: NGramModel, after prompt: [UInt32], options: NGramSamplingOptions, draws: Int
    ) -> [Int] {
        var options = options
        options.prompts = prompt.isEmpty ? [] : [prompt]
        options.includesPrompt = false
        options.maximumDocumentLength = 1
        let sample = model.sample(documents: draws, options: options, key: Self.key)
        var counts = Array(repeating: 0, count: model.vocabularyCount)
        for document in 0..<draws {
            counts[Int(sample.dataset.document(document).first ?? model.boundary)] += 1
        }
        return counts
    }

    @Test(arguments: everyConfiguration)
    func drawsFollowTheConditional(configuration: NGramConfiguration) throws {
        let isWhole = configuration.smoothing == .modifiedKneserNey
        let weights = (0..<40).map { isWhole ? Double($0 % 3) : Double($0 % 3) * 0.7 }
        let model = try model(configuration, vocabularyCount: 24, weights: weights)
        let dataset = randomDocuments(seed: 1)
        let prompts: [[UInt32]] = [
            [], [22], [5, 22], Array(dataset.document(1).prefix(3)),
            Array(dataset.document(2).prefix(9)), [1], [2, 1], [17, 3, 9],
        ]
        for prompt in prompts {
            let counts = next(
                model, after: prompt, options: .init(maximumDocumentLength: 1), draws: 4000)
            let expected = model.conditional(after: [0] + prompt)
            // 8 prompts x 32 configurations: a chance failure has probability below 3e-4.
            #expect(goodnessOfFit(counts, expected) > 1e-6, "\(prompt)")
        }
    }

    @Test(arguments: NGramSmoothing.allCases)
    func forbiddenTokensAreRenormalisedAway(smoothing: NGramSmoothing) throws {
        let model = try model(NGramConfiguration(order: 3, smoothing: smoothing))
        for prompt in [[], [3], [1, 2]] as [[UInt32]] {
            var expected = model.conditional(after: [0] + prompt)
            let forbidden = UInt32(expected.indices.max { expected[$0] < expected[$1] } ?? 0)
            expected[Int(forbidden)] = 0
            let rest = expected.reduce(0, +)
            guard rest > 0 else { continue }
            let counts = next(
                model, after: prompt,
                options: .init(maximumDocumentLength: 1, forbidden: forbidden), draws: 4000)
            #expect(goodnessOfFit(counts, expected.map { $0 / rest }) > 1e-6)
        }
    }

    @Test func aForbiddenTokenThatIsTheOnlyOneShortensTheHistory() throws {
        // After 1 comes only 2; without it the unigrams decide.
        let dataset = TokenDataset(tokens: [1, 2, 1, 2], offsets: [0, 4])
        let model = try NGramModel(
            training: dataset, vocabularyCount: 3, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        let counts = next(
            model, after: [1], options: .init(maximumDocumentLength: 1, forbidden: 2), draws: 3000)
        #expect(goodnessOfFit(counts, [1.0 / 3, 2.0 / 3, 0]) > 1e-6)
    }

    @Test(arguments: [0.5, 0.8, 1.7], NGramSmoothing.allCases)
    func temperatureSharpensOrFlattens(temperature: Double, smoothing: NGramSmoothing) throws {
        let model = try model(
            NGramConfiguration(order: 3, smoothing: smoothing), vocabularyCount: 24)
        for prompt in [[], [3], [1, 2], [22], [17, 3, 9]] as [[UInt32]] {
            var expected = model.conditional(after: [0] + prompt).map {
                Elementary.power($0, 1 / temperature)
            }
            let total = expected.reduce(0, +)
            expected = expected.map { $0 / total }
            let counts = next(
                model, after: prompt,
                options: .init(maximumDocumentLength: 1, temperature: temperature), draws: 4000)
            #expect(goodnessOfFit(counts, expected) > 1e-6)
        }
    }

    @Test func topKTopPAndGreedyKeepTheMostProbable() throws {
        let model = try model(NGramConfiguration(order: 3, smoothing: .wittenBell))
        let distribution = model.conditional(after: [0, 3])
        let ranking = distribution.indices.sorted {
            distribution[$0] != distribution[$1] ? distribution[$0] > distribution[$1] : $0 < $1
        }
        func expected(_ kept: Int) -> [Double] {
            var cut = Array(repeating: 0.0, count: 20)
            let total = ranking[..<kept].reduce(0) { $0 + distribution[$1] }
            for index in ranking[..<kept] { cut[index] = distribution[index] / total }
            return cut
        }
        func fit(_ kept: Int, _ options: NGramSamplingOptions) -> Double {
            goodnessOfFit(next(model, after: [3], options: options, draws: 4000), expected(kept))
        }
        #expect(fit(4, .init(maximumDocumentLength: 1, topK: 4)) > 1e-6)
        #expect(fit(1, .init(maximumDocumentLength: 1, topK: 1)) == 1)
        #expect(fit(1, .init(maximumDocumentLength: 1, temperature: 0)) == 1)
        #expect(fit(20, .init(maximumDocumentLength: 1, topK: 99)) > 1e-6)
        let half = (1...20).first { count in
            ranking[..<count].reduce(0) { $0 + distribution[$1] } >= 0.5
        }
        #expect(fit(try #require(half), .init(maximumDocumentLength: 1, topP: 0.5)) > 1e-6)
        #expect(fit(20, .init(maximumDocumentLength: 1, topP: 1)) > 1e-6)
    }

    @Test(arguments: everyConfiguration)
    func theBudgetIsMetExactlyAndOnlyTheLastDocumentIsCut(
        configuration: NGramConfiguration
    )
        throws
    {
        let model = try model(configuration)
        let options = NGramSamplingOptions(maximumDocumentLength: 25)
        let whole = try model.sample(until: 900, options: options, key: Self.key)
        #expect(whole.dataset.tokens.count == 900)
        #expect(!whole.dataset.tokens.contains(0))
        let lengths = (0..<whole.dataset.documentCount).map { whole.dataset.document($0).count }
        #expect(lengths.allSatisfy { $0 <= 25 })
        // Another budget changes nothing but the end, and document i is `key.at(i)`'s.
        let less = try model.sample(until: 333, options: options, key: Self.key)
        #expect(less.dataset == whole.dataset.prefix(tokens: 333))
        let few = model.sample(
            documents: less.dataset.documentCount - 1, options: options, key: Self.key)
        #expect(
            few.dataset
                == less.dataset.selecting(Array(0..<few.dataset.documentCount)))
        let none = try model.sample(until: 0, options: options, key: Self.key)
        #expect(none.dataset.documentCount == 0)
    }

    @Test func promptsAreIncludedOrLeftOutAndTheirLengthsReported() throws {
        let model = try model(NGramConfiguration(order: 3, smoothing: .modifiedKneserNey))
        let prompts: [[UInt32]] = [[1, 2, 3], [], [4]]
        var options = NGramSamplingOptions(maximumDocumentLength: 12, prompts: prompts)
        let with = model.sample(documents: 7, options: options, key: Self.key)
        #expect(with.promptLengths == [3, 0, 1, 3, 0, 1, 3])
        options.includesPrompt = false
        let without = model.sample(documents: 7, options: options, key: Self.key)
        #expect(without.promptLengths == Array(repeating: 0, count: 7))
        for document in 0..<7 {
            let prompt = prompts[document % 3]
            let full = Array(with.dataset.document(document))
            #expect(full.starts(with: prompt))
            let rest = Array(without.dataset.document(document))
            #expect(rest.starts(with: full.dropFirst(prompt.count)))
        }
        options.includesPrompt = true
        options.maximumDocumentLength = 2
        let cut = model.sample(documents: 1, options: options, key: Self.key)
        #expect(cut.dataset.tokens == [1, 2] && cut.promptLengths == [2])
    }

    @Test func aModelOfEmptyDocumentsIsRefusedRatherThanSampledForever() throws {
        let model = try NGramModel(
            training: TokenDataset(tokens: [], offsets: [0, 0]), vocabularyCount: 3, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        #expect(throws: NGramError.self) {
            try model.sample(
                until: 5, options: .init(maximumDocumentLength: 4), key: Self.key)
        }
    }

    @Test func longSamplesReproduceTheStationaryCrossEntropy() throws {
        // The mean of -log p over what a model draws is its entropy rate: two halves must agree, and the
        // model's own score of its samples must lie within the spread of their documents.
        let model = try model(NGramConfiguration(order: 4, smoothing: .modifiedKneserNey))
        let options = NGramSamplingOptions(maximumDocumentLength: 10_000)
        let sample = try model.sample(until: 200_000, options: options, key: Self.key).dataset
        var surprisal = 0.0
        var entropy = 0.0
        var variance = 0.0
        let documents = min(sample.documentCount - 1, 600)
        var position = 0
        for document in 0..<documents {
            var history: [UInt32] = [0]
            for token in Array(sample.document(document)) + [0] {
                let distribution = model.conditional(after: history)
                let expected = distribution.reduce(0) { $0 - $1 * Elementary.log($1) }
                let observed = -Elementary.log(distribution[Int(token)])
                surprisal += observed
                entropy += expected
                variance += (observed - expected) * (observed - expected)
                history.append(token)
                position += 1
            }
        }
        // Differences of surprisal and conditional entropy are a martingale; z beyond 4.9 has p < 1e-6.
        #expect(abs(surprisal - entropy) < 4.9 * variance.squareRoot())
        #expect(position > 2000)
    }
}
