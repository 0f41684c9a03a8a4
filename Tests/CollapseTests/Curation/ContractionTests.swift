import Collapse
import Compute
import Testing

@Suite struct ContractionTests {
    /// The data that a stage makes of ten real examples and 200 synthetic ones around a model off
    /// the truth.
    private func curate(
        _ stage: any CurationStage, values: [Int]? = nil, generation: Int = 2, seed: UInt64 = 0
    ) throws -> (
        data: TrainingData<ToyExamples>, metrics: [String: Double], model: ToySetting.Model
    ) {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        let drawn = values ?? (0..<200).map { _ in random.below(41) - 10 }
        let model = ToySetting.Model(values: [4, 5, 12, 3], weights: [1, 1, 1, 1])
        var pool = Pool(ToyExamples(Array(0..<10)), provenance: 0)
        pool.append(Pool(ToyExamples([40, 40]), provenance: 1))
        pool.append(Pool(ToyExamples(drawn), provenance: 2))
        let setting = ToySetting()
        let outcome = try Curation.apply(
            [stage], to: pool,
            in: CurationContext(
                setting: setting,
                seedData: try setting.makeSeedData(seed: 0, stream: 0, initialSize: 1),
                generation: generation, initialSize: 1,
                key: RandomKey(seed: seed, purpose: .curate),
                work: Workload(workers: 1), model: { generation == 0 || $0 == .base ? nil : model })
        )
        let metrics = outcome.metrics.map { (String($0.name.split(separator: ".")[3]), $0.value) }
        return (
            outcome.data, Dictionary(metrics, uniquingKeysWith: { first, _ in first }), model
        )
    }

    /// What is left of the model's error in expectation: e + (weighted mean - mean) of the newest
    /// 200.
    private func errors(
        _ data: TrainingData<ToyExamples>, _ model: ToySetting.Model
    ) throws -> (before: [Double], after: [Double]) {
        let setting = ToySetting()
        let seedData = try setting.makeSeedData(seed: 0, stream: 0, initialSize: 1)
        let features = setting.features(of: data.examples, seedData: seedData)
        let weights = try #require(data.weights)
        let before = setting.estimate(of: model, seedData: seedData)
        let after = (0..<2).map { coordinate in
            var (plain, weighted, total) = (0.0, 0.0, 0.0)
            for index in 12..<data.examples.count {
                plain += features[2 * index + coordinate]
                weighted += weights[index] * features[2 * index + coordinate]
                total += weights[index]
            }
            return before[coordinate] + weighted / total - plain / Double(data.examples.count - 12)
        }
        return (before, after)
    }

    @Test("The tilt shrinks every coordinate of the error by 1 - b", arguments: [0, 0.1, 0.5, 1])
    func tilt(factor: Double) throws {
        for seed in 0..<20 {
            let (data, metrics, model) = try curate(
                Contraction(goal: .init(factor: factor, reference: .truth)), seed: UInt64(seed))
            let (before, after) = try errors(data, model)
            for (old, new) in zip(before, after) {
                #expect(abs(new - (1 - factor) * old) < 1e-9, "seed \(seed)")
            }
            let weights = try #require(data.weights)
            #expect(weights[..<12].allSatisfy { $0 == 1 }, "other data keep their weights")
            #expect(weights.allSatisfy { $0 > 0 })
            #expect(abs(weights[12...].reduce(0, +) - 200) < 1e-9)
            #expect(abs(try #require(metrics["contraction"]) - (1 - factor)) < 1e-9)
            #expect(try #require(metrics["effective_share"]) <= 1 + 1e-12)
        }
    }

    @Test("An offset moves the point that is pulled to, and generation 0 can be that point")
    func references() throws {
        let (data, _, model) = try curate(
            Contraction(goal: .init(factor: 0.5, reference: .truth, offset: 1)))
        let (before, after) = try errors(data, model)
        for (old, new) in zip(before, after) { #expect(abs(new - (1 + 0.5 * (old - 1))) < 1e-9) }
        // The toy's model is its own generation 0: there is nothing to pull.
        let still = try curate(Contraction(goal: .init(factor: 0.5, reference: .generation0)))
        #expect(try #require(still.data.weights).allSatisfy { abs($0 - 1) < 1e-12 })
    }

    @Test("Examples that are all equal cannot be tilted and stay as they are")
    func degenerate() throws {
        let stages: [any CurationStage] = [
            Contraction(goal: .init(factor: 0.5, reference: .truth)),
            ContractionFilter(goal: .init(factor: 0.5, reference: .truth)),
        ]
        for stage in stages {
            let (data, metrics, _) = try curate(stage, values: Array(repeating: 6, count: 200))
            #expect(data.examples.count == 212)
            #expect(try #require(data.weights).allSatisfy { abs($0 - 1) < 1e-9 })
            #expect(abs(try #require(metrics["contraction"]) - 1) < 1e-9)
        }
    }

    @Test(
        "The network meets its condition in either norm",
        arguments: ContractionFilter.Norm.allCases,
        [0.1, 0.5, 0.9])
    func network(norm: ContractionFilter.Norm, factor: Double) throws {
        for seed in 0..<20 {
            let (data, metrics, model) = try curate(
                ContractionFilter(goal: .init(factor: factor, reference: .truth), norm: norm),
                seed: UInt64(seed))
            let (before, after) = try errors(data, model)
            // The standard deviations of the 200 examples' features, by which the standardised norm
            // divides.
            let features = ToySetting().features(
                of: data.examples, seedData: .init(key: RandomKey(seed: 0, purpose: .test)))
            let units = (0..<2).map { coordinate -> Double in
                guard norm == .standardised else { return 1 }
                let values = (12..<212).map { features[2 * $0 + coordinate] }
                let mean = values.reduce(0, +) / 200
                return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
            }
            func length(_ error: [Double]) -> Double {
                zip(error, units).reduce(0) { $0 + $1.0 * $1.0 / ($1.1 * $1.1) }.squareRoot()
            }
            #expect(abs(length(after) / length(before) - (1 - factor)) < 1e-6, "seed \(seed)")
            #expect(try #require(metrics["training_steps"]) < 50)
        }
    }

    @Test("Selection keeps examples as often as their weights say, and the draws repeat")
    func selection() throws {
        let goal = ContractionGoal(factor: 0.5, reference: .truth)
        let stage = ContractionFilter(goal: goal, use: .select)
        let (data, metrics, _) = try curate(stage)
        #expect(data.examples.values == (try curate(stage)).data.examples.values)
        #expect(data.pool.provenance.prefix(12).count == 12)
        #expect((20..<212).contains(data.examples.count))
        let weights = try #require(try curate(ContractionFilter(goal: goal)).data.weights)[12...]
        let largest = try #require(weights.max())
        let expected = weights.reduce(0) { $0 + $1 / largest }
        // 200 draws of variance at most 1/4 each: beyond 4 deviations with probability below 6e-5.
        #expect(abs(Double(data.examples.count - 12) - expected) < 4 * 50.squareRoot())
        #expect(abs(try #require(metrics["contraction"]) - 0.5) < 1e-6)
    }

    @Test("Nothing is contracted in generation 0 or without new examples")
    func nothing() throws {
        let stage = Contraction(goal: .init(factor: 0.5, reference: .truth))
        #expect(try curate(stage, generation: 0).data.weights == nil)
        #expect(try curate(stage, generation: 5).data.weights == nil)
    }
}
