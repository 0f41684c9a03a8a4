import Compute
import LanguageModels
import Testing
import Text

/// A model that changes, beside a list of what it must hold.
private struct IncrementalHistory: ~Copyable {
    let pool: TokenDataset
    var copies: [Int]
    var model: NGramIncrementalModel
    var random: RandomStream

    init(
        pool: TokenDataset, vocabularyCount: Int, boundary: UInt32,
        configuration: NGramConfiguration, seed: UInt64
    ) {
        self.pool = pool
        copies = Array(repeating: 0, count: pool.documentCount)
        model = NGramIncrementalModel(
            vocabularyCount: vocabularyCount, boundary: boundary, configuration: configuration)
        random = RandomStream(RandomKey(seed: seed, purpose: .test, index: 3))
    }

    /// Adds or removes some documents, some of them several times, in a random order.
    mutating func change(adding: Bool, share: Int) throws {
        let chosen = random.permutation(of: pool.documentCount).filter { _ in
            random.below(100) < share
        }
        let counts = chosen.map { document in
            adding ? random.below(4) : random.below(copies[document] + 1)
        }
        for (document, count) in zip(chosen, counts) { copies[document] += adding ? count : -count }
        let weights = counts.map(Double.init)
        if adding {
            try model.add(pool.selecting(chosen), weights: weights)
        } else {
            try model.remove(pool.selecting(chosen), weights: weights)
        }
    }

    mutating func removeEverything() throws {
        try model.remove(pool, weights: copies.map(Double.init))
        copies = copies.map { _ in 0 }
    }

    /// The model that was trained on what is held.
    func trained() throws -> NGramModel {
        try NGramModel(
            training: pool, weights: copies.map(Double.init),
            vocabularyCount: model.vocabularyCount, boundary: model.boundary,
            configuration: model.configuration)
    }
}

@Suite struct NGramIncrementalTests {
    private static func key(_ seed: UInt64) -> RandomKey {
        RandomKey(seed: seed, purpose: .sample)
    }

    private static func history(of test: NGramCase) -> IncrementalHistory {
        IncrementalHistory(
            pool: test.dataset.selecting(Array(0..<30) + [1, 2]),
            vocabularyCount: test.vocabularyCount, boundary: test.boundary,
            configuration: test.configuration, seed: test.seed)
    }

    @Test(arguments: NGramCase.all)
    func `whatever came and went, the model is the one trained on what is there`(
        _ test: NGramCase
    ) throws {
        var history = Self.history(of: test)
        for step in 0..<12 {
            try history.change(adding: step % 3 != 2, share: 10 + history.random.below(90))
            if step == 7 { try history.removeEverything() }
            guard history.copies.contains(where: { $0 > 0 }) else { continue }
            let trained = try history.trained()
            let frozen = try history.model.frozen()
            #expect(frozen == trained, "step \(step)")
            #expect(history.model.metrics == trained.metrics)
        }
    }

    @Test(arguments: NGramCase.all)
    func `it answers what a trained model answers, bit for bit`(_ test: NGramCase) throws {
        var history = Self.history(of: test)
        try history.change(adding: true, share: 80)
        try history.change(adding: false, share: 60)
        try history.change(adding: true, share: 20)
        let trained = try history.trained()
        for context in test.contexts(60) {
            let distribution = history.model.conditional(after: context[...])
            #expect(distribution == trained.conditional(after: context[...]), "after \(context)")
            let singles = (0..<UInt32(test.vocabularyCount)).map {
                history.model.probability(of: $0, after: context[...])
            }
            let expected = (0..<UInt32(test.vocabularyCount)).map {
                trained.probability(of: $0, after: context[...])
            }
            #expect(singles == expected, "after \(context)")
        }
        var other = test
        other.seed += 100
        #expect(history.model.score(other.dataset) == trained.score(other.dataset))
    }

