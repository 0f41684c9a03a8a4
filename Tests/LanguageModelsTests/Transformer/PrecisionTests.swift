import Compute
import LanguageModels
import Testing
import Text

/// Mixed precision: what rounding factors to bfloat16 changes, and what it must not.
@Suite struct PrecisionTests {
    private static let families: [TransformerFamily] = [.gpt2, .llama]

    private func trained(
        _ family: TransformerFamily, _ precision: Precision, workers: Int = 1, steps: Int = 40,
        dropout: Double = 0
    ) throws -> (model: TransformerModel, losses: [Double]) {
        let trainer = try TransformerTrainer(
            from: try Toy.model(family, heads: 4, keyValueHeads: family == .llama ? 2 : nil),
            on: TokenStream(Toy.documents(60), boundary: Toy.boundary),
            configuration: TransformerTrainingConfiguration(
                batchSize: 8, learningRate: 1e-2, dropout: dropout, precision: precision),
            steps: steps, key: Toy.key, pool: WorkerPool(count: workers))
        var losses: [Double] = []
        try trainer.run(reportInterval: 1) { losses.append($0.meanNats) }
        return (trainer.model(), losses)
    }

    @Test(arguments: families)
    func lossFollowsThatOfSinglePrecision(family: TransformerFamily) throws {
        let single = try trained(family, .float32)
        let mixed = try trained(family, .bfloat16)
        #expect(single.model.parameters.array() != mixed.model.parameters.array())
        #expect(single.losses[0] > single.losses[39] + 0.5)
        for (a, b) in zip(single.losses, mixed.losses) { #expect(abs(a - b) < 0.02) }
    }

    @Test(arguments: families, Precision.allCases)
    func workersChangeNoBit(family: TransformerFamily, precision: Precision) throws {
        let one = try trained(family, precision, steps: 5, dropout: 0.1)
        let three = try trained(family, precision, workers: 3, steps: 5, dropout: 0.1)
        #expect(one.model.parameters.array() == three.model.parameters.array())
    }

    /// Loss and gradient of a batch.
    private func gradient(
        _ model: TransformerModel, _ precision: Precision, panels: WeightPanels<Float>? = nil
    ) -> [Float] {
        let engine = SliceEngine<Float>(
            configuration: model.configuration, sequences: 3, length: 16, purpose: .training,
            precision: precision, panels: panels)
        for row in 0..<48 {
            engine.tokens[row] = Int32(row * 7 % 23)
            engine.targets[row] = Int32(row * 5 % 23)
        }
        let gradient = Buffer<Float>(count: model.layout.count)
        let coefficients = Buffer(Array(repeating: Float(1) / 48, count: 48))
        let loss = engine.accumulate(
            parameters: model.parameters.base, gradient: gradient.base,
            coefficients: coefficients.base, sequences: 3, length: 16)
        return gradient.array() + [Float(loss)]
    }

    @Test(arguments: families)
    func gradientIsThatOfSinglePrecisionRounded(family: TransformerFamily) throws {
        let model = try trained(family, .float32).model
        let exact = gradient(model, .float32)
        let rounded = gradient(model, .bfloat16)
        func norm(_ values: some Sequence<Float>) -> Double {
            values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        let error = norm(zip(exact, rounded).map { $0 - $1 }) / norm(exact)
        #expect(error > 1e-4 && error < 2e-2)
    }

    /// Cutting the matrices once is a matter of speed.
    @Test(arguments: families, Precision.allCases)
    func panelsChangeNoBit(family: TransformerFamily, precision: Precision) throws {
        let model = try Toy.model(family)
        let panels = WeightPanels(
            reading: model.parameters.base, of: model.configuration, isTraining: true,
            precision: precision)
        panels.fill(pool: WorkerPool(count: 2))
        #expect(gradient(model, precision, panels: panels) == gradient(model, precision))
    }

    /// Scores do not depend on how many windows are computed together, in any precision.
    @Test(arguments: Precision.allCases)
    func scoresDoNotDependOnTheirNeighbours(precision: Precision) throws {
        let model = try Toy.model()
        let scorer = try TransformerScorer(model, precision: precision)
        let documents = Toy.documents(20)
        let pool = WorkerPool(count: 2)
        let all = try scorer.score(documents, boundary: Toy.boundary, pool: pool)
        var first = documents
        first = first.prefix(tokens: documents.range(ofDocument: 0).count)
        let alone = try scorer.score(first, boundary: Toy.boundary, pool: pool)
        #expect(Array(all[..<alone.count]) == alone)
    }
}
