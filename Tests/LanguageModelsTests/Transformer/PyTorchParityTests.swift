import Compute
import LanguageModels
import Testing
import Text

/// Against PyTorch and Hugging Face's GPT-2; `scripts/fixtures/transformer.py` wrote the references.
@Suite struct PyTorchParityTests {
    private let fixture: TransformerFixture
    private let model: TransformerModel

    init() throws {
        fixture = try TransformerFixture.load()
        model = try TransformerFixture.model()
    }

    private func engine(_ purpose: SliceEngine<Float>.Purpose) -> SliceEngine<Float> {
        let engine = SliceEngine<Float>(
            configuration: model.configuration, sequences: 2, length: 12, purpose: purpose)
        for row in 0..<24 {
            engine.tokens[row] = fixture.tokens[row]
            engine.targets[row] = fixture.targets[row]
        }
        return engine
    }

    @Test func logits() {
        let engine = engine(.inference)
        engine.forward(parameters: model.parameters.base, sequences: 2, length: 12)
        let logits = engine.logits(parameters: model.parameters.base, rows: 0..<24)
        #expect(logits.count == fixture.logits.count)
        let error = zip(logits, fixture.logits).map { abs($0 - $1) }.max() ?? .infinity
        #expect(error < 1e-4, "greatest difference \(error)")
    }

    @Test func everyGradient() throws {
        let expected = try TransformerFiles.read(TransformerFixture.files("gradient"))
        let engine = engine(.training)
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

    @Test(arguments: [1, 2])
    func scores(workers: Int) throws {
        let scores = try TransformerScorer(
            model, contextLength: fixture.context, stride: fixture.stride
        ).score(
            fixture.dataset, boundary: fixture.boundary, pool: WorkerPool(count: workers))
        #expect(scores.count == fixture.scores.count)
        for (index, pair) in zip(scores, fixture.scores).enumerated() {
            #expect(abs(pair.0 - pair.1) < 1e-4, "event \(index): \(pair)")
        }
    }

    @Test func lossesOfFiftySteps() throws {
        let stream = try TokenStream(
            fixture.dataset, boundary: fixture.boundary, weights: fixture.weights)
        let trainer = try TransformerTrainer(
            from: model, on: stream, configuration: fixture.training, steps: fixture.steps,
            key: RandomKey(seed: fixture.seed, purpose: .shuffle, index: fixture.index),
            pool: WorkerPool(count: 2))
        var losses: [Double] = []
        try trainer.run(reportInterval: 1) { losses.append($0.meanNats) }
        #expect(losses.count == fixture.losses.count)
        for (step, pair) in zip(losses, fixture.losses).enumerated() {
            #expect(abs(pair.0 - pair.1) < 1e-3, "step \(step + 1): \(pair)")
        }
    }

    @Test func likeliestContinuation() throws {
        let sampler = try TransformerSampler(
            model, boundary: fixture.boundary, rule: SamplingRule(temperature: 0),
            configuration: TransformerSamplingConfiguration(batchWidth: 2, groups: 1))
        let documents = try sampler.sample(
            tokenBudget: fixture.greedy.count, maximumDocumentLength: fixture.greedy.count,
            key: RandomKey(seed: 1, purpose: .sample), pool: WorkerPool(count: 1))
        #expect(documents.tokens == fixture.greedy)
    }
}
