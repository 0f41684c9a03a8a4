import Collapse
import Compute
import Settings
import Support
import Testing

@Suite struct KernelDensitySettingTests {
    private struct Case: Decodable {
        var dimension: Int
        var points: [Double]
        var rule: String
        var weights: [Double]?
        var bandwidth: Double
        var targets: [Double]
        var logDensities: [Double]
    }

    private func fit(
        _ setting: KernelDensitySetting, _ points: Points, weights: [Double]? = nil
    ) throws -> (model: KernelDensitySetting.Model, seedData: KernelDensitySetting.SeedData) {
        let seedData = try setting.makeSeedData(seed: 0, stream: 0, initialSize: 10)
        let model = try setting.fit(
            TrainingData(pool: Pool(points, provenance: 0), weights: weights), start: .scratch,
            seedData: seedData, key: RandomKey(seed: 0, purpose: .test), work: Workload(workers: 1)
        ).model
        return (model, seedData)
    }

    @Test("Bandwidths and log-densities are scikit-learn's, also where densities underflow")
    func fixtures() throws {
        for test in try fixture("KernelDensity/densities.json", as: [Case].self) {
            let bandwidth: Bandwidth =
                switch test.rule {
                case "scott": .scott
                case "silverman": .silverman
                default: .fixed(test.bandwidth)
                }
            let setting = KernelDensitySetting(
                distribution: PointDistribution(shape: .normal, dimension: test.dimension),
                bandwidth: bandwidth)
            let (model, seedData) = try fit(
                setting, Points(dimension: test.dimension, test.points), weights: test.weights)
            #expect(abs(model.bandwidth / test.bandwidth - 1) < 1e-14)
            let scores = try setting.scores(
                of: Points(dimension: test.dimension, test.targets), under: model,
                seedData: seedData,
                work: Workload(workers: 1))
            #expect(scores.count == test.logDensities.count)
            for (mine, theirs) in zip(scores, test.logDensities) {
                #expect(abs(mine - theirs) <= 1e-10 * max(1, abs(theirs)), "\(test.rule)")
            }
        }
    }

