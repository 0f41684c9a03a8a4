import Collapse
import Foundation
import Settings
import Testing

/// Measured against predicted, with seeds fixed. A z-score beyond 4 has a probability of 6e-5 for a correct program
/// and other seeds; with these seeds the outcome never changes.
@Suite struct GaussianTheoryTests {
    /// Metric values by generation, for each seed.
    private func measure(
        _ values: SpecificationValue, estimator: GaussianSetting.VarianceEstimator,
        generations: Int,
        seeds: Int
    ) throws -> (curves: [String: [[Double]]], predictions: [Prediction]) {
        let setting = GaussianSetting(estimator: estimator, trueVariance: 1)
        let arm = try ArmSpecification(name: "arm", values: values)
        let environment = LoopEnvironment<GaussianSetting>(
            store: VolatileStore { _ in ContentKey(digits: "") }, storesModels: false,
            usesKeys: false, workers: 1, fingerprint: "", cache: ModelCache(capacity: 0))
        var curves: [String: [[Double]]] = [:]
        for seed in 0..<seeds {
            let world = try setting.makeWorld(seed: UInt64(seed), stream: 0, initialSize: 0)
            let plan = try ChainPlan(
                arm: arm, generations: generations,
                stream: RealStream(setting: setting, world: world))
            let chain = Chain(
                plan: plan, seed: UInt64(seed), setting: setting, world: world,
                environment: environment)
            for t in 0...generations {
                for metric in try chain.record(of: t).metrics where metric.name.hasPrefix("gauss") {
                    curves[metric.name, default: []].resize(to: t + 1)
                    curves[metric.name]?[t].append(metric.value)
                }
            }
        }
        return (curves, setting.predictions(for: arm, generations: generations))
    }

    private func arm(
        _ workflow: String, n: Int, _ changes: [SpecificationMap.Entry] = []
    ) -> SpecificationValue {
        var map = SpecificationMap([
            .init("workflow", .text(workflow)), .init("sample-size", constant(Double(n))),
            .init("real-fraction", .null), .init("real-data", .null),
            .init("start-from", .text("scratch")), .init("optimizer-state", .text("restart")),
            .init("sample-from", .text("previous")), .init("parents", .integer(1)),
            .init("curate", .list([])), .init("stream", .integer(0)),
        ])
        for change in changes { map[change.key] = change.value }
        return .map(map)
    }

    private func constant(_ value: Double) -> SpecificationValue {
        .map([.init("schedule", .text("constant")), .init("value", .number(value))])
    }

    private func prediction(_ predictions: [Prediction], _ metric: String) throws -> [Double] {
        try #require(predictions.first { $0.metric == metric }).values
    }

