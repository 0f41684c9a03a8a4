import Compute
import LanguageModels
import TestSupport
import Testing
import Text

/// Draws against the distributions that the queries give: of models with counts, and of models that
/// have only their probabilities, interpolated or not.
@Suite struct NGramSamplingTests {
    private static let key = RandomKey(seed: 11, purpose: .sample)

    /// How a model comes to be sampled.
    enum Form: CaseIterable {
        /// By counts, with fractional weights where the smoothing takes them.
        case counted, weighted
        /// By probabilities: the same ones; pruned ones; ones of which some are below what backing
        /// off would give.
        case bare, pruned, discounted
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let configuration: NGramConfiguration
        let form: Form

        var testDescription: String { "\(configuration.testDescription) \(form)" }

        func model() throws -> NGramModel {
            let isWhole = configuration.smoothing == .modifiedKneserNey
            let weights = (0..<40).map { isWhole ? Double($0 % 3) : Double($0 % 3) * 0.7 }
            let model = try NGramModel(
                training: randomDocuments(seed: 1), weights: form == .weighted ? weights : nil,
                vocabularyCount: 24, boundary: 0, configuration: configuration)
            switch form {
            case .counted, .weighted: return model
            case .bare: return bare(model, Array(model.probabilities))
            case .pruned: return try model.pruned(threshold: 1e-3)
            case .discounted:
                var random = RandomStream(RandomKey(seed: 2, purpose: .test))
                let probabilities = model.probabilities.enumerated().map {
                    $0 <= model.vocabularyCount ? $1 : $1 * random.uniform()
                }
                return NGramModel(trie: model.trie, listed: probabilities, isImplied: [])
            }
        }

        private func bare(_ model: NGramModel, _ probabilities: [Double]) -> NGramModel {
            NGramModel(
                trie: model.trie, probabilities: NGramColumn(probabilities),
                backOffs: model.backOffs)
        }
    }

    static let cases = everyConfiguration.flatMap { configuration in
        Form.allCases.filter {
            $0 == .counted || $0 == .weighted || configuration.smoothing != .addK
        }.map { Case(configuration: configuration, form: $0) }
    }

    /// Seen and unseen histories; 22 and 23 were never in the text.
    private static let prompts: [[UInt32]] = {
        let dataset = randomDocuments(seed: 1)
        return [
            [], [22], [5, 22], Array(dataset.document(1).prefix(3)),
            Array(dataset.document(2).prefix(9)), [1], [2, 1], [17, 3, 9],
        ]
    }()

    @Test(arguments: cases)
    func drawsFollowTheConditional(example: Case) throws {
        let model = try example.model()
        for prompt in Self.prompts {
            let expected = model.conditional(after: [0] + prompt)
            #expect(abs(expected.reduce(0, +) - 1) < 1e-9)
            let counts = firstTokens(
                model, after: prompt, options: .init(maximumDocumentLength: 1), draws: 4000,
                key: Self.key)
            // 8 prompts x 144 models: a chance failure has probability below 2e-3.
            #expect(goodnessOfFit(counts, expected) > 1e-6, "\(prompt)")
        }
    }

    static let adjustments: [NGramSamplingOptions] = [
        .init(maximumDocumentLength: 1, temperature: 0.5),
        .init(maximumDocumentLength: 1, temperature: 1.7),
        .init(maximumDocumentLength: 1, temperature: 0.02),
        .init(maximumDocumentLength: 1, topK: 1),
        .init(maximumDocumentLength: 1, topK: 4),
        .init(maximumDocumentLength: 1, topK: 99),
        .init(maximumDocumentLength: 1, topP: 0.5),
        .init(maximumDocumentLength: 1, topP: 0.9),
        .init(maximumDocumentLength: 1, topP: 1),
        .init(maximumDocumentLength: 1, topK: 6, topP: 0.7),
        .init(maximumDocumentLength: 1, temperature: 0.8, topK: 5),
        .init(maximumDocumentLength: 1, temperature: 1.3, topP: 0.6),
        .init(maximumDocumentLength: 1, temperature: 0),
    ]

    @Test(arguments: cases.filter { [1, 2, 4].contains($0.configuration.order) })
    func temperatureTopKTopPAndBansAreAsDefined(example: Case) throws {
        let model = try example.model()
        for options in Self.adjustments {
            for (index, prompt) in Self.prompts.enumerated() {
                var options = options
                let distribution = model.conditional(after: [0] + prompt)
                if index % 2 == 1 {
                    // The most probable token.
                    options.forbidden = distribution.indices.max {
                        distribution[$0] < distribution[$1]
                    }.map { UInt32($0) }
                }
                let expected = adjusted(distribution, options)
                guard expected.allSatisfy({ !$0.isNaN }) else { continue }
                let counts = firstTokens(
                    model, after: prompt, options: options, draws: 1500, key: Self.key)
                // 8 prompts x 13 options x 54 models: a chance failure has probability below 6e-3.
                #expect(goodnessOfFit(counts, expected) > 1e-6, "\(options) \(prompt)")
            }
        }
    }

