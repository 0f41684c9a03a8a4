import Compute
import LanguageModels
import Testing
import Text

/// What can be switched on in a fit, beyond what PyTorch's loss curves show.
@Suite struct TrainingFeatureTests {
    private func trainer(
        _ configuration: TransformerTrainingConfiguration, steps: Int = 12, workers: Int = 1,
        from model: TransformerModel? = nil, validation: TokenDataset? = nil,
        optimizer: OptimizerState? = nil
    ) throws -> TransformerTrainer {
        try TransformerTrainer(
            from: model ?? Toy.model(),
            on: TokenStream(Toy.documents(20), boundary: Toy.boundary),
            configuration: configuration, steps: steps, validation: validation,
            optimizer: optimizer, key: Toy.key, pool: WorkerPool(count: workers))
    }

    @Test func accumulationIsALargerBatch() throws {
        let small = try trainer(
            TransformerTrainingConfiguration(batchSize: 3, accumulation: 4, shards: 2))
        let large = try trainer(TransformerTrainingConfiguration(batchSize: 12, shards: 2))
        try small.run()
        try large.run()
        #expect(small.model().parameters.array() == large.model().parameters.array())
    }

    @Test func frozenParametersStay() throws {
        let start = try Toy.model()
        let trainer = try trainer(
            TransformerTrainingConfiguration(
                batchSize: 4, learningRate: 1e-2, averageDecay: 0.5, frozen: ["wte", "h.1.mlp"]),
            from: start)
        try trainer.run()
        let model = trainer.model()
        for tensor in model.layout.tensors {
            let isFrozen = tensor.name.contains("wte") || tensor.name.contains("h.1.mlp")
            #expect((model.tensor(tensor.name) == start.tensor(tensor.name)) == isFrozen)
        }
    }

    @Test func unknownPatternsAreNamed() throws {
        for configuration in [
            TransformerTrainingConfiguration(frozen: ["wte", "h.7"]),
            TransformerTrainingConfiguration(adapters: AdapterConfiguration(targets: ["h.7"])),
        ] {
            let error = #expect(throws: TransformerError.self) { try trainer(configuration) }
            #expect(error?.description.contains("h.7, which is part of no parameter") ?? false)
        }
        let error = #expect(throws: TransformerError.self) {
            try trainer(
                TransformerTrainingConfiguration(adapters: AdapterConfiguration(rank: 33)))
        }
        #expect(error?.description.contains("at most 32") ?? false)
    }

    // MARK: Adapters

    private static let adapted = TransformerTrainingConfiguration(
        batchSize: 6, learningRate: 2e-2, shards: 4,
        adapters: AdapterConfiguration(rank: 4, alpha: 8, targets: ["c_attn", "c_fc"]))

    @Test func adaptersChangeOnlyTheirMatricesAndMergeIntoTheModel() throws {
        let start = try Toy.model()
        let trainer = try trainer(Self.adapted, steps: 30, from: start)
        var losses: [Double] = []
        try trainer.run { losses.append($0.meanNats) }
        #expect(losses[2] < losses[0] - 0.1)
        let model = trainer.model()
        for tensor in model.layout.tensors {
            let isAdapted =
                tensor.shape.count == 2
                && (tensor.name.contains("c_attn") || tensor.name.contains("c_fc"))
            #expect((model.tensor(tensor.name) != start.tensor(tensor.name)) == isAdapted)
        }
        let files = try #require(trainer.lowRankAdapters()).files()
        let read = try LowRankAdapters(reading: files, for: start)
        #expect(read.merged(into: start).parameters.array() == model.parameters.array())
        #expect(read.files() == files)
    }

    @Test func adaptersOfAnotherModelAreRefused() throws {
        let trainer = try trainer(Self.adapted, steps: 1)
        let files = try #require(trainer.lowRankAdapters()).files()
        for other in [try Toy.model(layers: 1), try Toy.model(width: 16)] {
            #expect(throws: TransformerError.self) {
                _ = try LowRankAdapters(reading: files, for: other, folder: "adapter")
            }
        }
        var missing = files
        missing["adapter_model.safetensors"] = nil
        let error = #expect(throws: TransformerError.self) {
            _ = try LowRankAdapters(reading: missing, for: Toy.model(), folder: "adapter")
        }
        #expect(
            error?.description.hasPrefix("adapter/adapter_model.safetensors: is missing") ?? false)
    }

    // MARK: Early stopping

    /// Documents that contradict the training documents more, the more these are learned by heart.
    private static let validation = Toy.documents(6, seed: 99)

    @Test func earlyStoppingRestoresTheBest() throws {
        var configuration = TransformerTrainingConfiguration(
            batchSize: 8, learningRate: 2e-2, schedule: .flat)
        configuration.earlyStopping = EarlyStopping(interval: 10, patience: 3)
        let trainer = try trainer(configuration, steps: 2_000, validation: Self.validation)
        var measured: [(step: Int, nats: Double)] = []
        try trainer.run { progress in
            if let nats = progress.validationNats { measured.append((progress.step, nats)) }
        }
        #expect(trainer.isFinished && trainer.step < 2_000)
        let best = try #require(measured.min { $0.nats < $1.nats })
        #expect(trainer.step == best.step + 30)
        let scores = try TransformerScorer(trainer.model(), stride: 16).score(
            Self.validation, boundary: Toy.boundary, pool: WorkerPool(count: 1))
        #expect(abs(scores.reduce(0, +) / Double(scores.count) - best.nats) < 1e-12)
        // The same fit without stopping has the same model at that step.
        configuration.earlyStopping = nil
        let other = try self.trainer(configuration, steps: 2_000)
        try other.run(until: best.step)
        #expect(other.model().parameters.array() == trainer.model().parameters.array())
    }

    @Test func earlyStoppingNeedsValidationDocuments() throws {
        var configuration = TransformerTrainingConfiguration()
        configuration.earlyStopping = EarlyStopping(interval: 10, patience: 3)
        #expect(throws: TransformerError.self) { try trainer(configuration) }
    }

    // MARK: Optimizers

    @Test func anotherOptimizersStateIsRefused() throws {
        let first = try trainer(TransformerTrainingConfiguration(optimizer: .sgd()))
        try first.run()
        let state = first.optimizerState()
        #expect(state.moments.map(\.name) == ["momentum"] && state.updates == 12)
        let error = #expect(throws: TransformerError.self) {
            try trainer(TransformerTrainingConfiguration(), optimizer: state)
        }
        #expect(error?.description.contains("momentum and no first_moment") ?? false)
    }

    @Test func widthScaledInitialisationIsGPT2sAtItsWidth() throws {
        func deviation(_ initialisation: Initialisation, width: Int) throws -> Double {
            let model = try TransformerModel.initial(
                TransformerConfiguration(
                    layers: 1, heads: 1, width: width, contextLength: 8, vocabularyCount: 50),
                initialisation: initialisation, key: RandomKey(seed: 3, purpose: .initialise))
            let values = try #require(model.tensor("transformer.wte.weight"))
            return (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count))
                .squareRoot()
        }
        #expect(try deviation(.widthScaled, width: 768) == deviation(.gpt2, width: 768))
        #expect(
            abs(try deviation(.widthScaled, width: 48) / deviation(.gpt2, width: 48) - 4) < 1e-6)
    }
}
