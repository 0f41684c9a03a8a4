import AllocationCount
import Compute
import LanguageModels
import Testing

/// A step of training or decoding allocates nothing once memory for it is there.
@Suite struct AllocationTests {
    @Test(arguments: [1, 2], Precision.allCases)
    func trainingStepsAllocateNothing(workers: Int, precision: Precision) throws {
        let trainer = try TransformerTrainer(
            from: try Toy.model(), on: TokenStream(Toy.documents(300), boundary: Toy.boundary),
            configuration: TransformerTrainingConfiguration(
                batchSize: 8, dropout: 0.1, averageDecay: 0.9, precision: precision),
            steps: 20, key: Toy.key, pool: WorkerPool(count: workers))
        try trainer.run(until: 5)
        let before = allocation_count()
        try trainer.run(until: 15, reportInterval: 100)
        #expect(allocation_count() == before)
    }

    @Test(arguments: Precision.allCases)
    func decodingStepsAllocateNothing(precision: Precision) throws {
        let model = try Toy.model()
        let panels = WeightPanels(
            reading: model.parameters.base, of: model.configuration, isTraining: false,
            precision: precision)
        panels.fill(pool: WorkerPool(count: 1))
        let engine = DecodingEngine(model, rows: 2, panels: panels)
        let cache = KeyValueCache(model.configuration, slots: 2, precision: precision)
        let rows = Buffer<DecodingEngine.Row>(count: 2)
        func step(_ position: Int) {
            for slot in 0..<2 {
                rows.base[slot] = DecodingEngine.Row(slot: slot, token: 3, position: position)
            }
            engine.step(rows.base, count: 2, cache: cache)
        }
        step(0)
        let before = allocation_count()
        for position in 1..<16 { step(position) }
        #expect(allocation_count() == before)
    }
}
