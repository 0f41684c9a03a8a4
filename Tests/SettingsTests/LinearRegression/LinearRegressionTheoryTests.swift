import Collapse
import Compute
import Settings
import Support
import Testing

/// The chain's errors through the real loop against their predictions. Seeds are fixed; for a
/// correct program and other seeds each comparison fails with probability 6e-5 (4 standard errors
/// of the mean).
@Suite struct LinearRegressionTheoryTests {
    static let error = "regression.test_error"
    static let downstream = "regression.downstream_error"

    private func measure(
        _ workflow: String, _ design: String, d: Int, n: Int, generations: Int, seeds: Int,
        _ changes: [String: SpecificationValue] = [:]
    ) throws -> Measured {
        var keys: [String: SpecificationValue] = [
            "workflow": .text(workflow), "design": .text(design), "dimension": .integer(d),
            "sample-size": .integer(n),
        ]
        keys.merge(changes) { _, new in new }
        return try LinearRegressionSetting.measure(
            keys, generations: generations, seeds: 0..<seeds, metrics: "regression")
    }

    /// Compares every generation with the prediction and returns that.
    @discardableResult
    private func agrees(
        _ measured: Measured, _ metric: String = error,
        _ relation: Prediction.Relation = .expectation, at generations: [Int],
        tolerance: Double = 0
    ) throws -> [Double] {
        let expected = try measured.prediction(metric, relation)
        for t in generations {
            let summary = try measured.summary(metric, at: t)
            let allowed = 4 * summary.standardError + tolerance * expected[t]
            #expect(
                abs(summary.mean - expected[t]) < allowed,
                "t = \(t): \(summary.mean) against \(expected[t]) +- \(summary.standardError)")
        }
        return expected
    }

    @Test(
        "R1: replace: E_t = (t + 1) sigma^2 d/(T - d - 1) on the same and on fresh inputs",
        arguments: ["same", "fresh"])
    func replace(design: String) throws {
        let measured = try measure(
            "replace", design, d: 10, n: 61, generations: 9, seeds: 500, ["noise": 0.5])
        let expected = try agrees(measured, at: [0, 1, 4, 9])
        for t in 0...9 { #expect(abs(expected[t] / (Double(t + 1) * 0.1) - 1) < 1e-12) }
    }

    @Test("R2: accumulate on the same inputs: E_t = base * sum 1/i^2")
    func accumulateSame() throws {
        let measured = try measure("accumulate", "same", d: 10, n: 61, generations: 20, seeds: 500)
        let expected = try agrees(measured, at: [0, 1, 4, 20])
        var sum = 0.0
        for t in 0...20 {
            sum += 1 / Double((t + 1) * (t + 1))
            #expect(abs(expected[t] / (0.2 * sum) - 1) < 1e-12)
        }
    }

    @Test(
        "R2: accumulate on fresh inputs lies a little below: E_t = sigma^2 d sum 1/(i (i T - d - 1))"
    )
    func accumulateFresh() throws {
        // Few examples per dimension, so that the two sums differ by more than the noise.
        let measured = try measure(
            "accumulate", "fresh", d: 6, n: 12, generations: 20, seeds: 2_000)
        let expected = try agrees(measured, at: [1, 4, 20])
        var (own, same) = (0.0, 0.0)
        for t in 0...20 {
            let i = Double(t + 1)
            own += 6 / (i * (12 * i - 7))
            same += 6 / (5 * i * i)
            #expect(abs(expected[t] / own - 1) < 1e-12)
        }
        let last = try measured.summary(Self.error, at: 20)
        #expect(same - last.mean > 4 * last.standardError, "the sum of the same inputs is refused")
    }

    @Test(
        "G4: accumulate-subsample levels off at pi^2/2 - 2 times generation 0's error",
        arguments: ["same", "fresh"])
    func subsample(design: String) throws {
        let measured = try measure(
            "accumulate-subsample", design, d: 4, n: 200, generations: 40, seeds: 150)
        let expected = try measured.prediction(Self.error, .approximation)
        let plateau = Double.pi * .pi / 2 - 2
        // 1/40 of the plateau's first term is still to come.
        #expect(abs(expected[40] / expected[0] / plateau - 1) < 0.03)
        let averages = (0..<150).map { seed in
            (21...40).reduce(0.0) { sum, t in
                sum + ((try? measured.values(Self.error, at: t)[seed]) ?? .nan) / expected[t]
            } / 20
        }
        let summary = Summary(averages)
        #expect(abs(summary.mean - 1) < 4 * summary.standardError, "\(summary.mean)")
        #expect(summary.standardError < 0.06)
    }

    @Test("A fresh mixture keeps p2^2 + p1 p2 gain of the last error")
    func mixture() throws {
        let measured = try measure(
            "mixture", "fresh", d: 20, n: 60, generations: 8, seeds: 300,
            ["real-fraction": 0.5, "real-data": "fresh"])
        try agrees(measured, Self.error, .approximation, at: [0, 1, 2, 8], tolerance: 0.02)
    }

    @Test(
        "R8: without noise, fresh inputs lose |w*|^2 (1 - eta^t) and the same inputs nothing more",
        arguments: [25, 35])
    func overparameterised(n: Int) throws {
        let eta = Double(n) / 50
        let noiseless: [String: SpecificationValue] = ["noise": 0.0, "truth": ["kind": "sphere"]]
        let fresh = try measure(
            "replace", "fresh", d: 50, n: n, generations: 9, seeds: 60, noiseless)
        let expected = try agrees(fresh, at: [0, 1, 4, 9])
        for t in 0...9 {
            #expect(abs(expected[t] - (1 - Elementary.power(eta, Double(t + 1)))) < 1e-12)
        }
        let same = try measure("replace", "same", d: 50, n: n, generations: 9, seeds: 60, noiseless)
        for value in try agrees(same, at: [0, 9]) { #expect(abs(value - (1 - eta)) < 1e-12) }
    }

    @Test("R8 with noise, under every workflow that has a formula")
    func overparameterisedNoise() throws {
        let sphere: [String: SpecificationValue] = ["noise": 0.25, "truth": ["kind": "sphere"]]
        let fresh = try measure(
            "replace", "fresh", d: 30, n: 12, generations: 9, seeds: 200, sphere)
        let expected = try agrees(fresh, at: [0, 1, 4, 9])
        let limit = (1 - Elementary.power(0.4, 10)) * (1 + 0.25 * 12 / 17 / 0.6)
        #expect(abs(expected[9] - limit) < 1e-12)
        for (workflow, design) in [
            ("replace", "same"), ("accumulate", "same"), ("accumulate", "fresh"),
        ] {
            try agrees(
                measure(workflow, design, d: 30, n: 12, generations: 5, seeds: 200, sphere),
                at: [0, 5])
        }
    }

    @Test("R7: a downstream least-squares fit has the error of n fits behind its labels")
    func downstreamLeastSquares() throws {
        let measured = try measure(
            "replace", "fresh", d: 20, n: 60, generations: 5, seeds: 200,
            [
                "noise": 0.25,
                "downstream": [
                    "size": 80, "learner": ["kind": "least-squares"],
                    "noise": 0.1,
                ],
            ])
        let expected = try agrees(measured, Self.downstream, at: [0, 1, 5])
        for n in 0...5 {
            let formula = 0.1 * 20 / 59 + Double(n) * 0.25 * 20 / 39
            #expect(abs(expected[n] / formula - 1) < 1e-12)
        }
    }

    @Test("R7: a downstream ridge, isotropic and power law", arguments: [nil, 1.2])
    func downstreamRidge(exponent: Double?) throws {
        let spectrum: SpecificationValue =
            exponent.map { ["kind": "power-law", "exponent": .number($0)] } ?? ["kind": "isotropic"]
        let penalty = exponent == nil ? 0.5 : 0.01
        let measured = try measure(
            "replace", "fresh", d: 100, n: 300, generations: 5, seeds: 40,
            [
                "noise": 0.25, "truth": ["kind": "sphere"], "spectrum": spectrum,
                "downstream": [
                    "size": 200,
                    "learner": [
                        "kind": "ridge",
                        "penalty": .number(penalty),
                    ],
                ],
            ])
        let expected = try agrees(
            measured, Self.downstream, .approximation, at: [0, 1, 5], tolerance: 0.01)
        guard exponent == nil else { return }
        for (n, value) in [(0, 0.2589), (1, 0.3065), (2, 0.3540), (5, 0.4967)] {
            #expect(abs(expected[n] - value) < 1e-4)
        }
    }

    @Test("A ridge in every generation follows the recursion of its moments")
    func ridgeChain() throws {
        let measured = try measure(
            "replace", "fresh", d: 60, n: 50, generations: 6, seeds: 100,
            [
                "noise": 0.1, "truth": ["kind": "sphere"],
                "learner": [
                    "kind": "ridge", "penalty": 0.3,
                ],
            ])
        try agrees(measured, Self.error, .approximation, at: [0, 1, 3, 6], tolerance: 0.01)
    }

    @Test("R9: the best penalty for n fits behind the labels, and what the best clean one costs")
    func adaptivePenalty() throws {
        func errors(_ learner: String, size: Int) throws -> [Double] {
            let prediction = try prediction(
                of: Self.downstream,
                [
                    "design": "fresh", "dimension": 1_000, "sample-size": 2_000, "noise": 0.09,
                    "spectrum": ["kind": "power-law", "exponent": 1.5],
                    "truth": ["kind": "source", "exponent": 0.5],
                    "downstream": ["size": .integer(size), "learner": ["kind": .text(learner)]],
                ], generations: 20)
            return prediction.values
        }
        let reference = try RegressionReference.penalties()
        for size in [500, 2_000, 8_000] {
            let adaptive = try errors("adaptive-ridge", size: size)
            let clean = try errors("clean-ridge", size: size)
            for expected in reference where expected.size == size {
                #expect(abs(adaptive[expected.n] / expected.adaptive - 1) < 1e-6)
                #expect(abs(clean[expected.n] / expected.clean - 1) < 1e-6)
            }
        }
        // The values that the page of recipes states, to their digits.
        let ratios = reference.filter { $0.size == 8_000 }.map { $0.clean / $0.adaptive }
        for (ratio, stated) in zip(ratios, [1, 1.58, 2.76, 4.78]) {
            #expect(abs(ratio - stated) < 0.005)
        }
    }

    private func prediction(
        of metric: String, _ keys: [String: SpecificationValue], generations: Int = 3
    ) throws -> Prediction {
        var all: [String: SpecificationValue] = [
            "workflow": "replace", "design": "same", "dimension": 10, "sample-size": 100,
        ]
        all.merge(keys) { _, new in new }
        let values = LinearRegressionSetting.resolved(all)
        let arm = try ArmSpecification(name: "arm", values: values)
        let predictions = try LinearRegressionSetting.make(all).predictions(
            for: try ChainPlan(arm: arm, generations: generations))
        return try #require(predictions.first { $0.metric == metric })
    }

    @Test("Predictions say where a mean does not exist and where no formula reaches")
    func notes() throws {
        for n in [9, 10, 11] {
            let threshold = try prediction(of: Self.error, ["sample-size": .integer(n)])
            #expect(threshold.values.allSatisfy { $0 == .infinity })
            #expect(threshold.note?.contains("no finite mean") == true)
        }
        #expect(try prediction(of: Self.error, ["sample-size": 12]).note == nil)
        for keys: [String: SpecificationValue] in [
            ["parents": 2], ["workflow": "mixture", "real-fraction": 0.5, "real-data": "replayed"],
            ["workflow": "accumulate-subsample", "sample-size": 8],
            ["learner": ["kind": "ridge", "penalty": 0.1]],
        ] {
            let unknown = try prediction(of: Self.error, keys)
            #expect(unknown.values[1].isNaN && unknown.values[3].isNaN)
            #expect(unknown.note?.contains("formula") == true)
        }
    }
}
