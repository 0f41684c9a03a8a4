import Collapse
import Compute
import Settings
import Testing

@Suite struct GaussianSettingTests {
    private let setting = GaussianSetting(estimator: .unbiased, trueVariance: 2)

    private func fit(
        _ values: [Double], weights: [Double]? = nil,
        estimator: GaussianSetting.VarianceEstimator = .unbiased
    ) throws -> GaussianSetting.Model {
        let setting = GaussianSetting(estimator: estimator, trueVariance: 1)
        let world = try setting.makeWorld(seed: 0, stream: 0, initialSize: 1)
        return try setting.fit(
            TrainingData(pool: Pool(GaussianDraws(values), provenance: 0), weights: weights),
            start: .scratch, world: world, key: RandomKey(seed: 0, purpose: .test),
            work: Workload(workers: 1)
        ).model
    }

    @Test func moments() throws {
        let model = try fit([1, 2, 3, 4])
        #expect(model.mean == 2.5)
        #expect(abs(model.variance - 5.0 / 3) < 1e-15)
        #expect(abs(try fit([1, 2, 3, 4], estimator: .biased).variance - 1.25) < 1e-15)
    }

    @Test("A weight of 2 counts an example twice under maximum likelihood")
    func weights() throws {
        let weighted = try fit([1, 5, 9], weights: [2, 1, 0], estimator: .biased)
        let repeated = try fit([1, 1, 5], estimator: .biased)
        #expect(abs(weighted.mean - repeated.mean) < 1e-15)
        #expect(abs(weighted.variance - repeated.variance) < 1e-14)
    }

    @Test("A single draw is a degenerate model, not a crash, and its divergence is infinite")
    func degenerate() throws {
        let model = try fit([3])
        #expect(model.variance == 0)
        let world = try setting.makeWorld(seed: 0, stream: 0, initialSize: 1)
        let subject = EvaluationSubject<GaussianSetting>(
            generation: 0, model: { model }, samples: { GaussianDraws() }, reference: { model })
        let metrics = try setting.evaluate(
            "law", of: subject, world: world, key: RandomKey(seed: 0, purpose: .test),
            work: Workload(workers: 1))
        #expect(metrics.first { $0.name == "gaussian.kl_from_truth" }?.value == .infinity)
    }

    @Test("Models and draws survive storage bit for bit")
    func storage() throws {
        let world = try setting.makeWorld(seed: 5, stream: 1, initialSize: 1)
        let draws = try setting.real(0..<100, in: world)
        let files = try setting.encode(draws, world: world)
        #expect(try setting.decodeExamples(files, world: world) == draws)
        let model = GaussianSetting.Model(mean: -0.0, variance: .leastNonzeroMagnitude)
        let decoded = try setting.decodeModel(setting.encode(model, world: world), world: world)
        #expect(decoded.mean.bitPattern == model.mean.bitPattern)
        #expect(decoded.variance == model.variance)
    }

    @Test("A real draw depends on its place alone, and seeds and streams differ")
    func realStream() throws {
        let world = try setting.makeWorld(seed: 5, stream: 0, initialSize: 1)
        let all = try setting.real(0..<50, in: world).values
        #expect(try setting.real(20..<30, in: world).values == Array(all[20..<30]))
        for (seed, stream) in [(6, 0), (5, 1)] {
            let other = try setting.makeWorld(
                seed: UInt64(seed), stream: UInt32(stream), initialSize: 1)
            #expect(try setting.real(0..<50, in: other).values != all)
        }
    }
}
