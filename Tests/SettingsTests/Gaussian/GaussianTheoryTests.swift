import Collapse
import Foundation
import Settings
import Support
import Testing

/// Measured against predicted. A z-score beyond 4 has a probability of 6e-5 for a correct program
/// and other seeds; with these seeds the outcome never changes.
@Suite struct GaussianTheoryTests {
    private let variance = "gaussian.variance"
    private let error = "gaussian.mean_squared_error"
    private let deviation = "gaussian.standard_deviation"

    /// The z-scores of metrics against their predictions, at the given generations, are below 4.
    private func check(
        _ measured: Measured, _ metrics: [String], at generations: [Int],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for metric in metrics {
            let expected = try measured.prediction(metric)
            for t in generations {
                let z = try measured.zScore(metric, at: t, expected: expected[t])
                #expect(
                    abs(z) < 4, "\(metric) at generation \(t): z = \(z)",
                    sourceLocation: sourceLocation)
            }
        }
    }

    private func predictions(
        _ keys: [String: SpecificationValue], generations: Int
    ) throws -> Measured {
        try GaussianSetting.measure(keys, generations: generations, seeds: 0..<0)
    }

    @Test("G1: replace, maximum likelihood: E[var] = (1 - 1/n)^k, E[mean^2] = 1 - (1 - 1/n)^k")
    func replaceBiased() throws {
        let (n, seeds) = (10.0, 2_000)
        let measured = try GaussianSetting.measure(
            ["workflow": "replace", "sample-size": 10], generations: 49, seeds: 0..<seeds)
        let (variances, errors) = (
            try measured.prediction(variance), try measured.prediction(error)
        )
        for t in [0, 1, 4, 9, 19, 49] {
            let k = Double(t + 1)
            #expect(abs(variances[t] - pow(1 - 1 / n, k)) < 1e-12)
            #expect(abs(errors[t] - (1 - pow(1 - 1 / n, k))) < 1e-12)
            // The variance is so skewed that the sample's own spread is useless; E[var^2] = (1 -
            // 1/n^2)^k gives the true standard error.
            let spread = (pow(1 - 1 / (n * n), k) - variances[t] * variances[t]).squareRoot()
            let difference = try measured.mean(variance, at: t) - variances[t]
            let z = difference / spread * Double(seeds).squareRoot()
            #expect(abs(z) < 4, "variance at fit \(t + 1): z = \(z)")
        }
        try check(measured, [error], at: [0, 1, 4, 9, 19, 49])
        try check(measured, [deviation], at: [0, 1, 4, 9])
    }

    @Test("G2: replace, unbiased: the expected variance stays, the typical one vanishes")
    func replaceUnbiased() throws {
        let (n, seeds) = (10.0, 2_000)
        let measured = try GaussianSetting.measure(
            ["workflow": "replace", "sample-size": 10, "variance-estimator": "unbiased"],
            generations: 49, seeds: 0..<seeds)
        let (variances, errors) = (
            try measured.prediction(variance), try measured.prediction(error)
        )
        let deviations = try measured.prediction(deviation)
        #expect(abs(deviations[49] - 0.25) < 0.001, "the worked value at k = 50")
        for t in [0, 1, 4, 9, 19, 49] {
            let k = Double(t + 1)
            #expect(abs(variances[t] - 1) < 1e-12)
            #expect(abs(errors[t] - k / n) < 1e-12)
            // E[sd^2] = 1 gives the true spread of sd; E[var^2] = ((n + 1)/(n - 1))^k that of var.
            let spread = (1 - deviations[t] * deviations[t]).squareRoot()
            let z =
                (try measured.mean(deviation, at: t) - deviations[t]) / spread
                * Double(seeds).squareRoot()
            #expect(abs(z) < 4, "E[sd] at fit \(t + 1): z = \(z)")
            guard t < 10 else { continue }
            let width = (pow((n + 1) / (n - 1), k) - 1).squareRoot()
            let mean = try measured.mean(variance, at: t)
            #expect(abs(mean - 1) / width * Double(seeds).squareRoot() < 4)
        }
        try check(measured, [error], at: [0, 1, 4, 9])
        let last = try measured.values(deviation, at: 49).sorted()
        // Half the seeds are below; the median's own spread is about 0.003.
        #expect(abs(last[seeds / 2] - 0.058) < 0.012, "the worked median at k = 50")
    }

    @Test("G3: accumulate: E[var] = prod (1 - 1/(n s^2)), which tends to a limit above zero")
    func accumulate() throws {
        let measured = try GaussianSetting.measure(
            ["workflow": "accumulate", "sample-size": 10], generations: 49, seeds: 0..<2_000)
        let (variances, errors) = (
            try measured.prediction(variance), try measured.prediction(error)
        )
        var product = 1.0
        for t in 0..<50 {
            product *= 1 - 1 / (10 * Double(t + 1) * Double(t + 1))
            #expect(abs(variances[t] - product) < 1e-12)
            #expect(abs(errors[t] - (1 - product)) < 1e-12)
        }
        let root = 10.0.squareRoot()
        let far = try predictions(
            ["workflow": "accumulate", "sample-size": 10], generations: 5_000
        ).prediction(variance)
        #expect(abs(far[5_000] - sin(.pi / root) / (.pi / root)) < 2e-5)
        try check(measured, [variance, error], at: [0, 1, 4, 9, 19, 49])
    }

    @Test(
        "G4: accumulate-subsample: the error of the mean levels off at pi^2/2 - 2 times generation 0's"
    )
    func subsamplePlateau() throws {
        let limit = try predictions(
            ["workflow": "accumulate-subsample", "sample-size": 1_000_000], generations: 20_000
        ).prediction(error)
        #expect(abs(limit[20_000] / limit[0] / (Double.pi * .pi / 2 - 2) - 1) < 0.001)
        let pool = try predictions(
            ["workflow": "accumulate", "sample-size": 1_000_000], generations: 20_000
        ).prediction(error)
        #expect(abs(pool[20_000] / pool[0] / (Double.pi * .pi / 6) - 1) < 0.001)

        let measured = try GaussianSetting.measure(
            ["workflow": "accumulate-subsample", "sample-size": 20, "dimension": 3],
            generations: 30, seeds: 0..<2_000)
        try check(measured, [variance, error], at: [0, 1, 2, 5, 10, 20, 30])
    }

    @Test("G5: any dimension: the trace falls by 1 - 1/n, the determinant much faster")
    func manyDimensions() throws {
        let measured = try GaussianSetting.measure(
            ["workflow": "replace", "sample-size": 100, "dimension": 10], generations: 49,
            seeds: 0..<200)
        let variances = try measured.prediction(variance)
        let determinants = try measured.prediction("gaussian.log_determinant_ratio")
        for t in [0, 9, 49] {
            #expect(abs(variances[t] - pow(0.99, Double(t + 1))) < 1e-12)
            #expect(determinants[t] < 10 * log(variances[t]) - 0.4 * Double(t + 1))
        }
        try check(
            measured,
            [
                variance, error, "gaussian.log_determinant_ratio", "gaussian.kl_from_truth",
            ], at: [0, 1, 9, 24, 49])
    }

    @Test("G6: P(sd > eps) stays below (sd_0/eps) exp(-k/(4n - 1))")
    func probabilityBound() throws {
        let metric = "gaussian.above_threshold"
        let measured = try GaussianSetting.measure(
            [
                "workflow": "replace", "sample-size": 10, "variance-estimator": "unbiased",
                "threshold": 0.1,
            ], generations: 199, seeds: 0..<2_000)
        let bound = try measured.prediction(metric, .upperBound)
        #expect(bound[49] == 1, "2.8 as a probability")
        #expect(abs(bound[99] - 0.77) < 0.005)
        #expect(abs(bound[199] - 0.059) < 0.0005)
        for (t, expected) in [(49, 0.378), (99, 0.088), (199, 0.004)] {
            let mean = try measured.mean(metric, at: t)
            let spread = (expected * (1 - expected) / 2_000).squareRoot()
            // The worked values have their own error, of 4,000 runs and three digits.
            #expect(abs(mean - expected) < 5 * spread + 5e-4, "at fit \(t + 1): \(mean)")
            #expect(mean <= bound[t])
        }
        // Markov's bound elsewhere.
        let pool = try GaussianSetting.measure(
            ["workflow": "accumulate", "sample-size": 10, "threshold": 1.2, "dimension": 2],
            generations: 5, seeds: 0..<300)
        let markov = try pool.prediction(metric, .upperBound)
        for t in 0...5 { #expect(try pool.mean(metric, at: t) <= markov[t]) }
    }

    @Test("X3: weights between equal real and synthetic parts: the golden ratio")
    func goldenRatio() throws {
        let n = 1_000.0
        func keys(_ weight: Double) -> [String: SpecificationValue] {
            [
                "workflow": "mixture", "real-fraction": 0.5, "real-data": "fresh",
                "sample-size": .number(2 * n), "variance-estimator": "unbiased",
                "curate": [
                    ["stage": "weight", "real": .number(weight), "synthetic": .number(1 - weight)]
                ],
            ]
        }
        func limit(_ w: Double) -> Double { (w * w + (1 - w) * (1 - w)) / (1 - (1 - w) * (1 - w)) }
        let golden = (5.0.squareRoot() - 1) / 2
        #expect(abs(limit(golden) - golden) < 1e-12)
        for weight in [0.3, 0.5, golden, 0.8] {
            // The variance is estimated too, which changes the limit by a share of order 1/n.
            let far = try predictions(keys(weight), generations: 300).prediction(error)[300]
            #expect(abs(n * far / limit(weight) - 1) < 0.005, "w = \(weight)")
            let measured = try GaussianSetting.measure(
                keys(weight), generations: 12, seeds: 0..<500)
            try check(measured, [variance, error], at: [0, 1, 4, 12])
        }
        #expect(try predictions(keys(0.5), generations: 300).prediction(error)[300] * n > 0.66)
    }

    @Test("X4: a fresh-data loop is worth (n_r + 2 n_s)/(n_r + n_s) times its real data")
    func freshData() throws {
        for (real, synthetic) in [(100.0, 100.0), (100, 900), (100, 10_000)] {
            let far = try predictions(
                [
                    "workflow": "mixture", "real-fraction": .number(real / (real + synthetic)),
                    "real-data": "fresh", "sample-size": .number(real + synthetic),
                    "variance-estimator": "unbiased",
                ], generations: 2_000
            ).prediction(error)[2_000]
            // As the variance is estimated too, its own limit is 1 up to a term of order 1/n.
            let worth = (real + 2 * synthetic) / (real + synthetic)
            #expect(abs(1 / far / real / worth - 1) < 0.006, "\(1 / far / real)")
        }
    }

    /// Alemohammad et al. (2024): n_ini real draws, then 100 fresh and 900 synthetic ones.
    private func madKeys(
        _ initial: Int, bias: Double, dimension: Int
    ) -> [String: SpecificationValue] {
        [
            "workflow": "mixture", "real-fraction": 0.1, "real-data": "fresh",
            "variance-estimator": "unbiased", "dimension": .integer(dimension),
            "sampling-bias": .number(bias),
            "sample-size": ["schedule": "step", "values": [.integer(initial), 1_000], "at": [1]],
        ]
    }

    @Test("MAD: the limit does not know the first sample; a sampling bias trades error for spread")
    func samplingBias() throws {
        for (bias, trace, mean) in [(1.0, 1.0, 0.0053), (0.8, 0.357, 0.0019)] {
            var limits: [Double] = []
            for initial in [100, 1_000] {
                let far = try predictions(
                    madKeys(initial, bias: bias, dimension: 100), generations: 300)
                // The derivation of the paper's page leaves out terms of order 1/n.
                #expect(abs(try far.prediction(variance)[300] - trace) < 0.006)
                #expect(abs(try far.prediction(error)[300] / 100 - mean) < 0.0001)
                limits.append(try far.prediction(error)[300])
            }
            #expect(abs(limits[0] / limits[1] - 1) < 1e-6)
        }
        for initial in [100, 1_000] {
            let measured = try GaussianSetting.measure(
                madKeys(initial, bias: 0.8, dimension: 5), generations: 25, seeds: 0..<200)
            try check(measured, [variance, error], at: [0, 1, 5, 15, 25])
        }
    }

    @Test(
        "Mixtures of fresh, replayed and kept real data follow their recursion",
        arguments: ["fresh", "replayed", "kept"], [0.1, 0.5, 1])
    func mixtures(policy: String, fraction: Double) throws {
        let measured = try GaussianSetting.measure(
            [
                "workflow": "mixture", "real-fraction": .number(fraction),
                "real-data": .text(policy), "sample-size": 10, "variance-estimator": "unbiased",
                "sampling-bias": 0.9,
                "curate": [["stage": "weight", "real": 2, "synthetic": 1]],
            ], generations: 12, seeds: 0..<1_500)
        try check(measured, [variance, error], at: [0, 1, 2, 5, 12])
    }

    @Test(
        "Growing samples, both estimators and both ways to draw",
        arguments: ["replace", "accumulate", "accumulate-subsample"], ["moments", "rows"])
    func growing(workflow: String, drawing: String) throws {
        let measured = try GaussianSetting.measure(
            [
                "workflow": .text(workflow), "drawing": .text(drawing), "dimension": 2,
                "variance-estimator": drawing == "rows" ? "unbiased" : "biased",
                "sampling-bias": 0.9, "true-variance": 4,
                "sample-size": ["schedule": "power", "scale": 6, "exponent": -0.7],
            ], generations: 12, seeds: 0..<1_500)
        try check(measured, [variance, error], at: [0, 1, 2, 5, 12])
        if workflow == "replace" {
            try check(measured, ["gaussian.log_determinant_ratio"], at: [0, 1, 2, 5, 12])
        } else {
            let upper = try measured.prediction("gaussian.log_determinant_ratio", .upperBound)
            #expect(try measured.mean("gaussian.log_determinant_ratio", at: 12) < upper[12])
        }
        let lower = try measured.prediction("gaussian.squared_wasserstein", .lowerBound)
        #expect(try measured.mean("gaussian.squared_wasserstein", at: 12) > lower[12])
    }

    @Test("One coordinate under replace: the Wasserstein distance and the divergence are exact")
    func oneCoordinate() throws {
        let measured = try GaussianSetting.measure(
            [
                "workflow": "replace", "sample-size": 40, "sampling-bias": 0.95,
                "true-variance": 2,
            ], generations: 12, seeds: 0..<2_000)
        try check(
            measured,
            [
                variance, error, deviation, "gaussian.squared_wasserstein",
                "gaussian.kl_from_truth", "gaussian.log_determinant_ratio",
            ], at: [0, 1, 5, 12])
    }

    @Test("Where nothing is known, the prediction says why")
    func withoutTheory() throws {
        let cases: [([String: SpecificationValue], String)] = [
            (["workflow": "replace", "parents": 2], "parent"),
            (["workflow": "replace", "curate": [["stage": "exact-duplicates"]]], "curation"),
            (
                [
                    "workflow": "accumulate-subsample",
                    "curate": [["stage": "weight", "synthetic": 0.5]],
                ], "subsample"
            ),
        ]
        for (keys, reason) in cases {
            let all = keys.merging(["sample-size": 10]) { first, _ in first }
            let undefined = try predictions(all, generations: 5).predictions
            #expect(!undefined.isEmpty)
            for prediction in undefined {
                #expect(prediction.values.allSatisfy(\.isNaN) && prediction.values.count == 6)
                #expect(try #require(prediction.note).contains(reason))
            }
        }
        let few = try predictions(
            ["workflow": "replace", "sample-size": 5, "dimension": 3], generations: 5)
        #expect(try few.prediction("gaussian.kl_from_truth")[0] == .infinity)
        #expect(few.predictions.contains { $0.note?.contains("at least 6") ?? false })
    }
}