    @Test(arguments: NGramCase.all)
    func `it draws the very documents that a trained model draws`(_ test: NGramCase) throws {
        var history = Self.history(of: test)
        try history.change(adding: true, share: 100)
        try history.change(adding: false, share: 50)
        let trained = try history.trained()
        var plain = NGramSamplingOptions(maximumDocumentLength: 30)
        plain.forbidden = 0
        plain.prompts = [[1, 2], [], [5, 5, 5]]
        let greedy = NGramSamplingOptions(maximumDocumentLength: 10, temperature: 0)
        for options in [NGramSamplingOptions(maximumDocumentLength: 30), plain, greedy] {
            #expect(
                history.model.sample(documents: 40, options: options, key: Self.key(test.seed))
                    == trained.sample(documents: 40, options: options, key: Self.key(test.seed)))
        }
        #expect(
            try history.model.sample(until: 300, options: plain, key: Self.key(1))
                == trained.sample(until: 300, options: plain, key: Self.key(1)))
    }

    @Test(arguments: NGramCase.few)
    func `temperature, top-k and top-p are those of the definitions`(_ test: NGramCase) throws {
        var history = Self.history(of: test)
        try history.change(adding: true, share: 100)
        var options = NGramSamplingOptions(
            maximumDocumentLength: 1, temperature: 0.7, topK: 9, topP: 0.9)
        options.forbidden = 4
        for prompt: [UInt32] in [[1], [0, 2]] {
            options.prompts = [prompt]
            options.includesPrompt = false
            let sample = history.model.sample(documents: 3000, options: options, key: Self.key(2))
            var counts = Array(repeating: 0, count: test.vocabularyCount)
            for document in 0..<3000 {
                counts[Int(sample.dataset.document(document).first ?? test.boundary)] += 1
            }
            let distribution = history.model.conditional(after: ([test.boundary] + prompt)[...])
            #expect(goodnessOfFit(counts, adjusted(distribution, options)) > 1e-6)
        }
    }

    /// Hundreds of successors, so that leaves are split and merged.
    @Test(arguments: 0..<12)
    func `contexts with many successors stay sorted and summed`(_ seed: Int) throws {
        var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test, index: 9))
        var pool = TokenDataset()
        for _ in 0..<400 {
            // Every other token is one of four, which therefore come before hundreds.
            let document = (0..<2 + random.below(20)).map { place in
                UInt32(
                    place % 2 == 0
                        ? 1 + random.below(4) : 5 + min(random.below(995), random.below(995)))
            }
            pool.append(document: document)
        }
        var history = IncrementalHistory(
            pool: pool, vocabularyCount: 1000, boundary: 0,
            configuration: NGramConfiguration(
                order: 1 + seed % 4, smoothing: NGramSmoothing.allCases[seed / 4 + 1]),
            seed: UInt64(seed))
        let options = NGramSamplingOptions(maximumDocumentLength: 50)
        for step in 0..<8 {
            try history.change(adding: step % 2 == 0, share: step % 4 == 3 ? 95 : 60)
            guard history.copies.contains(where: { $0 > 0 }) else { continue }
            let trained = try history.trained()
            #expect(try history.model.frozen() == trained)
            #expect(
                history.model.sample(documents: 20, options: options, key: Self.key(1))
                    == trained.sample(documents: 20, options: options, key: Self.key(1)))
        }
        try history.removeEverything()
        #expect(history.model.eventCount == 0)
        #expect(history.model.metrics.allSatisfy { $0.types == 0 })
    }

    @Test(arguments: NGramSmoothing.allCases)
    func `a model of nothing finds all tokens equally probable`(_ smoothing: NGramSmoothing) throws
    {
        let dataset = TokenDataset(tokens: [1, 2, 1], offsets: [0, 2, 3])
        var model = NGramIncrementalModel(
            vocabularyCount: 4, boundary: 0,
            configuration: NGramConfiguration(order: 3, smoothing: smoothing))
        for _ in 0..<2 {
            #expect(model.conditional(after: [0, 1][...]) == Array(repeating: 0.25, count: 4))
            #expect(model.probability(of: 2, after: [1, 2, 3][...]) == 0.25)
            #expect(throws: NGramError(.noData)) { try model.frozen() }
            try model.add(dataset)
            try model.remove(dataset)
        }
    }

    @Test func `what removals free is used again`() throws {
        let dataset = randomDocuments(seed: 5, documents: 2000)
        var model = NGramIncrementalModel(
            vocabularyCount: 20, boundary: 0,
            configuration: NGramConfiguration(order: 5, smoothing: .modifiedKneserNey))
        try model.add(dataset)
        let bytes = model.byteCount
        for _ in 0..<5 {
            try model.remove(dataset)
            try model.add(dataset)
        }
        #expect(model.byteCount == bytes)
    }

    // MARK: Refusals

    /// Each of them leaves the model as it was.
    @Test(arguments: NGramSmoothing.allCases)
    func `what cannot be added or removed is refused, and nothing changes`(
        _ smoothing: NGramSmoothing
    ) throws {
        var model = NGramIncrementalModel(
            vocabularyCount: 5, boundary: 0,
            configuration: NGramConfiguration(order: 3, smoothing: smoothing))
        let held = TokenDataset(tokens: [1, 2, 3, 1, 2, 4], offsets: [0, 3, 6])
        try model.add(held, weights: [1, 2])
        let before = try model.frozen()

        func kind(_ body: () throws(NGramError) -> Void) -> NGramError.Kind? {
            do {
                try body()
                return nil
            } catch {
                #expect(!error.description.isEmpty)
                return error.kind
            }
        }
        // All its n-grams are there, but not the document.
        let unseen = TokenDataset(tokens: [1, 2], offsets: [0, 2])
        #expect(
            kind { () throws(NGramError) in try model.remove(unseen) }
                == .notHeld(document: 0, copies: 1))
        let twice = held.selecting([0, 1, 0])
        #expect(
            kind { () throws(NGramError) in try model.remove(twice) }
                == .notHeld(document: 2, copies: 1))
        #expect(
            kind { () throws(NGramError) in try model.remove(held, weights: [1, 3]) }
                == .notHeld(document: 1, copies: 3))
        #expect(
            kind { () throws(NGramError) in try model.add(held, weights: [1]) }
                == .weightCount(weights: 1, documents: 2))
        #expect(
            kind { () throws(NGramError) in try model.add(held, weights: [1, -1]) }
                == .invalidWeight(document: 1, weight: -1))
        let partial = kind { () throws(NGramError) in try model.add(held, weights: [1, 0.5]) }
        #expect(
            partial
                == (smoothing == .modifiedKneserNey
                    ? .fractionalWeight(document: 1, weight: 0.5)
                    : .partialDocument(document: 1, weight: 0.5)))
        #expect(
            kind { () throws(NGramError) in
                try model.add(TokenDataset(tokens: [1, 5], offsets: [0, 1, 2]))
            } == .tokenOutOfRange(document: 1, position: 0, token: 5, vocabularyCount: 5))
        #expect(
            kind { () throws(NGramError) in
                try model.add(TokenDataset(tokens: [1, 0], offsets: [0, 2]))
            } == .boundaryInside(document: 0, position: 1, boundary: 0))
        let most = Double(UInt32.max)
        for weights in [[1, most], [most / 4 + 1, 0], [0, 1e300]] {
            #expect(
                kind { () throws(NGramError) in
                    try model.add(held, weights: weights.map { $0.rounded() })
                }
                    == .tooLarge(what: "weighted tokens", limit: Int(UInt32.max)))
        }
        #expect(try model.frozen() == before)

        // As much as counts can hold.
        let room = Int(UInt32.max) - model.eventCount
        try model.add(TokenDataset(tokens: [], offsets: [0, 0]), weights: [Double(room)])
        #expect(
            kind { () throws(NGramError) in try model.add(unseen) }
                == .tooLarge(what: "weighted tokens", limit: Int(UInt32.max)))
        try model.remove(TokenDataset(tokens: [], offsets: [0, 0]), weights: [Double(room)])
        #expect(try model.frozen() == before)
    }
}
