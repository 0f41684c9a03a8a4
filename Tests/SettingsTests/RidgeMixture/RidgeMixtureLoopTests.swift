import Collapse
import Settings
import Support
import Testing

/// Measured through the real loop against predicted, seeds fixed. A z-score beyond 4 has a
/// probability of 6e-5 for a correct program and other seeds; curves that hold in a limit are
/// allowed the deviation that is stated beside it.
@Suite struct RidgeMixtureLoopTests {
    private typealias Setting = RidgeMixtureSetting

    private func measure(
        _ keys: [String: SpecificationValue], share: Double, generations: Int = 1, seeds: Int
    ) throws -> Measured {
        let arm: [String: SpecificationValue] = [
            "workflow": "mixture", "real-fraction": .number(1 - share), "real-data": "fresh",
            "sample-from": "base",
        ]
        return try Setting.measure(
            arm.merging(keys) { $1 }, generations: generations, seeds: 100..<100 + seeds,
            metrics: "ridge.")
    }

    private static let terms = [
        "ridge.test_error", "ridge.bias", "ridge.variance", "ridge.zeta", "ridge.clean_error",
    ]

    /// Every predicted term within 4 standard errors and the stated deviation of the limit.
    private func compare(
        _ measured: Measured, deviation: Double, generations: ClosedRange<Int>
    ) throws {
        for t in generations {
            for metric in Self.terms {
                let expected = try measured.prediction(metric, .approximation)[t]
                let found = try measured.summary(metric, at: t)
                #expect(
                    abs(found.mean - expected) <= 4 * found.standardError + deviation * expected
                        + 1e-12,
                    "\(metric) at \(t): \(found.mean) is not \(expected)")
            }
            #expect(abs(try measured.zScore("ridge.cross_terms", at: t, expected: 0)) < 4)
        }
    }

    @Test(
        "R3: B, V and zeta term by term, for flat and falling spectra",
        arguments: [100, 300], [0.1, 0.5, 1])
    func oneShot(examples: Int, share: Double) throws {
        for spectrum: SpecificationValue in [
            ["kind": "isotropic"], ["kind": "power-law", "exponent": 1.5],
        ] {
            let measured = try measure(
                [
                    "dimension": 200, "spectrum": spectrum, "ridge": 0.01, "label-quality": 0.5,
                    "sample-size": .integer(examples),
                ], share: share, seeds: 40)
            try compare(measured, deviation: 0.02, generations: 0...1)
        }
    }

    @Test("R5: random features below, at and above m = n", arguments: [40, 100, 400])
    func projected(width: Int) throws {
        let measured = try measure(
            [
                "dimension": 120, "ridge": 0.01, "label-quality": 1, "sample-size": 100,
                "width": .integer(width),
            ], share: 0.5, seeds: 60)
        try compare(measured, deviation: 0.04, generations: 0...1)
    }

    @Test("R4: with p2 = .05 more data stops helping at p2^2 c^2 where clean data goes on")
    func plateau() throws {
        for (n, mixed, clean) in [(1_000, 0.0576, 0.0526), (5_000, 0.0131, 0.0101)] {
            let measured = try measure(
                [
                    "dimension": 50, "ridge": 1e-8, "label-quality": 1,
                    "sample-size": .integer(n),
                ], share: 0.05, seeds: 40)
            #expect(abs(try measured.zScore("ridge.test_error", at: 1, expected: mixed)) < 4)
            #expect(abs(try measured.zScore("ridge.test_error", at: 0, expected: clean)) < 4)
            try compare(measured, deviation: 0, generations: 0...1)
        }
    }

    @Test("Weights: alpha^2 c^2 + d/n ((1-alpha)^2/p1 + alpha^2/p2); the best weight is near 0")
    func weights() throws {
        var errors: [Double] = []
        for alpha in [0, 0.1, 0.5, 1] {
            let weight: SpecificationValue = [
                "stage": "weight", "real": .number((1 - alpha) / 0.5),
                "synthetic": .number(alpha / 0.5),
            ]
            let measured = try measure(
                [
                    "dimension": 40, "ridge": 1e-9, "label-quality": 1, "sample-size": 1_600,
                    "curate": [weight],
                ], share: 0.5, seeds: 60)
            let leading = alpha * alpha + 40.0 / 1_600 * (pow(1 - alpha) + pow(alpha)) / 0.5
            let predicted = try measured.prediction("ridge.test_error", .approximation)[1]
            // d/n is 2.5 %, and 5 % of the half that alpha = 0 leaves.
            #expect(abs(predicted / leading - 1) < 0.08)
            try compare(measured, deviation: 0.01, generations: 1...1)
            let found = try measured.summary("ridge.test_error", at: 1)
            errors.append(found.mean)
        }
        #expect(errors[3] > errors[2] && errors[2] > errors[1])
    }

    private func pow(_ x: Double) -> Double { x * x }

    @Test(
        "R6: iterative mixing with fresh data forgets its labeller as p2^2t",
        arguments: [0.2, 0.5, 0.9])
    func iterated(share: Double) throws {
        let measured = try measure(
            [
                "dimension": 40, "ridge": 0, "label-quality": 1, "sample-size": 1_600,
                "sample-from": "base-then-previous",
            ], share: share, generations: 8, seeds: 40)
        let clean = 40.0 / (1_600 - 41)
        var power = 1.0
        for t in 1...8 {
            power *= share * share
            let expected = clean * (1 - power) / (1 - share * share) + power
            let predicted = try measured.prediction("ridge.test_error", .approximation)[t]
            // The formula is the leading order in d/n of the prediction.
            #expect(abs(predicted / expected - 1) < 0.07, "\(predicted) is not \(expected)")
            let found = try measured.summary("ridge.test_error", at: t)
            #expect(
                abs(found.mean - predicted) < 4 * found.standardError + 0.01 * predicted,
                "\(found.mean) at \(t) is not \(predicted)")
        }
    }

    @Test(
        "With the same data in every round, relabelling without noise ends at the real part alone")
    func reused() throws {
        func limit(noise: Double) throws -> (found: Summary, predicted: Double) {
            let measured = try measure(
                [
                    "dimension": 40, "ridge": 0, "label-quality": 1, "sample-size": 1_600,
                    "sample-from": "base-then-previous", "real-data": "kept", "design": "same",
                    "synthetic-noise": .number(noise),
                ], share: 0.5, generations: 12, seeds: 60)
            return (
                try measured.summary("ridge.test_error", at: 12),
                try measured.prediction("ridge.test_error", .approximation)[12]
            )
        }
        let realPart = 40.0 / (800 - 41)
        let quiet = try limit(noise: 0)
        let noisy = try limit(noise: 1)
        #expect(abs(quiet.found.mean - realPart) < 4 * quiet.found.standardError)
        for (found, predicted) in [quiet, noisy] {
            #expect(abs(found.mean - predicted) < 4 * found.standardError + 0.05 * predicted)
        }
        #expect(noisy.found.mean > 1.15 * quiet.found.mean)
    }

    @Test("Where there is no curve, the prediction says why")
    func undefined() throws {
        for (keys, says) in [
            (["workflow": "accumulate", "real-fraction": .null, "real-data": .null], "several"),
            (["sample-from": "previous", "width": 10], "ridge that shrinks nothing"),
            (["sample-from": "previous", "real-data": "replayed"], "fresh"),
            (["sample-size": 10, "ridge": 0], "n > d + 1"),
        ] as [([String: SpecificationValue], String)] {
            let base: [String: SpecificationValue] = ["dimension": 10, "sample-size": 50]
            let measured = try measure(base.merging(keys) { $1 }, share: 0.5, seeds: 1)
            let prediction = try #require(measured.predictions.first)
            #expect(!prediction.values[1].isFinite)
            #expect(prediction.note?.contains(says) == true, "\(prediction.note ?? "")")
        }
    }
}
