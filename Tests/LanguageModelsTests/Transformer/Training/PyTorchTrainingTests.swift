import Compute
import LanguageModels
import Testing
import Text

/// Fits against PyTorch's, step by step.
@Suite struct PyTorchTrainingTests {
    @Test(arguments: TrainingFixture.runs)
    func lossesAreThoseOfPyTorch(_ run: TrainingFixture.Run) throws {
        let fixture = try #require(TrainingFixture.load())
        let start = try TransformerFixture.load(run.settings.family)
        let (model, documents) = (
            try TransformerFixture.model(run.settings.family), start.dataset
        )
        let boundary = start.boundary
        let trainer = try TransformerTrainer(
            from: model, on: TokenStream(documents, boundary: boundary),
            configuration: run.settings.configuration, steps: fixture.steps,
            key: RandomKey(seed: fixture.seed, purpose: .shuffle, index: fixture.index),
            pool: WorkerPool(count: 2))
        var losses: [Double] = []
        try trainer.run(reportInterval: 1) { losses.append($0.meanNats) }
        #expect(losses.count == run.losses.count)
        for (step, pair) in zip(losses, run.losses).enumerated() {
            #expect(abs(pair.0 - pair.1) < 1e-3, "step \(step + 1): \(pair)")
        }
        guard let averaged = run.averaged else { return }
        // The loss on one turn of the data is the same in whatever order it is read.
        let whole = try TransformerTrainer(
            from: trainer.model(), on: TokenStream(documents, boundary: boundary),
            configuration: TransformerTrainingConfiguration(
                batchSize: (documents.tokens.count + documents.documentCount + 11) / 12,
                learningRate: 0), steps: 1,
            key: RandomKey(seed: fixture.seed, purpose: .shuffle, index: fixture.index),
            pool: WorkerPool(count: 1))
        var loss = 0.0
        try whole.run { loss = $0.meanNats }
        #expect(abs(loss - averaged) < 1e-3, "\(loss) and \(averaged)")
    }

    @Test(arguments: TrainingFixture.schedules)
    func schedulesAreThoseOfPyTorch(_ test: TrainingFixture.Schedule) throws {
        let schedule = LearningRateSchedule(
            try #require(LearningRateSchedule.Shape(rawValue: test.shape)),
            warmupFraction: test.warmup, finalFraction: test.final, decayFraction: test.decay)
        #expect(!test.factors.isEmpty)
        for (step, factor) in test.factors.enumerated() {
            let own = schedule.factor(step: step, of: test.factors.count)
            #expect(abs(own - factor) < 1e-7, "step \(step): \(own) and \(factor)")
        }
    }

    @Test func allRunsAreThere() {
        #expect(TrainingFixture.runs.count == 11 && TrainingFixture.schedules.count == 12)
    }
}
