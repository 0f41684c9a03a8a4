import Compute
import LanguageModels
import Testing
import Text

@Suite struct NGramSamplerTests {
    static func key(_ seed: UInt64) -> RandomKey { RandomKey(seed: seed, purpose: .sample) }

    /// The upper 1e-6 tail of chi squared, by Wilson and Hilferty.
    static func bound(degrees: Int) -> Double {
        let d = Double(degrees)
        let cube = 1 - 2 / (9 * d) + 4.75 * (2 / (9 * d)).squareRoot()
        return d * cube * cube * cube
    }

    /// Pearson's statistic of first tokens after a prompt against `expected`.
    static func check(
        _ model: NGramModel, prompt: [UInt32], options: NGramSamplingOptions, expected: [Double]
    ) {
        var options = options
        options.prompts = [prompt]
        options.includesPrompt = false
        options.maximumDocumentLength = 1
        let draws = 20_000
        let sample = model.sample(documents: draws, options: options, key: key(7)).dataset
        var counts = Array(repeating: 0.0, count: expected.count)
        for index in 0..<draws {
            counts[Int(sample.document(index).first ?? model.boundary)] += 1
        }
        var statistic = 0.0
        var cells = 0
        // Rare tokens share one cell, so that the statistic is near its limit distribution.
        var (rareCount, rareExpected) = (0.0, 0.0)
        for (count, probability) in zip(counts, expected) {
            let mean = probability * Double(draws)
            if probability == 0 { #expect(count == 0) }
            if mean < 10 {
                rareCount += count
                rareExpected += mean
                continue
            }
            statistic += (count - mean) * (count - mean) / mean
            cells += 1
        }
        if rareExpected > 5 {
            statistic += (rareCount - rareExpected) * (rareCount - rareExpected) / rareExpected
            cells += 1
        }
        #expect(cells < 2 || statistic < bound(degrees: cells - 1), "after \(prompt): \(statistic)")
    }

    @Test(arguments: NGramCase.few)
    func `draws follow the conditional distribution`(_ test: NGramCase) throws {
        let model = try test.model()
        for prompt in test.contexts(9).map({ $0.filter { $0 != test.boundary } }).prefix(6) {
            let expected = model.conditional(after: [test.boundary] + prompt)
            Self.check(
                model, prompt: prompt, options: NGramSamplingOptions(maximumDocumentLength: 1),
                expected: expected)
            var allowed = expected
            allowed[0] = 0
            let mass = allowed.reduce(0, +)
            guard mass > 0 else { continue }
            Self.check(
                model, prompt: prompt,
                options: NGramSamplingOptions(maximumDocumentLength: 1, forbidden: 0),
                expected: allowed.map { $0 / mass })
        }
    }

    @Test(arguments: NGramCase.few.filter { $0.order == 3 })
    func `temperature, top-k and top-p change the distribution as defined`(
        _ test: NGramCase
    ) throws {
        let model = try test.model()
        let prompt: [UInt32] = [0, 1]
        let plain = model.conditional(after: [test.boundary] + prompt)
        func normalised(_ values: [Double]) -> [Double] {
            let sum = values.reduce(0, +)
            return values.map { $0 / sum }
        }
        let ranking = plain.indices.sorted {
            plain[$0] != plain[$1] ? plain[$0] > plain[$1] : $0 < $1
        }
        let squared = normalised(plain.map { $0 * $0 })
        Self.check(
            model, prompt: prompt,
            options: NGramSamplingOptions(maximumDocumentLength: 1, temperature: 0.5),
            expected: squared)
        let top = Set(ranking.prefix(4))
        let topFour = normalised(plain.indices.map { top.contains($0) ? plain[$0] : 0 })
        Self.check(
            model, prompt: prompt,
            options: NGramSamplingOptions(maximumDocumentLength: 1, topK: 4), expected: topFour)
        var sum = 0.0
        var nucleus: Set<Int> = []
        for index in ranking where sum < 0.7 {
            sum += plain[index]
            nucleus.insert(index)
        }
        Self.check(
            model, prompt: prompt,
            options: NGramSamplingOptions(maximumDocumentLength: 1, topP: 0.7),
            expected: normalised(plain.indices.map { nucleus.contains($0) ? plain[$0] : 0 }))
        let greedy = model.sample(
            documents: 20,
            options: NGramSamplingOptions(
                maximumDocumentLength: 1, temperature: 0, prompts: [prompt], includesPrompt: false),
            key: Self.key(1)
        ).dataset
        for index in 0..<20 {
            #expect((greedy.document(index).first ?? test.boundary) == UInt32(ranking[0]))
        }
    }

    @Test(arguments: NGramCase.few)
    func `a budget is met exactly, by documents that depend on their own index alone`(
        _ test: NGramCase
    ) throws {
        let model = try test.model()
        let options = NGramSamplingOptions(maximumDocumentLength: 9)
        let sample = try model.sample(until: 1_000, options: options, key: Self.key(3)).dataset
        #expect(sample.tokens.count == 1_000)
        #expect(!sample.tokens.contains(test.boundary))
        let lengths = (0..<sample.documentCount).map { sample.document($0).count }
        #expect(lengths.allSatisfy { $0 <= 9 })
        let more = try model.sample(until: 1_500, options: options, key: Self.key(3)).dataset
        #expect(Array(more.tokens.prefix(1_000)) == sample.tokens)
        #expect(
            try model.sample(until: 1_000, options: options, key: Self.key(3)).dataset == sample)
        #expect(
            try model.sample(until: 1_000, options: options, key: Self.key(4)).dataset != sample)
    }

    @Test func `prompts take turns and count where they are included`() throws {
        let test = NGramCase(order: 3, smoothing: .wittenBell, isWeighted: false, seed: 5)
        let model = try test.model()
        let prompts: [[UInt32]] = [[1, 2, 4], [5]]
        let sample = try model.sample(
            until: 200,
            options: NGramSamplingOptions(maximumDocumentLength: 8, prompts: prompts),
            key: Self.key(1))
        #expect(sample.dataset.tokens.count == 200)
        for index in 0..<sample.dataset.documentCount - 1 {
            #expect(sample.dataset.document(index).starts(with: prompts[index % 2]))
            #expect(sample.promptLengths[index] == prompts[index % 2].count)
        }
    }

    @Test func `a model of empty documents is an error, not an endless loop`() throws {
        let model = try NGramModel(
            training: TokenDataset(tokens: [], offsets: [0, 0]), vocabularyCount: 3, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        #expect(throws: NGramError.self) {
            try model.sample(
                until: 10, options: NGramSamplingOptions(maximumDocumentLength: 5),
                key: Self.key(1))
        }
    }

    @Test func `where only the forbidden token could follow, shorter histories decide`() throws {
        // After 1 always comes 2.
        let model = try NGramModel(
            training: TokenDataset(tokens: [1, 2, 1, 2], offsets: [0, 4]), vocabularyCount: 3,
            boundary: 0, configuration: NGramConfiguration(order: 2, smoothing: .maximumLikelihood))
        let sample = try model.sample(
            until: 100,
            options: NGramSamplingOptions(maximumDocumentLength: 5, forbidden: 2), key: Self.key(1))
        #expect(sample.dataset.tokens == Array(repeating: 1, count: 100))
    }
}
