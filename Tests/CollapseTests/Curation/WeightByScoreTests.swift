import Collapse
import Compute
import Support
import Testing

/// The toy's scores are minus the last two digits of a value.
@Suite struct WeightByScoreTests {
    private let curate = ToyCuration(real: [7, 8], synthetic: [[1_010, 1_020], [2_030, 2_030]])

    private func weights(_ stage: WeightByScore) throws -> [Double] {
        try #require(try curate(stage).data.weights)
    }

    @Test(
        "Weights are exp(strength * score) with mean 1 over the samples", arguments: [-0.1, 0, 0.3])
    func nats(strength: Double) throws {
        let found = try weights(WeightByScore(under: .previous, strength: strength, unit: .nats))
        let powers = [10.0, 20, 30, 30].map { Elementary.exp(-strength * $0) }
        let mean = powers.reduce(0, +) / 4
        #expect(Array(found.prefix(2)) == [1, 1], "real examples are trusted")
        for (weight, power) in zip(found.dropFirst(2), powers) {
            #expect(abs(weight - power / mean) < 1e-12)
        }
    }

    @Test("Standard deviations are the unit unless nats are asked for")
    func deviations() throws {
        // Scores -10, -20, -30, -30: mean -22.5, variance 68.75.
        let (data, metrics) = try curate(WeightByScore(under: .generation0, strength: 2))
        let powers = [10.0, 20, 30, 30].map {
            Elementary.exp(2 * (22.5 - $0) / 68.75.squareRoot())
        }
        let (sum, squares) = (powers.reduce(0, +), powers.reduce(0) { $0 + $1 * $1 })
        for (weight, power) in zip(try #require(data.weights).dropFirst(2), powers) {
            #expect(abs(weight - 4 * power / sum) < 1e-12)
        }
        let name = "1.weight-by-score."
        #expect(
            abs(try #require(metrics[name + "effective_share"]) - sum * sum / squares / 4) < 1e-12)
        #expect(metrics[name + "score_in"] == -22.5)
        let after = -zip(powers, [10.0, 20, 30, 30]).reduce(0) { $0 + $1.0 * $1.1 } / sum
        #expect(abs(try #require(metrics[name + "score_out"]) - after) < 1e-12)
        #expect(abs(try #require(metrics[name + "largest_weight"]) - 4 * powers[0] / sum) < 1e-12)
    }

    @Test("Equal scores and a score against an equal one weigh the same")
    func equal() throws {
        let equal = ToyCuration(real: [7], synthetic: [[1_010, 1_110, 1_210]])
        #expect(
            try equal(WeightByScore(under: .previous, strength: 5)).data.weights == [1, 1, 1, 1])
        let found = try weights(
            WeightByScore(under: .generation0, against: .previous, strength: 5, unit: .nats))
        #expect(found == Array(repeating: 1, count: 6))
    }

    @Test("Impossible examples weigh nothing, or as much as the heaviest where that is wanted")
    func infinite() throws {
        var curate = curate
        curate.setting.impossible = [1_010]
        func weights(_ strength: Double) throws -> [Double] {
            try #require(
                try curate(
                    WeightByScore(under: .previous, strength: strength, unit: .nats)
                ).data.weights)
        }
        let tilted = try weights(0.1)
        #expect(tilted[2] == 0 && abs(tilted.reduce(0, +) - 6) < 1e-12)
        let reversed = try weights(-0.1)
        #expect(reversed[2] == reversed.max())
        #expect(try weights(0)[2] == 1)
        curate.setting.impossible = [1_010, 1_020, 2_030]
        #expect(try weights(1) == Array(repeating: 1, count: 6))
    }

    @Test("Resampling draws as many with their provenance, in proportion to the weights")
    func resamples() throws {
        var counts = [Int: Int]()
        let trials = 400
        for seed in 0..<trials {
            var curate = curate
            curate.seed = UInt64(seed)
            let (data, _) = try curate(
                WeightByScore(under: .previous, strength: 0.05, unit: .nats, use: .resample))
            #expect(data.examples.count == 6 && data.weights == nil)
            for (value, provenance) in zip(data.examples.values, data.pool.provenance) {
                #expect(Int(provenance) == value / 1_000)
                counts[value, default: 0] += 1
            }
        }
        #expect(counts[7] == trials && counts[8] == trials)
        let powers = [10.0, 20, 30].map { Elementary.exp(-0.05 * $0) }
        let sum = powers[0] + powers[1] + 2 * powers[2]
        let probability = powers[0] / sum
        let deviation = (probability * (1 - probability) * Double(4 * trials)).squareRoot()
        // Beyond 4 deviations with probability 6e-5; the seeds are fixed.
        #expect(
            abs(Double(counts[1_010] ?? 0) - probability * Double(4 * trials)) < 4 * deviation)
    }

    @Test("A random control deals the weights anew among samples of equal provenance")
    func randomControl() throws {
        let values = Array(1_000..<1_040)
        var curate = ToyCuration(real: [7], synthetic: [values])
        let stage = WeightByScore(under: .previous)
        let made = try #require(try curate(stage).data.weights)
        let control = try #require(try curate(RandomLike(like: stage)).data.weights)
        #expect(control[0] == 1)
        #expect(made.sorted() == control.sorted())
        #expect(made != control)
        curate.seed = 2
        #expect(try curate(RandomLike(like: stage)).data.weights != control)
        #expect(RandomLike(like: stage).hasFractionalWeights)
    }

    @Test("Mean ages are those of the data by size")
    func ages() throws {
        // Sizes are the last digit plus one: 1 and 2 of age 0, 3 of age 1, 4 of age 2.
        let curate = ToyCuration(real: [10, 11], synthetic: [[12], [13]])
        let metrics = try curate(TopFraction(under: .previous, fraction: 0.5)).metrics
        #expect(metrics["1.top-fraction.age_in"] == (3 + 2 * 4) / 10.0)
        #expect(metrics["1.top-fraction.age_out"] == 3 / 6.0)
    }
}