    /// Many tokens, so that blocks are long enough to be sorted and ties are many.
    @Test(arguments: [0, 3] as [UInt32?] + [nil])
    func truncationIsExactInALargeVocabulary(forbidden: UInt32?) throws {
        let training = randomDocuments(
            seed: 7, documents: 300, vocabularyCount: 400, longest: 60)
        let model = try NGramModel(
            training: training, vocabularyCount: 450, boundary: 449,
            configuration: NGramConfiguration(order: 3, smoothing: .modifiedKneserNey))
        for prompt in [[], [1], [4], [1, 4], Array(training.document(3).prefix(2))] as [[UInt32]] {
            for options in [
                NGramSamplingOptions(maximumDocumentLength: 1, topK: 30),
                .init(maximumDocumentLength: 1, topP: 0.8),
                .init(maximumDocumentLength: 1, topK: 50, topP: 0.8),
                .init(maximumDocumentLength: 1, temperature: 1.4, topK: 200, topP: 0.95),
            ] {
                var options = options
                options.forbidden = forbidden
                let expected = adjusted(model.conditional(after: [449] + prompt), options)
                let counts = firstTokens(
                    model, after: prompt, options: options, draws: 20_000, key: Self.key)
                #expect(goodnessOfFit(counts, expected) > 1e-6, "\(options) \(prompt)")
                // The set itself, not only the frequencies.
                #expect(zip(counts, expected).allSatisfy { $0 == 0 || $1 > 0 })
            }
        }
    }

    @Test func aForbiddenTokenThatIsTheOnlyOneShortensTheHistory() throws {
        // After 1 comes only 2; without it the unigrams decide.
        let dataset = TokenDataset(tokens: [1, 2, 1, 2], offsets: [0, 4])
        let model = try NGramModel(
            training: dataset, vocabularyCount: 3, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        let counts = firstTokens(
            model, after: [1], options: .init(maximumDocumentLength: 1, forbidden: 2), draws: 3000,
            key: Self.key)
        #expect(goodnessOfFit(counts, [1.0 / 3, 2.0 / 3, 0]) > 1e-6)
    }

    @Test(arguments: cases)
    func documentsDependOnTheirOwnIndexAlone(example: Case) throws {
        let model = try example.model()
        for options in [
            NGramSamplingOptions(maximumDocumentLength: 25, forbidden: 5),
            .init(maximumDocumentLength: 25, temperature: 0.9, topK: 12),
        ] {
            let whole = try model.sample(until: 900, options: options, key: Self.key)
            #expect(whole.dataset.tokens.count == 900)
            #expect(!whole.dataset.tokens.contains { $0 == 0 || $0 == options.forbidden })
            let lengths = (0..<whole.dataset.documentCount).map { whole.dataset.document($0).count }
            #expect(lengths.allSatisfy { $0 <= 25 })
            // Another budget changes nothing but the end; nor do other documents, or workers.
            let less = try model.sample(until: 333, options: options, key: Self.key)
            #expect(less.dataset == whole.dataset.prefix(tokens: 333))
            let complete = Array(0..<whole.dataset.documentCount - 1)
            for (count, workers) in [(1, 1), (complete.count, 1), (complete.count, 3)] {
                let few = model.sample(
                    documents: count, options: options, key: Self.key,
                    pool: WorkerPool(count: workers))
                #expect(few.dataset == whole.dataset.selecting(Array(complete.prefix(count))))
            }
            #expect(
                try model.sample(
                    until: 900, options: options, key: Self.key, pool: WorkerPool(count: 2)
                ) == whole)
            #expect(
                try model.sample(
                    until: 900, options: options, key: RandomKey(seed: 12, purpose: .sample)
                ) != whole)
        }
        let none = try model.sample(
            until: 0, options: .init(maximumDocumentLength: 5), key: Self.key)
        #expect(none.dataset.documentCount == 0)
    }

    /// A golden value: draws from counts stay the same bits. It changes with
    /// ``NGramModel/samplingVersion`` only.
    @Test func drawsFromCountsStayTheSame() throws {
        let model = try NGramModel(
            training: randomDocuments(seed: 1), vocabularyCount: 24, boundary: 0,
            configuration: NGramConfiguration(order: 4, smoothing: .modifiedKneserNey))
        let sample = try model.sample(
            until: 5000, options: .init(maximumDocumentLength: 40), key: Self.key)
        let hash = sample.dataset.tokens.reduce(UInt64(17)) { $0 &* 31 &+ UInt64($1) }
        #expect(hash == 7_230_910_227_325_843_644)
    }

    @Test func promptsTakeTurnsAndCountWhereTheyAreIncluded() throws {
        let model = try Case(
            configuration: NGramConfiguration(order: 3, smoothing: .modifiedKneserNey),
            form: .counted
        ).model()
        let prompts: [[UInt32]] = [[1, 2, 3], [], [4]]
        var options = NGramSamplingOptions(maximumDocumentLength: 12, prompts: prompts)
        let with = model.sample(documents: 7, options: options, key: Self.key)
        #expect(with.promptLengths == [3, 0, 1, 3, 0, 1, 3])
        let budget = try model.sample(until: 41, options: options, key: Self.key)
        #expect(budget.dataset.tokens.count == 41)
        #expect(budget.dataset.tokens == Array(with.dataset.tokens.prefix(41)))
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
        let model = try NGramModel(
            training: randomDocuments(seed: 1), vocabularyCount: 20, boundary: 0,
            configuration: NGramConfiguration(order: 4, smoothing: .modifiedKneserNey))
        let options = NGramSamplingOptions(maximumDocumentLength: 10_000)
        let sample = try model.sample(until: 20_000, options: options, key: Self.key).dataset
        let complete = sample.selecting(Array(0..<sample.documentCount - 1))
        let surprisal = model.score(complete).nats
        let entropies = model.compared(with: model, over: complete, pool: WorkerPool(count: 1))
            .events.map(\.entropy)
        let differences = zip(surprisal, entropies).map { $0 - $1 }
        let variance = differences.reduce(0) { $0 + $1 * $1 }
        // Differences of surprisal and conditional entropy are a martingale; z beyond 4.9 has p <
        // 1e-6.
        #expect(abs(differences.reduce(0, +)) < 4.9 * variance.squareRoot())
        #expect(differences.count > 2000)
    }
}
