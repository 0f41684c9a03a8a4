import Collapse
import Compute
import Settings
import Support
import Testing

/// Bars X1, X2, X3, X5 and Suresh's survival. A z-score beyond 4 has probability 6e-5 for a correct
/// program and other seeds; about 150 are taken, so a change of seeds fails with probability 1e-2.
/// With these seeds nothing changes.
@Suite struct ExponentialFamilyTests {
    private func measure(
        _ family: String, _ parameter: Double, _ sampleSize: SpecificationValue,
        generations: Int, seeds: Int, _ more: [String: SpecificationValue] = [:]
    ) throws -> Measured {
        try ExponentialFamilySetting.measure(
            [
                "workflow": "replace", "family": .text(family), "parameter": .number(parameter),
                "sample-size": sampleSize,
            ].merging(more) { _, new in new },
            generations: generations, seeds: 0..<seeds, metrics: "family.")
    }

    private func power(_ scale: Double, _ exponent: Double) -> SpecificationValue {
        ["schedule": "power", "scale": .number(scale), "exponent": .number(-exponent)]
    }

    private func check(
        _ measured: Measured, _ metric: String, at generations: [Int],
        _ relation: Prediction.Relation = .expectation
    ) throws {
        let expected = try measured.prediction(metric, relation)
        for t in generations {
            let z = try measured.zScore(metric, at: t, expected: expected[t])
            #expect(abs(z) < 4, "\(metric) at generation \(t): z = \(z)")
        }
    }

    /// Measured minus expected in binomial standard errors, which hold where all seeds agree too.
    private func zScore(_ share: Summary, _ probability: Double) -> Double {
        let difference = share.mean - probability
        let variance = probability * (1 - probability) / Double(share.count)
        return abs(difference) < 1e-12 ? 0 : difference / variance.squareRoot()
    }

    private func checkSurvival(_ measured: Measured, at generations: [Int]) throws {
        let expected = try measured.prediction("family.alive")
        for t in generations {
            let z = zScore(try measured.summary("family.alive", at: t), expected[t])
            #expect(abs(z) < 4, "generation \(t): z = \(z)")
        }
    }

    @Test("X1: n MSE_T is the sum of n/n_t", arguments: [0, 1, 1.5, 2])
    func growth(exponent: Double) throws {
        let measured = try measure(
            "gaussian-mean", 3, power(50, exponent), generations: 199, seeds: 400)
        let expected = try measured.prediction("family.scaled_error")
        let sum = (1...200).reduce(0.0) {
            let size = 50 * Elementary.power(Double($1), exponent)
            return $0 + 50 / size.rounded(.toNearestOrEven)
        }
        #expect(abs(expected[199] - sum) < 1e-9)
        // T, log T, zeta(1.5), zeta(2): at T = 200 also by a simulation in numpy.
        let worked = [0: 200, 1: 5.878, 1.5: 2.473, 2: 1.64][exponent] ?? .nan
        #expect(abs(expected[199] - worked) < 0.002)
        try check(measured, "family.scaled_error", at: [0, 1, 9, 49, 199])
    }

    @Test(
        "X2: the probability of being better than generation 0",
        arguments: [(0.0, 1, 0.3524), (0.0, 49, 0.0886), (2.0, 199, 0.3789)])
    func improvement(exponent: Double, last: Int, worked: Double) throws {
        let measured = try measure(
            "gaussian-mean", 0, power(50, exponent), generations: last, seeds: 800)
        let metric = "family.better_than_generation_0"
        let expected = try measured.prediction(metric)
        #expect(abs(expected[last] - worked) < 1e-4)
        #expect(expected[0] == 0)
        try check(measured, metric, at: [1, last])
    }

