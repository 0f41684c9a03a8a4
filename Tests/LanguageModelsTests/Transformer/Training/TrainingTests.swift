import Compute
import LanguageModels
import Testing
import Text

@Suite struct TrainingTests {
    private let configuration = TransformerTrainingConfiguration(
        batchSize: 7, learningRate: 5e-3, shards: 4)

    private func trainer(
        workers: Int, steps: Int = 12, dropout: Double = 0, weights: [Double]? = nil
    ) throws -> TransformerTrainer {
        var configuration = configuration
        configuration.dropout = dropout
        return try TransformerTrainer(
            from: Toy.model(),
            on: TokenStream(Toy.documents(20), boundary: Toy.boundary, weights: weights),
            configuration: configuration, steps: steps, key: Toy.key,
            pool: WorkerPool(count: workers))
    }

    @Test(arguments: [0, 0.2])
    func bitsDoNotDependOnWorkers(dropout: Double) throws {
        var models: [[Float]] = []
        for workers in [1, 2, 3, 5] {
            let trainer = try trainer(workers: workers, dropout: dropout)
            try trainer.run()
            models.append(trainer.model().parameters.array())
        }
        for model in models.dropFirst() { #expect(model == models[0]) }
    }

    @Test(arguments: [0, 1, 5, 11, 12])
    func resumingGivesTheSameBits(step: Int) throws {
        let whole = try trainer(workers: 2, dropout: 0.1)
        try whole.run()
        let first = try trainer(workers: 1, dropout: 0.1)
        try first.run(until: step)
        let bytes = try first.checkpoint().serialized()
        let second = try trainer(workers: 3, dropout: 0.1)
        try second.resume(from: TrainingCheckpoint(serialized: bytes, file: "x"))
        #expect(second.step == step)
        try second.run()
        #expect(second.model().parameters.array() == whole.model().parameters.array())
        #expect(
            second.optimizerState().serialized() == whole.optimizerState().serialized())
    }

    @Test func lossFalls() throws {
        let trainer = try trainer(workers: 2, steps: 80)
        var losses: [Double] = []
        try trainer.run(reportInterval: 20) { losses.append($0.meanNats) }
        // Three successors are equally likely, so log 3 = 1.1 is the least a model can reach; log
        // 23 = 3.1 is chance.
        #expect(losses[0] > 2.3)
        #expect(losses[3] < 1.8)
    }

    @Test func weightsCountRelativeToEachOther() throws {
        let plain = try trainer(workers: 1)
        try plain.run()
        let doubled = try trainer(workers: 1, weights: Array(repeating: 2, count: 20))
        try doubled.run()
        #expect(plain.model().parameters.array() == doubled.model().parameters.array())
        let uneven = try trainer(workers: 1, weights: (0..<20).map { Double($0 % 3) })
        try uneven.run()
        #expect(plain.model().parameters.array() != uneven.model().parameters.array())
    }

    @Test func whatHasNoWeightIsNotLearned() throws {
        // Token 22 is followed by 1 in weighted documents and by 2 in the others.
        var dataset = TokenDataset()
        for index in 0..<40 {
            dataset.append(document: [22, index % 2 == 0 ? 1 : 2, 22, index % 2 == 0 ? 1 : 2])
        }
        let trainer = try TransformerTrainer(
            from: Toy.model(contextLength: 5),
            on: TokenStream(
                dataset, boundary: Toy.boundary, weights: (0..<40).map { $0 % 2 == 0 ? 1 : 0 }),
            configuration: TransformerTrainingConfiguration(batchSize: 8, learningRate: 1e-2),
            steps: 200, key: Toy.key, pool: WorkerPool(count: 1))
        try trainer.run()
        let next = Toy.softmax(Toy.logits(trainer.model(), [0, 22])[1])
        #expect(next[1] > 0.9)
        #expect(next[2] < 0.05)
    }

    @Test(arguments: 0..<40)
    func anEpochMeetsEveryPredictionOnce(seed: UInt64) throws {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        let stream = try TokenStream(
            Toy.documents(1 + random.below(6), seed: seed, length: 20), boundary: Toy.boundary)
        let length = 1 + random.below(40)
        var order = WindowOrder(stream: stream, length: length, key: Toy.key)
        for epoch in 0..<3 {
            var met = Array(repeating: 0, count: stream.count)
            let windows = stream.windowCount(length: length)
            for index in epoch * windows..<(epoch + 1) * windows {
                let window = order.window(index, in: stream)
                #expect(window.count >= 1 && window.count <= length)
                for position in window.start..<window.start + window.count {
                    met[position % stream.count] += 1
                }
            }
            #expect(met.allSatisfy { $0 == 1 }, "seed \(seed), epoch \(epoch): \(met)")
        }
    }

    @Test func divergenceNamesStepAndRate() throws {
        let model = try Toy.model()
        var parameters = model.parameters.copy()
        parameters[3] = .nan
        let trainer = try TransformerTrainer(
            from: TransformerModel(configuration: model.configuration, parameters: parameters),
            on: TokenStream(Toy.documents(60), boundary: Toy.boundary),
            configuration: TransformerTrainingConfiguration(
                batchSize: 64, learningRate: 0.5, schedule: .flat), steps: 10, key: Toy.key,
            pool: WorkerPool(count: 1))
        let error = #expect(throws: TransformerError.self) { try trainer.run() }
        let message = error?.description ?? ""
        #expect(message.contains("step 1 of 10"))
        #expect(message.contains("learning rate 0.5;"))
        #expect(trainer.step == 0)
    }

    @Test func optimizerStateCarriesOver() throws {
        let first = try trainer(workers: 1)
        try first.run()
        func second(_ optimizer: OptimizerState?) throws -> TransformerModel {
            let trainer = try TransformerTrainer(
                from: first.model(), on: TokenStream(Toy.documents(20), boundary: Toy.boundary),
                configuration: configuration, steps: 5, optimizer: optimizer, key: Toy.key,
                pool: WorkerPool(count: 1))
            try trainer.run()
            return trainer.model()
        }
        let state = first.optimizerState()
        #expect(state.updates == 12)
        let stored = try OptimizerState(serialized: state.serialized(), file: "x")
        let carried = try second(stored).parameters.array()
        #expect(carried == (try second(state).parameters.array()))
        #expect(carried != (try second(nil).parameters.array()))
    }

    @Test func wrongRequestsAreRefused() throws {
        #expect(throws: TransformerError(.emptyData)) {
            _ = try TokenStream(TokenDataset(), boundary: 0)
        }
        let error = #expect(throws: TransformerError.self) {
            _ = try TransformerTrainer(
                from: Toy.model(vocabulary: 20),
                on: TokenStream(Toy.documents(20), boundary: Toy.boundary),
                configuration: configuration, steps: 1, key: Toy.key, pool: WorkerPool(count: 1))
        }
        #expect(error?.description.contains("vocabulary of 20") ?? false)
        var wrong = configuration
        wrong.optimizer = .adamW(beta1: 1)
        #expect(throws: TransformerError.self) { try wrong.validate() }
    }
}
