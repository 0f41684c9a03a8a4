import Compute
import LanguageModels
import Testing
import Text

@Suite struct SamplingTests {
    private static let key = RandomKey(seed: 21, purpose: .sample)
    private let model: TransformerModel

    init() throws {
        model = try Toy.trained()
    }

    private func sample(
        budget: Int, length: Int = 60, rule: SamplingRule = SamplingRule(), width: Int = 16,
        groups: Int = 4, workers: Int = 1, prompts: [[UInt32]] = []
    ) throws -> TokenDataset {
        try TransformerSampler(
            model, boundary: Toy.boundary, rule: rule,
            configuration: TransformerSamplingConfiguration(batchWidth: width, groups: groups)
        ).sample(
            SamplingRequest(.tokens(budget), maximumDocumentLength: length, prompts: prompts),
            key: Self.key, pool: WorkerPool(count: workers)
        ).documents
    }

    @Test(arguments: [1, 15, 16, 100, 1_000])
    func budgetIsExact(budget: Int) throws {
        let documents = try sample(budget: budget)
        #expect(documents.tokens.count == budget)
        #expect(!documents.tokens.contains(Toy.boundary))
        for index in 0..<documents.documentCount {
            #expect((1...60).contains(documents.range(ofDocument: index).count))
        }
        #expect(try sample(budget: 0).documentCount == 0)
    }

    @Test func bitsDoNotDependOnWorkers() throws {
        let one = try sample(budget: 2_000)
        for workers in [2, 3, 7] {
            #expect(try sample(budget: 2_000, workers: workers) == one)
        }
    }

    @Test func aDocumentDependsOnItsOwnStreamAlone() throws {
        let all = try sample(budget: 3_000)
        // Another budget, width or grouping begins and ends other documents beside it.
        #expect(try sample(budget: 700) == all.prefix(tokens: 700))
        #expect(try sample(budget: 700, width: 64, groups: 4) == all.prefix(tokens: 700))
        #expect(try sample(budget: 700, width: 16, groups: 1) == all.prefix(tokens: 700))
    }

    /// Decoding token by token gives the bits of a forward pass over the whole text.
    @Test(arguments: Precision.allCases)
    func cacheAgreesWithTheFullForwardPass(precision: Precision) throws {
        // Three documents at different positions, one of them read from a prompt.
        let cache = KeyValueCache(model.configuration, slots: 3, precision: precision)
        let panels = WeightPanels(
            reading: model.parameters.base, of: model.configuration, isTraining: false,
            precision: precision)
        panels.fill(pool: WorkerPool(count: 1))
        let engine = DecodingEngine(model, rows: 4, panels: panels)
        var random = RandomStream(RandomKey(seed: 2, purpose: .test))
        let texts: [[UInt32]] = (0..<3).map { _ in
            [0] + (0..<15).map { _ in UInt32(random.below(23)) }
        }
        engine.prefill(texts[1][..<5], slot: 1, cache: cache)
        var positions = [0, 5, 0]
        for step in 0..<16 {
            // Document 2 begins late, and row 2 never holds one.
            let written = [1, 2, nil, 0].map { (text: Int?) -> Int? in
                guard let text, positions[text] < 16, text != 2 || step > 3 else { return nil }
                return text
            }
            let rows = written.map { text in
                guard let text else {
                    return DecodingEngine.Row(slot: nil, token: 0, position: 0)
                }
                return DecodingEngine.Row(
                    slot: text, token: Int(texts[text][positions[text]]), position: positions[text])
            }
            engine.step(rows, count: 4, cache: cache)
            for (row, text) in written.enumerated() {
                guard let text else { continue }
                let expected = Toy.logits(
                    model, Array(texts[text][...positions[text]]), precision: precision)
                let padded = (model.configuration.vocabularyCount + 15) / 16 * 16
                for (token, value) in (expected.last ?? []).enumerated() {
                    #expect(engine.logits[row * padded + token] == value)
                }
                positions[text] += 1
            }
        }
        #expect(positions[0] == 16 && positions[1] == 16)
    }

    @Test func longDocumentsGoOnWithTheLastHalfOfTheContext() throws {
        let rule = SamplingRule.with(temperature: 0, forbidden: [Toy.boundary])
        let document = try sample(budget: 50, length: 50, rule: rule)
        #expect(document.documentCount == 1)
        var text: [UInt32] = [Toy.boundary]
        var start = 0
        while text.count <= 50 {
            if text.count - start > 16 { start = text.count - 8 }
            var logits = Toy.logits(model, Array(text[start...])).last ?? []
            logits[0] = -.infinity
            let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
            text.append(UInt32(best))
        }
        #expect(document.tokens == Array(text[1...]))
    }

    @Test func promptsAreContinued() throws {
        let prompts: [[UInt32]] = [[5, 16, 4], [], Array(repeating: 7, count: 40)]
        let rule = SamplingRule.with(temperature: 0, forbidden: [Toy.boundary])
        let documents = try sample(budget: 9, length: 3, rule: rule, prompts: prompts)
        #expect(documents.documentCount == 3)
        for (index, prompt) in prompts.enumerated() {
            var text = [Toy.boundary] + prompt
            // Of a prompt beyond the context the last half is read.
            if text.count > 16 { text = Array(text.suffix(8)) }
            var logits = Toy.logits(model, text).last ?? []
            logits[0] = -.infinity
            let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
            #expect(documents.document(index).first == UInt32(best))
        }
    }

    struct RuleCase: Sendable, CustomTestStringConvertible {
        var rule: SamplingRule
        var testDescription: String {
            "\(rule)"
        }
    }