    @Test("G1: replace, maximum likelihood: E[var] = (1 - 1/n)^k, E[mean^2] = 1 - (1 - 1/n)^k")
    func replaceBiased() throws {
        let n = 10.0
        let seeds = 2_000
        let (curves, predictions) = try measure(
            arm("replace", n: 10), estimator: .biased, generations: 49, seeds: seeds)
        let variance = try prediction(predictions, "gaussian.variance")
        let error = try prediction(predictions, "gaussian.mean_squared_error")
        for t in [0, 1, 4, 9, 19, 49] {
            let k = Double(t + 1)
            #expect(abs(variance[t] - pow(1 - 1 / n, k)) < 1e-12)
            #expect(abs(error[t] - (1 - pow(1 - 1 / n, k))) < 1e-12)
            let measured = try #require(curves["gaussian.variance"])[t]
            // The variance is so skewed that the sample's own spread is useless; E[var^2] = (1 - 1/n^2)^k
            // gives the true standard error.
            let spread = (pow(1 - 1 / (n * n), k) - variance[t] * variance[t]).squareRoot()
            let z = (Summary(measured).mean - variance[t]) / (spread / Double(seeds).squareRoot())
            #expect(abs(z) < 4, "variance at fit \(t + 1): z = \(z)")
            let means = Summary(try #require(curves["gaussian.mean_squared_error"])[t])
            #expect(abs(means.mean - error[t]) < 4 * means.standardError, "mean at fit \(t + 1)")
        }
    }

    @Test("G2: replace, unbiased: the expected variance stays, the typical one vanishes")
    func replaceUnbiased() throws {
        let n = 10.0
        let seeds = 2_000
        let (curves, predictions) = try measure(
            arm("replace", n: 10), estimator: .unbiased, generations: 49, seeds: seeds)
        let variance = try prediction(predictions, "gaussian.variance")
        let error = try prediction(predictions, "gaussian.mean_squared_error")
        let deviation = try prediction(predictions, "gaussian.standard_deviation")
        #expect(abs(deviation[49] - 0.25) < 0.001, "the worked value at k = 50")
        for t in [0, 1, 4, 9] {
            let k = Double(t + 1)
            #expect(abs(variance[t] - 1) < 1e-12)
            #expect(abs(error[t] - k / n) < 1e-12)
            // E[var^2] = ((n + 1)/(n - 1))^k.
            let spread = (pow((n + 1) / (n - 1), k) - 1).squareRoot()
            let measured = Summary(try #require(curves["gaussian.variance"])[t])
            #expect(abs(measured.mean - 1) < 4 * spread / Double(seeds).squareRoot())
            let means = Summary(try #require(curves["gaussian.mean_squared_error"])[t])
            #expect(abs(means.mean - error[t]) < 4 * means.standardError)
        }
        for t in [0, 4, 9, 19, 49] {
            let spread = (1 - deviation[t] * deviation[t]).squareRoot()
            let measured = Summary(try #require(curves["gaussian.standard_deviation"])[t])
            #expect(
                abs(measured.mean - deviation[t]) < 4 * spread / Double(seeds).squareRoot(),
                "E[sd] at fit \(t + 1)")
        }
        let last = try #require(curves["gaussian.standard_deviation"])[49].sorted()
        #expect(last[seeds / 2] < 0.1, "the median goes to 0")
    }

    @Test("G3: accumulate: E[var] = prod (1 - 1/(n s^2)), which tends to a limit above zero")
    func accumulate() throws {
        let (curves, predictions) = try measure(
            arm("accumulate", n: 10), estimator: .biased, generations: 49, seeds: 2_000)
        let variance = try prediction(predictions, "gaussian.variance")
        let error = try prediction(predictions, "gaussian.mean_squared_error")
        var product = 1.0
        for t in 0..<50 {
            product *= 1 - 1 / (10 * Double(t + 1) * Double(t + 1))
            #expect(abs(variance[t] - product) < 1e-12)
            #expect(abs(error[t] - (1 - product)) < 1e-12)
        }
        let root = 10.0.squareRoot()
        #expect(abs(variance[49] - sin(.pi / root) / (.pi / root)) < 0.002)
        for t in [0, 1, 4, 9, 19, 49] {
            for (metric, expected) in [
                ("gaussian.variance", variance[t]), ("gaussian.mean_squared_error", error[t]),
            ] {
                let measured = Summary(try #require(curves[metric])[t])
                #expect(
                    abs(measured.mean - expected) < 4 * measured.standardError,
                    "\(metric) at fit \(t + 1)")
            }
        }
    }

    @Test(
        "G4: accumulate-subsample: the error of the mean levels off at pi^2/2 - 2 times generation 0's"
    )
    func subsamplePlateau() throws {
        let setting = GaussianSetting(estimator: .biased, trueVariance: 1)
        let large = try ArmSpecification(
            name: "large", values: arm("accumulate-subsample", n: 1_000_000))
        let limit = try prediction(
            setting.predictions(for: large, generations: 20_000), "gaussian.mean_squared_error")
        #expect(abs(limit[20_000] / limit[0] / (Double.pi * .pi / 2 - 2) - 1) < 0.001)

        let (curves, predictions) = try measure(
            arm("accumulate-subsample", n: 20), estimator: .biased, generations: 40, seeds: 6_000)
        let error = try prediction(predictions, "gaussian.mean_squared_error")
        // Averaged over the last generations; the standard error of the average is below 1 %.
        let tail = 21...40
        let measured = try tail.map {
            Summary(try #require(curves["gaussian.mean_squared_error"])[$0]).mean
        }.reduce(0, +)
        let expected = tail.map { error[$0] }.reduce(0, +)
        #expect(abs(measured / expected - 1) < 0.03, "measured/predicted = \(measured / expected)")
    }

    @Test("A fresh mixture follows the moments of its pooled sample", arguments: [0.1, 0.5, 1])
    func freshMixture(fraction: Double) throws {
        let (curves, predictions) = try measure(
            arm(
                "mixture", n: 10,
                [
                    .init("real-fraction", constant(fraction)), .init("real-data", .text("fresh")),
                ]),
            estimator: .unbiased, generations: 12, seeds: 2_000)
        for metric in ["gaussian.variance", "gaussian.mean_squared_error"] {
            let expected = try prediction(predictions, metric)
            for t in [0, 1, 2, 5, 12] {
                let measured = Summary(try #require(curves[metric])[t])
                #expect(
                    abs(measured.mean - expected[t]) < 4 * measured.standardError,
                    "\(metric) at generation \(t)")
            }
        }
    }

    @Test("No curve is promised where its assumptions fail")
    func withoutTheory() throws {
        let setting = GaussianSetting(estimator: .biased, trueVariance: 1)
        for changes in [
            [
                SpecificationMap.Entry("real-fraction", constant(0.5)),
                .init("real-data", .text("replayed")),
            ],
            [
                .init("real-fraction", constant(0.5)), .init("real-data", .text("fresh")),
                .init("parents", .integer(2)),
            ],
        ] {
            let arm = try ArmSpecification(name: "arm", values: arm("mixture", n: 10, changes))
            #expect(setting.predictions(for: arm, generations: 5).isEmpty)
        }
    }
}

extension [[Double]] {
    fileprivate mutating func resize(to count: Int) {
        while self.count < count { append([]) }
    }
}