    @Test("X3: weighting real against synthetic means", arguments: [0.3, 0.5, 0.618, 0.8, 1])
    func weighting(w: Double) throws {
        let measured = try measure(
            "gaussian-mean", 0, 20, generations: 25, seeds: 500,
            [
                "workflow": "mixture", "real-fraction": ["schedule": "constant", "value": 0.5],
                "real-data": "fresh",
                "curate": [["stage": "weight", "real": .number(w), "synthetic": .number(1 - w)]],
            ])
        let expected = try measured.prediction("family.squared_error")
        // In units of the variance of the mean of 10 draws, the size of each half.
        let limit = (w * w + (1 - w) * (1 - w)) / (1 - (1 - w) * (1 - w))
        #expect(abs(expected[25] * 10 / limit - 1) < 1e-5)
        try check(measured, "family.squared_error", at: [0, 1, 3, 25])
        try check(measured, "family.better_than_generation_0", at: [1, 25])
    }

    @Test(
        "Every family's second moments close, under every workflow with a recursion",
        arguments: [
            ("gaussian-mean", -1.0), ("exponential", 2.0), ("poisson", 3.0), ("bernoulli", 0.3),
        ], ["replace", "accumulate", "mixture"])
    func families(distribution: (String, Double), workflow: String) throws {
        let more: [String: SpecificationValue] =
            workflow == "mixture"
            ? ["workflow": "mixture", "real-fraction": 0.25, "real-data": "fresh"]
            : ["workflow": .text(workflow)]
        let measured = try measure(
            distribution.0, distribution.1, power(40, 0.5), generations: 8, seeds: 800, more)
        try check(measured, "family.squared_error", at: [0, 1, 4, 8])
        try check(measured, "family.mean", at: [0, 1, 8])
    }