    /// Documents of one token: their counts against the exact distribution.
    ///
    /// A chi-squared statistic with k degrees of freedom exceeds k + 10 sqrt(2k) less than once in
    /// a million times.
    @Test(arguments: [
        RuleCase(rule: SamplingRule()), RuleCase(rule: SamplingRule.with(temperature: 0.7)),
        RuleCase(rule: SamplingRule.with(temperature: 1.6, forbidden: [3, 9])),
        RuleCase(rule: SamplingRule.with(topK: 5)), RuleCase(rule: SamplingRule.with(topP: 0.8)),
        RuleCase(rule: SamplingRule.with(temperature: 1.5, topK: 12, topP: 0.6)),
        RuleCase(rule: SamplingRule.with(minP: 0.1)),
        RuleCase(rule: SamplingRule.with(typical: 0.7)),
        RuleCase(rule: SamplingRule.with(repetitionPenalty: 1.5)),
        RuleCase(rule: SamplingRule.with(temperature: 1.3, minP: 0.02, repetitionPenalty: 2)),
    ])
    func countsFollowTheDistribution(_ test: RuleCase) throws {
        let draws = 6_000
        let documents = try sample(
            budget: draws, length: 1, rule: test.rule, width: 64, workers: 2,
            prompts: [Self.prompt])
        #expect(documents.documentCount == draws)
        var counts = Array(repeating: 0.0, count: 23)
        for token in documents.tokens { counts[Int(token)] += 1 }
        let expected = distribution(test.rule)
        var statistic = 0.0
        var cells = 0.0
        for token in 0..<23 {
            guard expected[token] > 0 else {
                #expect(counts[token] == 0, "token \(token) cannot be drawn")
                continue
            }
            let mean = Double(draws) * expected[token]
            statistic += (counts[token] - mean) * (counts[token] - mean) / mean
            cells += 1
        }
        let freedom = max(1, cells - 1)
        #expect(
            statistic < freedom + 10 * (2 * freedom).squareRoot(), "\(statistic) over \(freedom)")
    }

    /// Holds likely continuations, so that a penalty on repetition acts.
    private static let prompt: [UInt32] = [5, 16, 4, 13, 17]

    /// The distribution of the first token after the prompt.
    private func distribution(_ rule: SamplingRule) -> [Double] {
        var rule = rule
        rule.forbidden.append(Toy.boundary)
        let text = [Toy.boundary] + Self.prompt
        return Toy.softmax(rule.adjusted(Toy.logits(model, text).last ?? [], after: text))
    }

    /// What is returned for a token: what the model says of it, and what it was drawn with.
    @Test(arguments: [
        SamplingRule(), SamplingRule.with(temperature: 0.8, topK: 7, repetitionPenalty: 1.2),
        SamplingRule.with(temperature: 0),
    ])
    func logProbabilitiesAreThoseOfModelAndRule(_ rule: SamplingRule) throws {
        let samples = try TransformerSampler(
            model, boundary: Toy.boundary, rule: rule,
            configuration: TransformerSamplingConfiguration(batchWidth: 8, groups: 2)
        ).sample(
            SamplingRequest(
                .documents(20), minimumDocumentLength: 2, maximumDocumentLength: 14,
                recordsLogProbabilities: true), key: Self.key, pool: WorkerPool(count: 2))
        #expect(samples.documents.documentCount == 20)
        #expect(samples.logProbabilities.count == samples.documents.tokens.count)
        #expect(samples.endLogProbabilities.count == 20)
        let scores = try TransformerScorer(model).score(
            samples.documents, boundary: Toy.boundary, pool: WorkerPool(count: 1))
        var ends = 0
        for document in 0..<20 {
            let range = samples.documents.range(ofDocument: document)
            #expect((2...14).contains(range.count))
            var text = [Toy.boundary]
            for position in range {
                let found = samples.logProbabilities[position]
                #expect(abs(found.model + scores[position + document]) < 1e-5)
                var logits = rule.adjusted(Toy.logits(model, text).last ?? [], after: text)
                if text.count <= 2 { logits[0] = -.infinity }
                let token = samples.documents.tokens[position]
                let p = rule.isGreedy ? 1 : Toy.softmax(logits)[Int(token)]
                // Where the boundary is out, a rule that counts tokens counts without it.
                if text.count > 2 || rule[TopK.self]?.k == nil {
                    #expect(abs(found.proposal - Elementary.log(p)) < 1e-4, "\(position)")
                }
                text.append(token)
            }
            if let end = samples.endLogProbabilities[document] {
                #expect(abs(end.model + scores[range.upperBound + document]) < 1e-5)
                ends += 1
            } else {
                #expect(range.count == 14)
            }
        }
        #expect(ends > 0 || rule.isGreedy)
    }

    @Test func lengthsAreKept() throws {
        let samples = try TransformerSampler(model, boundary: Toy.boundary).sample(
            SamplingRequest(
                .documents(7), minimumDocumentLength: 40, maximumDocumentLength: 40,
                prompts: [[1, 2, 3], [4]]), key: Self.key, pool: WorkerPool(count: 2))
        #expect((0..<7).allSatisfy { samples.documents.range(ofDocument: $0).count == 40 })
        #expect(samples.documents.documentCount == 7)
    }

    @Test func wrongRequestsAreRefused() throws {
        for rule in [
            SamplingRule.with(temperature: -1), SamplingRule.with(topK: 0),
            SamplingRule.with(topP: 0),
            SamplingRule(forbidden: [23]), SamplingRule(forbidden: Array(1..<23)),
        ] {
            #expect(throws: TransformerError.self) {
                _ = try TransformerSampler(model, boundary: 0, rule: rule)
            }
        }
        #expect(throws: TransformerError.self) {
            _ = try TransformerSampler(model, boundary: 23)
        }
        #expect(throws: TransformerError.self) { _ = try sample(budget: 5, prompts: [[99]]) }
    }
}
