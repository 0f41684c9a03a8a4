import Compute
import LanguageModels
import Testing
import Text

/// Against PyTorch and Hugging Face's models; `scripts/fixtures/transformer.py` wrote the
/// references.
@Suite struct PyTorchParityTests {
    /// A fixture, its model, and an engine that its two sequences have been put into.
    private struct Case {
        let fixture: TransformerFixture
        let model: TransformerModel

        init(_ name: String, _ part: String = "model") throws {
            fixture = try TransformerFixture.load(name)
            model = try TransformerFixture.model(name, part)
        }

        func engine(
            _ purpose: SliceEngine<Float>.Purpose, mask: DocumentMask? = nil
        ) -> SliceEngine<Float> {
            let engine = SliceEngine<Float>(
                configuration: model.configuration, sequences: 2, length: 12, purpose: purpose,
                mask: mask)
            for row in 0..<24 {
                engine.tokens[row] = mask == nil ? fixture.tokens[row] : fixture.maskedTokens[row]
                engine.targets[row] = fixture.targets[row]
            }
            return engine
        }

        func nats(mask: DocumentMask? = nil) -> [Double] {
            let engine = engine(.inference, mask: mask)
            engine.forward(parameters: model.parameters.base, sequences: 2, length: 12)
            engine.score(parameters: model.parameters.base, rows: 0..<24)
            return Array(UnsafeBufferPointer(start: engine.nats, count: 24))
        }
    }

    private func greatestDifference<Number: BinaryFloatingPoint>(
        _ a: [Number], _ b: [Number]
    ) -> Number {
        guard a.count == b.count else { return .infinity }
        return zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(arguments: TransformerFixture.names)
    func logits(name: String) throws {
        let test = try Case(name)
        let engine = test.engine(.inference)
        engine.forward(parameters: test.model.parameters.base, sequences: 2, length: 12)
        let logits = engine.logits(parameters: test.model.parameters.base, rows: 0..<24)
        let error = greatestDifference(logits, test.fixture.logits)
        #expect(error < 1e-4, "greatest difference \(error)")
    }

    @Test(arguments: TransformerFixture.names)
    func everyGradient(name: String) throws {
        let test = try Case(name)
        let (fixture, model) = (test.fixture, test.model)
        let expected = try TransformerFixture.model(name, "gradient")
        let engine = test.engine(.training)
        let gradient = Buffer<Float>(count: model.layout.count)
        let coefficients = Buffer(fixture.coefficients)
        let loss = engine.accumulate(
            parameters: model.parameters.base, gradient: gradient.base,
            coefficients: coefficients.base, sequences: 2, length: 12)
        #expect(abs(loss - fixture.loss) < 1e-5)
        for tensor in model.layout.tensors {
            let reference = try #require(expected.tensor(tensor.name))
            var difference = 0.0
            var size = 0.0
            for (index, value) in reference.enumerated() {
                let error = Double(gradient[tensor.offset + index] - value)
                difference += error * error
                size += Double(value) * Double(value)
            }
            let error = (difference / size).squareRoot()
            #expect(error < 1e-4, "\(tensor.name): relative error \(error)")
        }
    }

    @Test(arguments: [("gpt2", "float16"), ("llama", "bfloat16")])
    func weightsOfHalfTheSize(name: String, format: String) throws {
        let test = try Case(name, format)
        let error = greatestDifference(
            test.nats(), try #require(test.fixture.halfNats[format]))
        #expect(error < 1e-4, "greatest difference \(error)")
    }

    @Test(arguments: TransformerFixture.names, [AttentionScope.document, .documentRestarting])
    func documentsThatDoNotSeeEachOther(name: String, scope: AttentionScope) throws {
        let test = try Case(name)
        let expected =
            scope == .document ? test.fixture.maskedNats : test.fixture.restartingNats
        let error = greatestDifference(
            test.nats(mask: scope.mask(boundary: test.fixture.boundary)), expected)
        #expect(error < 1e-4, "greatest difference \(error)")
    }

    @Test(arguments: TransformerFixture.names, [1, 2])
    func scores(name: String, workers: Int) throws {
        let test = try Case(name)
        let scores = try TransformerScorer(
            test.model, contextLength: test.fixture.context, stride: test.fixture.stride
        ).score(
            test.fixture.dataset, boundary: test.fixture.boundary,
            pool: WorkerPool(count: workers))
        let error = greatestDifference(scores, test.fixture.scores)
        #expect(error < 1e-4, "greatest difference \(error)")
    }

    @Test(arguments: TransformerFixture.names)
    func lossesOfFiftySteps(name: String) throws {
        let test = try Case(name)
        let fixture = test.fixture
        let stream = try TokenStream(
            fixture.dataset, boundary: fixture.boundary, weights: fixture.weights)
        let trainer = try TransformerTrainer(
            from: test.model, on: stream, configuration: fixture.training.configuration,
            steps: fixture.steps,
            key: RandomKey(seed: fixture.seed, purpose: .shuffle, index: fixture.index),
            pool: WorkerPool(count: 2))
        var losses: [Double] = []
        try trainer.run(reportInterval: 1) { losses.append($0.meanNats) }
        let error = greatestDifference(losses, fixture.losses)
        #expect(error < 1e-3, "greatest difference \(error)")
    }

    @Test(arguments: TransformerFixture.names)
    func likeliestContinuation(name: String) throws {
        let test = try Case(name)
        let greedy = test.fixture.greedy
        let sampler = try TransformerSampler(
            test.model, boundary: test.fixture.boundary, rule: SamplingRule.with(temperature: 0),
            configuration: TransformerSamplingConfiguration(batchWidth: 2, groups: 1))
        let samples = try sampler.sample(
            SamplingRequest(.tokens(greedy.count), maximumDocumentLength: greedy.count),
            key: RandomKey(seed: 1, purpose: .sample), pool: WorkerPool(count: 1))
        #expect(samples.documents.tokens == greedy)
    }
}
