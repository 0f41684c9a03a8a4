import Collapse
import Compute
import Support
import Testing

/// The toy's real values are of up to three digits and its samples of four.
@Suite struct DetectorStageTests {
    /// The provenance that the data below give each value.
    private func provenance(of value: Int) -> Int { value < 1_000 ? 0 : value < 1_020 ? 1 : 2 }

    private static let features = DetectorFeatures.ngrams(
        HashedNGrams(unit: .bytes, longest: 2, buckets: 512))

    private func stage(
        _ use: DetectorUse, judged: JudgedExamples = .all,
        features: DetectorFeatures = DetectorStageTests.features
    ) -> SyntheticDetector {
        SyntheticDetector(features: features, use: use, penalty: 0.1, judged: judged)
    }

    private var curate: ToyCuration {
        ToyCuration(
            real: Array(540..<580), synthetic: [Array(1_000..<1_020), Array(1_020..<1_060)])
    }

    /// How often each value is there.
    private func copies(_ data: TrainingData<ToyExamples>) -> [Int: Int] {
        Dictionary(data.examples.values.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// The toy cuts no example, so that the last one may end behind the size.
    private func expectSize(of data: TrainingData<ToyExamples>, _ size: Double) {
        let last = data.examples.size(at: data.examples.count - 1)
        #expect(data.examples.totalSize >= Int(size) && data.examples.totalSize < Int(size) + last)
    }

    @Test("Examples are drawn in proportion to (1 - c)^b, with their provenance")
    func resamples() throws {
        let (data, metrics) = try curate(stage(.resample(bias: 4, upsample: 1.5, copies: 5)))
        expectSize(of: data, 1.5 * Double(curate.pool.examples.totalSize))
        #expect(copies(data).values.allSatisfy { $0 <= 5 })
        for (value, provenance) in zip(data.examples.values, data.pool.provenance) {
            #expect(Int(provenance) == self.provenance(of: value))
        }
        #expect(data.pool.provenance.count { $0 == 0 } > 120)
        let name = "1.detector."
        #expect(try #require(metrics[name + "auc"]) > 0.95)
        #expect(try #require(metrics[name + "accuracy"]) > 0.9)
        #expect(
            try #require(metrics[name + "synthetic_probability_in"])
                > #require(metrics[name + "real_probability_in"]) + 0.5)
        #expect(metrics[name + "age_in"].map { abs($0 - 1) < 0.2 } == true)
        #expect(
            try #require(metrics[name + "age_out"]) < #require(metrics[name + "age_in"]) / 2)
        let distinct = copies(data).count
        #expect(
            metrics[name + "distinct_share"] == Double(distinct) / Double(data.examples.count))
        // First copies first, in their order; the last that was drawn may stand behind all.
        let first = Array(data.examples.values.prefix(distinct - 1))
        #expect(first == first.sorted())
    }

    @Test("Without a bias every example is as likely, real or not")
    func unbiased() throws {
        var real = 0
        for seed in 0..<20 {
            var curate = curate
            curate.seed = UInt64(seed)
            let (data, metrics) = try curate(stage(.resample(bias: 0, upsample: 0.5, copies: 1)))
            real += data.pool.provenance.count { $0 == 0 }
            #expect(abs(try #require(metrics["1.detector.effective_share"]) - 1) < 1e-12)
        }
        // 50 of 100 without replacement, 40 % of them real, 20 times: a deviation of 11.
        #expect(abs(real - 400) < 44)
    }

    @Test("Where real examples are trusted, samples alone are drawn or kept")
    func trusted() throws {
        let (data, _) = try curate(
            stage(.resample(bias: 2, upsample: 0.5, copies: 1), judged: .synthetic))
        #expect(Array(data.examples.values.prefix(40)) == Array(540..<580))
        let real = data.examples.selecting(Array(0..<40)).totalSize
        expectSize(
            of: data, Double(real) + 0.5 * Double(curate.pool.examples.totalSize - real))
        let (kept, _) = try curate(stage(.keepShare(0.25), judged: .synthetic))
        #expect(Array(kept.examples.values.prefix(40)) == Array(540..<580))
        #expect(kept.examples.count == 40 + 15)
    }

    @Test("The examples with the smallest probability are kept", arguments: [true, false])
    func keeps(byHiddenStates: Bool) throws {
        let features = byHiddenStates ? .hiddenStates(under: .generation0) : Self.features
        let (data, metrics) = try curate(stage(.keepCount(40), features: features))
        #expect(data.examples.values.allSatisfy { $0 < 1_000 })
        #expect(data.examples.count == 40)
        #expect(metrics["1.detector.age_out"] == 0)
        #expect(metrics["1.detector.synthetic_probability_out"]?.isNaN == true)
        #expect(try curate(stage(.keepCount(1_000), features: features)).data.examples.count == 100)
        // One is left at least.
        #expect(try curate(stage(.keepShare(0), features: features)).data.examples.count == 1)
    }

    @Test("Weights are (1 - c)^b with mean 1 over what is judged")
    func weights() throws {
        let (one, metrics) = try curate(stage(.weight(bias: 1)))
        let (two, _) = try curate(stage(.weight(bias: 2)))
        let (first, second) = (try #require(one.weights), try #require(two.weights))
        #expect(abs(first.reduce(0, +) - 100) < 1e-9)
        #expect(abs(second.reduce(0, +) - 100) < 1e-9)
        // The square of one is the other, up to a factor.
        for index in 0..<100 {
            let expected = second[0] * (first[index] / first[0]) * (first[index] / first[0])
            #expect(abs(second[index] - expected) < 1e-9 * expected)
        }
        let share = 100 * 100 / (100 * first.reduce(0) { $0 + $1 * $1 })
        #expect(abs(try #require(metrics["1.detector.effective_share"]) - share) < 1e-12)
        #expect(one.examples.count == 100 && one.origins == nil)
    }

    @Test("The detector is the same in every generation and leaves what has no samples alone")
    func same() throws {
        let stage = stage(.keepShare(0.5))
        var later = curate
        later.generation = 7
        let name = "1.detector.auc"
        #expect(try curate(stage).metrics[name] == later(stage).metrics[name])
        var control = ToyCuration(real: Array(540..<580), synthetic: [])
        #expect(try control(stage).data.examples.count == 40)
        control.generation = 0
        #expect(try control(stage).data.examples.count == 40)
    }

    @Test("A random control deals the copies anew among examples of equal provenance")
    func randomControl() throws {
        let stage = stage(.resample(bias: 3, upsample: 1.5, copies: 4))
        let made = try curate(stage).data
        let control = try curate(RandomLike(like: stage)).data
        for provenance in 0..<3 {
            func multiplicities(_ data: TrainingData<ToyExamples>) -> [Int] {
                copies(data).filter { self.provenance(of: $0.key) == provenance }.values.sorted()
            }
            #expect(multiplicities(made) == multiplicities(control))
        }
        #expect(copies(made) != copies(control))
        for (value, provenance) in zip(control.examples.values, control.pool.provenance) {
            #expect(Int(provenance) == self.provenance(of: value))
        }
    }

    @Test("Stages before and after see each example's own weight and provenance")
    func amongOthers() throws {
        let (data, metrics) = try curate(
            Weight(real: 2, synthetic: 0.5), stage(.resample(bias: 1, upsample: 2, copies: 5)),
            ExactDuplicates())
        #expect(try #require(metrics["2.detector.examples_out"]) > 150)
        #expect(Set(data.examples.values).count == data.examples.count)
        for (index, value) in data.examples.values.enumerated() {
            #expect(data.weights?[index] == (value < 1_000 ? 2 : 0.5))
        }
    }

    @Test("Too few real examples are refused, in a random control at its own key")
    func tooFew() throws {
        func path(_ stage: SpecificationValue, size: Int) throws -> [String]? {
            let arm = try ArmSpecification(
                name: "arm",
                values: armValues(
                    "replace", size: size,
                    changes: [.init("curate", .list([resolvedStage(stage)]))]))
            let setting = ToySetting()
            let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: size)
            do {
                try ChainPlan(
                    arm: arm, generations: 2,
                    stream: RealStream(setting: setting, seedData: seedData)
                ).checkCuration()
                return nil
            } catch { return error.path }
        }
        #expect(try path(["stage": "detector"], size: 400) == nil)
        #expect(try path(["stage": "detector"], size: 10) == ["curate", "0"])
        #expect(
            try path(["stage": "random", "like": ["stage": "detector"]], size: 10)
                == ["curate", "0", "like"])
    }

    @Test("What samples are drawn by names a fit only where a detector learns from some")
    func names() throws {
        func key(_ stages: [SpecificationValue], _ samplingKeys: String) throws -> ContentKey {
            var setting = ToySetting()
            setting.samplingKeys = samplingKeys
            // Generations train on real data alone.
            let values = armValues(
                "mixture",
                changes: [
                    .init("real-fraction", constant(1)), .init("real-data", .text("fresh")),
                    .init("curate", .list(stages.map(resolvedStage))),
                ])
            return try toyChain(values, setting: setting).modelKey(of: 1)
        }
        let plain: [SpecificationValue] = [["stage": "exact-duplicates"]]
        #expect(try key(plain, "cold") == key(plain, "warm"))
        let detector: [SpecificationValue] = [["stage": "detector"]]
        #expect(try key(detector, "cold") != key(detector, "warm"))
        #expect(try key(detector, "cold") != key(plain, "cold"))
    }
}