    @Test("Test points are scored alike by carried sums and by sums over all points")
    func carriedSums() throws {
        let distribution = PointDistribution(shape: .moons)
        let setting = KernelDensitySetting(
            distribution: distribution, bandwidth: .fixed(0.07), testSize: 33)
        let points = distribution.points(
            0..<40, sampleSize: 40, key: RandomKey(seed: 1, purpose: .test), order: nil)
        let seedData = try setting.makeSeedData(seed: 0, stream: 0, initialSize: 10)
        let test = PointData(
            distribution: distribution, testSize: 33, seed: 0, stream: 0, initialSize: 10
        ).test
        var statistics = try setting.statistics(
            of: points.prefix(size: 7), weights: nil, seedData: seedData)
        setting.merge(
            try setting.statistics(
                of: points.selecting(Array(7..<40)), weights: nil, seedData: seedData),
            into: &statistics)
        let model = try setting.fit(
            statistics, generation: 0, start: .scratch, seedData: seedData,
            key: RandomKey(seed: 0, purpose: .test), work: Workload(workers: 1)
        ).model
        let metrics = try setting.evaluate(
            "test-points",
            of: EvaluationSubject(
                generation: 0, realCount: 0, model: { model }, samples: { points },
                reference: { model }),
            seedData: seedData, key: RandomKey(seed: 0, purpose: .test), work: Workload(workers: 1))
        let whole = try fit(setting, points)
        let scores = try setting.scores(
            of: test, under: whole.model, seedData: seedData, work: Workload(workers: 1))
        let expected = -scores.reduce(0, +) / 33
        let carried = try #require(metrics.first { $0.name == "kde.negative_log_density" }).value
        #expect(abs(carried - expected) < 1e-12)
        #expect(
            metrics.first { $0.name == "kde.lowest_log_density" }?.value == scores.min())
    }

    @Test("Draws have the moments of the model, from every parent its part")
    func sampling() throws {
        let setting = KernelDensitySetting(
            distribution: PointDistribution(shape: .blobs), bandwidth: .fixed(0.5), testSize: 1)
        let points = Points(dimension: 2, [0, 0, 10, 0, 10, 4])
        let (model, seedData) = try fit(setting, points, weights: [2, 0, 2])
        let (other, _) = try fit(setting, Points(dimension: 2, [-100, 100]))
        let count = 20_001
        let drawn = try setting.sample(
            from: [model, other], size: count, conditions: nil, seedData: seedData,
            key: RandomKey(seed: 5, purpose: .sample), work: Workload(workers: 1))
        #expect(drawn.count == count)
        #expect(drawn[9_999].first ?? 0 > -50)
        #expect(drawn[10_000].first ?? 0 < -50)
        let moments = PointMoments(drawn.prefix(size: 10_000), weights: nil)
        // Two points with equal weights at (0, 0) and (10, 4): variance (25 + 4)/2 + h^2. Within 4
        // standard errors.
        #expect(moments.squaredDistance(of: [5, 2]) < 16 * 29.5 / 10_000)
        #expect(abs(moments.variance - 14.75) < 4 * 0.6 / 10)
    }

    @Test("A model of one point, and of points that all coincide, is a result")
    func degenerate() throws {
        let measured = try KernelDensitySetting.measure(
            [
                "workflow": "replace", "sample-size": 1, "bandwidth": ["rule": "scott"],
                "data": "normal",
            ], generations: 3, seeds: 0..<2)
        for t in 0...3 {
            #expect(try measured.values("kde.bandwidth", at: t) == [1, 1])
            #expect(try measured.values("kde.variance", at: t) == [1, 1])
            #expect(
                try measured.values("kde.negative_log_density", at: t).allSatisfy(\.isFinite))
        }
        let setting = KernelDensitySetting(
            distribution: PointDistribution(shape: .normal), bandwidth: .scott, testSize: 1)
        let collapsed = try fit(setting, Points(dimension: 1, Array(repeating: 2, count: 32)))
        #expect(abs(collapsed.model.bandwidth - 0.5) < 1e-15)
    }

    @Test("A narrow kernel far from the test points has a large finite negative log density")
    func underflow() throws {
        let measured = try KernelDensitySetting.measure(
            [
                "workflow": "replace", "sample-size": 10, "bandwidth": 0.001, "data": "blobs",
            ], generations: 2, seeds: 0..<1)
        let value = try measured.values("kde.negative_log_density", at: 0)[0]
        #expect(value > 1_000 && value.isFinite)
    }

    @Test("A bandwidth without a density is refused with a remedy", arguments: [0.0, -1, 1e-9])
    func bandwidthIssue(width: Double) {
        let issue = #expect(throws: SpecificationIssue.self) {
            try KernelDensitySetting.make(["bandwidth": .number(width)])
        }
        #expect(issue?.path == ["bandwidth"])
        #expect(issue?.message.contains("give a number") == true)
    }

    @Test("Examples that all weigh nothing are refused by name")
    func withoutWeight() throws {
        let error = #expect(throws: LoopError.self) {
            try fit(
                KernelDensitySetting(
                    distribution: PointDistribution(shape: .normal), bandwidth: .scott),
                Points(dimension: 1, [1, 2]), weights: [0, 0])
        }
        #expect(error?.description.contains("weigh 0") == true)
    }

    @Test("A pool that grows gives the bits of a pool that is gathered")
    func incremental() throws {
        let keys: [String: SpecificationValue] = [
            "workflow": "accumulate", "sample-size": 12, "bandwidth": 0.3, "data": "circles",
        ]
        var gathered = keys
        // Weights of 1 change no value but keep the loop from fitting incrementally.
        gathered["curate"] = [["stage": "weight", "real": 1, "synthetic": 1]]
        let (first, second) = try (
            KernelDensitySetting.measure(keys, generations: 6, seeds: 0..<3),
            KernelDensitySetting.measure(gathered, generations: 6, seeds: 0..<3)
        )
        for metric in ["kde.negative_log_density", "kde.variance", "kde.mean_squared_error"] {
            for t in 0...6 {
                #expect(try first.values(metric, at: t) == second.values(metric, at: t))
            }
        }
    }
}