    @Test("Sums are drawn where nobody asks for the single draws, with the same distribution")
    func sums() throws {
        for (family, parameter) in [("exponential", 2.0), ("poisson", 0.4), ("bernoulli", 0.9)] {
            let whole = try measure(family, parameter, 200, generations: 3, seeds: 400)
            let single = try measure(
                family, parameter, 200, generations: 3, seeds: 400,
                ["curate": [["stage": "weight", "real": 1, "synthetic": 1]]])
            for measured in [whole, single] {
                try check(measured, "family.squared_error", at: [1, 3])
            }
            #expect(
                try whole.values("family.mean", at: 0) == single.values("family.mean", at: 0))
        }
    }

    // MARK: X5

    private func contraction(
        _ stage: String, _ factor: Double, _ reference: String, offset: Double = 0
    ) -> [String: SpecificationValue] {
        [
            "curate": [
                [
                    "stage": .text(stage), "factor": .number(factor),
                    "reference": .text(reference), "offset": .number(offset),
                ]
            ]
        ]
    }

    @Test(
        "X5: with a contraction b the scaled error tends to 1/(1 - (1 - b)^2), bounded and not 0",
        arguments: [0.1, 0.5, 0.9])
    func stationary(b: Double) throws {
        let limit = 1 / (1 - (1 - b) * (1 - b))
        let measured = try measure(
            "gaussian-mean", 0, 50, generations: 60, seeds: 400,
            contraction("contraction", b, "truth"))
        #expect(try abs(measured.prediction("family.scaled_error")[60] / limit - 1) < 1e-4)
        try check(measured, "family.scaled_error", at: [1, 10, 60])
    }

    @Test(
        "X5: filtered loops stay bounded, the unfiltered grows linearly",
        arguments: ["truth", "generation-0"])
    func bounded(reference: String) throws {
        let seeds = 150
        let free = try measure("gaussian-mean", 0, 50, generations: 60, seeds: seeds)
        let filtered = try measure(
            "gaussian-mean", 0, 50, generations: 60, seeds: seeds,
            contraction("contraction-filter", 0.5, reference))
        /// The slope of each seed's scaled error over the last half.
        func slope(_ measured: Measured) throws -> Summary {
            let generations = Array(30...60)
            var slopes = Array(repeating: 0.0, count: seeds)
            let centre = 45.0
            let spread = generations.reduce(0.0) {
                $0 + (Double($1) - centre) * (Double($1) - centre)
            }
            for t in generations {
                let values = try measured.values("family.scaled_error", at: t)
                for seed in slopes.indices {
                    slopes[seed] += (Double(t) - centre) * values[seed] / spread
                }
            }
            return Summary(slopes)
        }
        let (freeSlope, filteredSlope) = (try slope(free), try slope(filtered))
        #expect(abs(freeSlope.mean - 1) < 4 * freeSlope.standardError)
        #expect(freeSlope.mean > 4 * freeSlope.standardError)
        #expect(filteredSlope.mean < 4 * filteredSlope.standardError)
        try check(filtered, "family.scaled_error", at: [1, 5, 30, 60], .approximation)
        #expect(try filtered.mean("family.scaled_error", at: 60) > 0.5, "bounded, not zero")
    }

    @Test("A biased reference keeps its bias, in other families too")
    func offset() throws {
        let measured = try measure(
            "poisson", 3, 50, generations: 25, seeds: 400,
            contraction("contraction", 0.5, "truth", offset: 0.5))
        let mean = try measured.prediction("family.mean")
        #expect(abs(mean[25] - 3.5) < 1e-6)
        try check(measured, "family.mean", at: [1, 25])
        try check(measured, "family.squared_error", at: [1, 5, 25])
        for reference in ["truth", "generation-0"] {
            let exponential = try measure(
                "exponential", 2, 100, generations: 15, seeds: 400,
                contraction("contraction", 0.3, reference))
            try check(exponential, "family.squared_error", at: [1, 5, 15])
        }
    }

    // MARK: Survival

    /// g_1 = 1, g_{k+1} = 1 - exp(-g_k).
    private func g(_ k: Int) -> Double {
        (1..<k).reduce(1.0) { value, _ in 1 - Elementary.exp(-value) }
    }

    @Test("Poisson: survival is 1 - exp(-n l g_k), exactly", arguments: [1.0, 10.0])
    func poissonSurvival(rate: Double) throws {
        let measured = try measure("poisson", rate, 10, generations: 99, seeds: 1_500)
        let expected = try measured.prediction("family.alive")
        for t in [0, 9, 99] {
            #expect(abs(expected[t] - (1 - Elementary.exp(-10 * rate * g(t + 1)))) < 1e-12)
        }
        try checkSurvival(measured, at: [9, 49, 99])
        let growing = try measure("poisson", 0.2, power(5, 1), generations: 20, seeds: 1_000)
        try checkSurvival(growing, at: [0, 1, 5, 20])
    }

    @Test(
        "Bernoulli: survival lies between its bounds",
        arguments: [(0.001, 10_000.0), (0.01, 100.0)])
    func bernoulliSurvival(p: Double, n: Double) throws {
        let measured = try measure(
            "bernoulli", p, .number(n), generations: 49, seeds: 600)
        let lower = try measured.prediction("family.alive", .lowerBound)
        let upper = try measured.prediction("family.alive", .upperBound)
        for t in [0, 4, 9, 24, 49] {
            let summary = try measured.summary("family.alive", at: t)
            #expect(zScore(summary, lower[t]) > -4)
            #expect(zScore(summary, upper[t]) < 4)
            #expect(abs(lower[t] - (1 - Elementary.exp(-n * p * g(t + 1)))) < 1e-12)
        }
    }

    @Test("What is dead stays dead, and accumulation keeps what real data saw")
    func absorption() throws {
        let measured = try measure("poisson", 0.05, 20, generations: 30, seeds: 50)
        var died = false
        for seed in 0..<50 {
            let alive = try (0...30).map { try measured.values("family.alive", at: $0)[seed] }
            #expect(zip(alive, alive.dropFirst()).allSatisfy { $0 >= $1 })
            died = died || alive[30] == 0
        }
        #expect(died)
        let kept = try measure(
            "bernoulli", 0.05, 20, generations: 10, seeds: 1_000, ["workflow": "accumulate"])
        try checkSurvival(kept, at: [0, 10])
    }

    @Test(
        "A parameter outside of its family is refused with the range",
        arguments: [
            ("poisson", -1.0, "above 0"), ("bernoulli", 1.0, "between 0 and 1"),
        ])
    func range(family: String, parameter: Double, range: String) throws {
        let issue = try #require(
            throws: SpecificationIssue.self,
            performing: { try measure(family, parameter, 10, generations: 0, seeds: 1) })
        #expect(issue.path == ["parameter"])
        #expect(issue.message.contains(range))
    }
}
