import Collapse
import Settings
import Support
import Testing

/// Measured against predicted, with seeds fixed. A z-score beyond 4 has a probability of 6e-5 for a
/// correct program and other seeds; about 60 are taken here.
@Suite struct KernelDensityTheoryTests {
    private static let fits = [1, 2, 5, 10, 30, 100]

    private func measure(
        _ workflow: SpecificationValue, n: Int = 400, h: SpecificationValue = 0.5,
        _ more: [String: SpecificationValue] = [:], generations: Int = 99, seeds: Int = 60
    ) throws -> Measured {
        var keys: [String: SpecificationValue] = [
            "workflow": workflow, "sample-size": .integer(n), "bandwidth": h, "test-size": 16,
        ]
        keys.merge(more) { _, new in new }
        return try KernelDensitySetting.measure(
            keys, generations: generations, seeds: 0..<seeds, metrics: "kde.")
    }

    private func expectMoments(
        _ measured: Measured, at generations: [Int], _ what: String
    ) throws {
        for metric in ["kde.variance", "kde.mean_squared_error"] {
            let expected = try measured.prediction(metric)
            for t in generations {
                let z = try measured.zScore(metric, at: t, expected: expected[t])
                #expect(abs(z) < 4, "\(what): \(metric) at \(t), z = \(z)")
            }
        }
    }

    @Test("K1: under replace the model's variance is r^k v + h^2 (1 - r^k)/(1 - r), exactly")
    func replace() throws {
        let measured = try measure("replace")
        try expectMoments(measured, at: Self.fits.map { $0 - 1 }, "replace")
        let expected = try measured.prediction("kde.variance")
        for k in Self.fits {
            let r = 1 - 1 / 400.0
            var power = 1.0
            for _ in 0..<k { power *= r }
            let exact = power + 0.25 * (1 - power) / (1 - r)
            #expect(abs(expected[k - 1] / exact - 1) < 1e-12)
        }
    }

    @Test(
        "K2 and K3: under accumulation the variance is v + h^2 H_k to leading order",
        arguments: ["accumulate", "accumulate-subsample"])
    func accumulation(workflow: String) throws {
        let measured = try measure(.text(workflow))
        try expectMoments(measured, at: Self.fits.map { $0 - 1 }, workflow)
        let expected = try measured.prediction("kde.variance")
        for (k, value) in zip(Self.fits, [1.25, 1.375, 1.571, 1.732, 1.999, 2.297]) {
            #expect(abs(expected[k - 1] / value - 1) < 0.012, "\(workflow) at \(k)")
        }
    }

    @Test("A small n leaves the limit and keeps the exact recursion", arguments: [1, 2, 7])
    func small(n: Int) throws {
        for workflow in ["replace", "accumulate", "accumulate-subsample"] {
            let measured = try measure(
                .text(workflow), n: n, generations: 6, seeds: 800)
            try expectMoments(measured, at: [0, 1, 3, 6], "\(workflow), n = \(n)")
        }
    }

    @Test(
        "The recursions hold for every distribution, in its dimension, for both rules and for mixtures",
        arguments: PointDistribution.Shape.allCases)
    func otherDistributions(shape: PointDistribution.Shape) throws {
        let distribution: [String: SpecificationValue] = [
            "data": .text(shape.rawValue), "placement": "random",
            "dimension": shape == .normal ? 3 : .null,
        ]
        let growing = try measure(
            "accumulate", n: 15, h: ["rule": "silverman"], distribution, generations: 8, seeds: 400)
        try expectMoments(growing, at: [0, 1, 8], "\(shape)")
        var mixture = distribution
        mixture["real-data"] = "fresh"
        mixture["real-fraction"] = 0.3
        let mixed = try measure(
            "mixture", n: 20, h: ["rule": "scott"], mixture, generations: 8, seeds: 400)
        try expectMoments(mixed, at: [0, 1, 8], "\(shape), mixture")
    }

    @Test("Even placement makes the recursions approximations that say so")
    func evenPlacement() throws {
        let measured = try measure(
            "replace", n: 100, h: 0.1, ["data": "moons"], generations: 10, seeds: 200)
        let expected = try measured.prediction("kde.variance", .approximation)
        #expect(abs(try measured.mean("kde.variance", at: 10) / expected[10] - 1) < 0.05)
        #expect(measured.predictions.allSatisfy { $0.note?.contains("even") == true })
    }

    @Test(
        "The negative log density follows its limit for many points",
        arguments: [
            ("replace", 1), ("replace", 2), ("accumulate", 1), ("accumulate", 3),
            ("accumulate-subsample", 2),
        ])
    func negativeLogDensity(workflow: String, dimension: Int) throws {
        let measured = try measure(
            .text(workflow), n: 2_000, h: 0.8,
            ["dimension": .integer(dimension), "test-size": 400], generations: 12, seeds: 12)
        let expected = try measured.prediction("kde.negative_log_density", .approximation)
        // The limit is exact for one fit of endless data; 2,000 points are within a few
        // thousandths.
        for t in [0, 1, 3, 12] {
            let summary = try measured.summary("kde.negative_log_density", at: t)
            #expect(
                abs(summary.mean - expected[t]) < 4 * summary.standardError + 0.02
                    * Double(dimension),
                "\(workflow), d = \(dimension), t = \(t): \(summary.mean), not \(expected[t])")
        }
    }

    @Test("The limit of replace is .5 log(2 pi (1 + k h^2)) + .5/(1 + k h^2)")
    func replaceLimit() throws {
        let setting = KernelDensitySetting(
            distribution: PointDistribution(shape: .normal), bandwidth: .fixed(0.5), testSize: 1)
        let arm = try ArmSpecification(
            name: "arm",
            values: KernelDensitySetting.resolved([
                "workflow": "replace", "sample-size": 400, "bandwidth": 0.5,
            ]))
        let limit = try #require(
            setting.predictions(for: try ChainPlan(arm: arm, generations: 99)).first {
                $0.metric == "kde.negative_log_density"
            })
        for (k, value) in zip(Self.fits, [1.431, 1.455, 1.547, 1.688, 2.048, 2.567]) {
            #expect(abs(limit.values[k - 1] - value) < 0.0006)
        }
    }

    @Test("Accumulation says that it is not bounded with a fixed bandwidth, and is with Scott's")
    func notes() throws {
        let fixed = try measure("accumulate", n: 5, generations: 2, seeds: 1)
        #expect(fixed.predictions[0].note?.contains("not bounded") == true)
        let scott = try measure(
            "accumulate", n: 5, h: ["rule": "scott"], generations: 2_000, seeds: 0)
        #expect(scott.predictions[0].note?.contains("bounded") == true)
        let curve = try scott.prediction("kde.variance")
        // Half of what is left of the sum of h_t^2/t after t = 200 lies beyond t = 2,000
        // (t^(-2/5)): it converges.
        #expect(curve[2_000] - curve[200] < 0.6 * (curve[200] - curve[20]))
    }
}
