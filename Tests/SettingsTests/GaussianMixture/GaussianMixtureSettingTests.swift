import Collapse
import Compute
import Settings
import Support
import Testing

/// Measured against predicted, with seeds fixed. A z-score beyond 4 has a probability of 6e-5 for a
/// correct program and other seeds; about 80 are taken here.
@Suite struct GaussianMixtureSettingTests {
    private func measure(
        _ workflow: SpecificationValue, n: Int, _ more: [String: SpecificationValue] = [:],
        generations: Int, seeds: Int
    ) throws -> Measured {
        var keys: [String: SpecificationValue] = [
            "workflow": workflow, "sample-size": .integer(n), "test-size": 20,
        ]
        keys.merge(more) { _, new in new }
        return try GaussianMixtureSetting.measure(
            keys, generations: generations, seeds: 0..<seeds)
    }

    @Test(
        "The variance and drift of the whole follow the Gaussian recursions for any number of components",
        arguments: [("replace", 1), ("replace", 2), ("accumulate", 3), ("accumulate-subsample", 2)])
    func moments(workflow: String, components: Int) throws {
        let measured = try measure(
            .text(workflow), n: 25, ["components": .integer(components)], generations: 20,
            seeds: 300)
        for metric in ["gmm.variance", "gmm.mean_squared_error"] {
            let expected = try measured.prediction(metric)
            for t in [0, 1, 5, 20] {
                let z = try measured.zScore(metric, at: t, expected: expected[t])
                #expect(abs(z) < 4, "\(metric) at \(t), z = \(z)")
            }
        }
        let variance = try measured.prediction("gmm.variance")
        if workflow == "replace" { #expect(abs(variance[1] - 0.96 * 0.96) < 1e-5) }
    }

    @Test(
        "Blobs are recovered, and their distance from the truth is small until replace wears it down"
    )
    func blobs() throws {
        let measured = try measure(
            "replace", n: 300, ["components": 3, "data": "blobs"], generations: 30, seeds: 10)
        #expect(try measured.mean("gmm.squared_distance", at: 0) < 1e-3)
        #expect(try measured.mean("gmm.smallest_weight", at: 0) > 0.3)
        #expect(
            try measured.mean("gmm.squared_distance", at: 30)
                > 4 * measured.mean("gmm.squared_distance", at: 0))
        #expect(
            try measured.values("gmm.squared_distance_from_generation_0", at: 0).allSatisfy {
                $0 < 1e-15
            })
    }

    @Test("A warm start spares iterations, and both starts keep the moments of the data")
    func warmStart() throws {
        let (scratch, warm) = try (
            measure("accumulate", n: 200, ["data": "moons"], generations: 6, seeds: 8),
            measure(
                "accumulate", n: 200, ["data": "moons", "start-from": "previous"],
                generations: 6, seeds: 8)
        )
        #expect(
            try warm.mean("fit.iterations", at: 6) < scratch.mean("fit.iterations", at: 6))
        #expect(
            try warm.values("fit.iterations", at: 0) == scratch.values("fit.iterations", at: 0))
    }

    @Test(
        "A distribution that is no mixture has no distance from the truth, but one from generation 0"
    )
    func otherDistributions() throws {
        let measured = try measure("replace", n: 50, ["data": "circles"], generations: 2, seeds: 1)
        #expect(measured.curves["gmm.squared_distance"] == nil)
        #expect(try measured.mean("gmm.squared_distance_from_generation_0", at: 2) > 0)
    }

    @Test(
        "A collapsed mixture is a result: zero variance, infinite distance, and the chain goes on")
    func collapse() throws {
        for n in [1, 2] {
            let measured = try measure(
                "replace", n: n, ["covariance-floor": 0, "start-from": "previous"], generations: 4,
                seeds: 3)
            for t in 0...4 {
                let distances = try measured.values("gmm.squared_distance", at: t)
                #expect(distances.allSatisfy { $0 == .infinity }, "n = \(n)")
                #expect(
                    try measured.values("gmm.negative_log_density", at: t).allSatisfy {
                        $0 == .infinity
                    })
            }
            #expect(try measured.values("gmm.variance", at: 4).allSatisfy { $0.isFinite })
        }
    }

    @Test("The share of chains that have not collapsed stays below its bounds", arguments: [1, 2])
    func survival(dimension: Int) throws {
        let measured = try measure(
            "replace", n: 5,
            [
                "components": .integer(dimension), "dimension": .integer(dimension),
                "covariance-floor": dimension == 1 ? 0 : 1e-9,
            ], generations: 80, seeds: 300)
        let bound = try measured.prediction("gmm.survival", .upperBound)
        for t in 0...80 {
            #expect(try measured.mean("gmm.survival", at: t) <= bound[t])
        }
        #expect(bound[80] < 0.5)
        #expect(try measured.mean("gmm.survival", at: 80) < 0.05)
        if dimension == 1 {
            #expect(measured.predictions.last?.source.contains("Suresh") == true)
            // (1/0.1) exp(-81/20)
            #expect(abs(bound[80] - 0.174_22) < 1e-4)
        }
    }
}
