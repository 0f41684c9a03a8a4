import Collapse
import Foundation
import Settings
import Support
import Testing

/// The bars of the literature's discrete results, measured through the real loop. Seeds are fixed,
/// so outcomes never change; a correct program with other seeds leaves 4 standard errors with
/// probability 6e-5 in each comparison.
@Suite struct DiscreteTheoryTests {
    private static let zipf: SpecificationValue = [
        "kind": "zipf", "vocabulary": 50, "exponent": 1.0, "offset": 2.7,
    ]

    private func power(_ scale: Double, _ exponent: Double) -> SpecificationValue {
        ["schedule": "power", "scale": .number(scale), "exponent": .number(exponent)]
    }

    /// Checks the mean of a metric against a curve, generation by generation.
    private func check(
        _ measured: Measured, _ metric: String, _ expected: [Double], at generations: [Int],
        _ comment: String = ""
    ) throws {
        for t in generations {
            let z = try measured.zScore("discrete." + metric, at: t, expected: expected[t])
            #expect(abs(z) < 4, "\(metric) at generation \(t): z = \(z) \(comment)")
        }
    }

    // MARK: D1

    /// Bakshi's recursion with a random number of real draws in each generation.
    private func bakshi(_ n: [Double], _ a: [Double], norm: Double) -> [Double] {
        var curve = [(1 - norm) / n[0]]
        for t in 1..<n.count {
            curve.append(
                n[0] / n[t] * curve[0] + (1 - 1 / n[t]) * (1 - a[t]) * (1 - a[t]) * curve[t - 1])
        }
        return curve
    }

    /// Schedules a_t ~ (1 + t)^-p and n_t ~ (1 + t)^q; p nil is a = 0.
    struct Mix: Sendable, CustomTestStringConvertible {
        var scale: Double
        var p: Double?
        var q: Double
        var testDescription: String {
            "a_t = \(scale) (1 + t)^-\(p.map { "\($0)" } ?? "none"), n_t = n_0 (1 + t)^\(q)"
        }
    }

    static let mixes: [Mix] = [
        Mix(scale: 0, p: nil, q: 0), Mix(scale: 0.1, p: 0, q: 0), Mix(scale: 0.5, p: 0, q: 0),
        Mix(scale: 1, p: 0, q: 0), Mix(scale: 0.1, p: 0, q: 1), Mix(scale: 0, p: nil, q: 1),
        Mix(scale: 0, p: nil, q: 2), Mix(scale: 1, p: 1, q: 1.5), Mix(scale: 1, p: 0.5, q: 1),
        Mix(scale: 1, p: 2, q: 1.5),
    ]

    @Test("D1: R_t follows Bakshi's recursion under ten schedules", arguments: mixes)
    func mixture(mix: Mix) throws {
        let generations = 16
        var keys: [String: SpecificationValue] = [
            "workflow": "replace", "source": DiscreteTheoryTests.zipf,
            "sample-size": power(100, -mix.q),
        ]
        if let p = mix.p {
            keys["workflow"] = "mixture"
            keys["real-fraction"] = power(mix.scale, p)
            keys["real-data"] = "fresh"
        }
        let measured = try DiscreteSetting.measure(
            keys, generations: generations, seeds: 0..<400, metrics: "discrete")
        for metric in ["squared_error", "chi_squared", "sum_of_squares", "effective_sample"] {
            try check(
                measured, metric, measured.prediction("discrete." + metric), at: [0, 1, 5, 16])
        }
        // The papers' form has a random number of real draws; it differs by less than 1 % here.
        let weights = (1...50).map { 1 / (Double($0) + 2.7) }
        let total = weights.reduce(0, +)
        let norm = weights.reduce(0) { $0 + $1 * $1 } / (total * total)
        let n = (0...generations).map { (100 * pow(Double($0 + 1), mix.q)).rounded() }
        let a = (0...generations).map { t in mix.p.map { mix.scale * pow(Double(t + 1), -$0) } ?? 0
        }
        let paper = bakshi(n, a, norm: norm)
        let predicted = try measured.prediction("discrete.squared_error")
        for t in 0...generations { #expect(abs(predicted[t] / paper[t] - 1) < 0.01) }
    }

    @Test("Samples of the base model descend from nothing, so no effective sample is predicted")
    func baseSamples() throws {
        for workflow in ["replace", "accumulate"] {
            let measured = try DiscreteSetting.measure(
                [
                    "workflow": .text(workflow), "source": DiscreteTheoryTests.zipf,
                    "sample-size": 40, "sample-from": "base",
                ], generations: 2, seeds: 0..<1)
            #expect(!measured.predictions.map(\.metric).contains("discrete.effective_sample"))
            #expect(measured.curves["discrete.effective_sample"] != nil)
        }
    }

    @Test("The worked values of R_60/R_0 at n_0 = 200")
    func workedValues() throws {
        func ratio(_ keys: [String: SpecificationValue]) throws -> Double {
            var keys = keys
            keys["source"] = DiscreteTheoryTests.zipf
            let curve = try DiscreteSetting.measure(keys, generations: 60, seeds: 0..<0)
                .prediction("discrete.squared_error")
            return curve[60] / curve[0]
        }
        func mixture(_ a: SpecificationValue, _ n: SpecificationValue) throws -> Double {
            try ratio([
                "workflow": "mixture", "real-data": "fresh", "real-fraction": a, "sample-size": n,
            ])
        }
        #expect(abs(try ratio(["workflow": "replace", "sample-size": 200.0]) - 52.688) < 0.001)
        #expect(abs(try mixture(0.1, 200.0) - 5.153) < 0.02)
        #expect(abs(try mixture(0.5, 200.0) - 1.331) < 0.003)
        #expect(abs(try mixture(0.1, power(200, -1)) - 0.094) < 0.001)
        #expect(abs(try mixture(power(1, 1), power(200, -1.5)) - 0.086) < 0.001)
        #expect(abs(try mixture(power(1, 0.5), power(200, -1)) - 0.070) < 0.001)
        #expect(abs(try mixture(power(1, 2), power(200, -1.5)) - 1.203) < 0.005)
    }

    @Test(
        "Second moments are exact under every other workflow",
        arguments: [
            ["workflow": "accumulate"], ["workflow": "accumulate-subsample"],
            ["workflow": "mixture", "real-data": "replayed", "real-fraction": 0.3],
            ["workflow": "mixture", "real-data": "kept", "real-fraction": 0.3],
            ["workflow": "replace", "parents": 3],
            ["workflow": "mixture", "real-data": "fresh", "real-fraction": 0.25, "parents": 4],
        ] as [[String: SpecificationValue]])
    func otherWorkflows(keys: [String: SpecificationValue]) throws {
        var keys = keys
        keys["source"] = DiscreteTheoryTests.zipf
        keys["sample-size"] = 40.0
        let measured = try DiscreteSetting.measure(
            keys, generations: 12, seeds: 0..<1_500, metrics: "discrete")
        for metric in ["squared_error", "chi_squared", "sum_of_squares"] {
            try check(
                measured, metric, measured.prediction("discrete." + metric), at: [0, 1, 2, 5, 12],
                "\(keys)")
        }
        if keys["workflow"] == "accumulate" {
            try check(
                measured, "alive", measured.prediction("discrete.alive"), at: [0, 12])
        }
    }

    // MARK: D2 and D3

    @Test(
        "D2: E sum q^2 = 1 - (1 - 1/n)^k (1 - S_0), and the share of collapsed chains keeps its bounds"
    )
    func fullySynthetic() throws {
        let measured = try DiscreteSetting.measure(
            ["workflow": "replace", "source": DiscreteTheoryTests.zipf, "sample-size": 20.0],
            generations: 99, seeds: 0..<1_000, metrics: "discrete")
        let weights = (1...50).map { 1 / (Double($0) + 2.7) }
        let total = weights.reduce(0, +)
        let norm = weights.reduce(0) { $0 + $1 * $1 } / (total * total)
        let curve = (1...100).map { 1 - pow(1 - 1 / 20.0, Double($0)) * (1 - norm) }
        let predicted = try measured.prediction("discrete.sum_of_squares")
        for t in 0..<100 { #expect(abs(predicted[t] - curve[t]) < 1e-12) }
        try check(measured, "sum_of_squares", curve, at: [0, 1, 9, 29, 99])
        let lower = try measured.prediction("discrete.collapsed", .lowerBound)
        let upper = try measured.prediction("discrete.collapsed", .upperBound)
        for t in [9, 29, 59, 99] {
            let share = try measured.mean("discrete.collapsed", at: t)
            #expect(share >= lower[t] - 0.05 && share <= upper[t] + 0.05)
        }
    }

    @Test("D3: a replayed real sample of N and n synthetic draws", arguments: [10, 100, 1_000])
    func partiallySynthetic(n: Int) throws {
        let N = 100.0
        let share = N / (N + Double(n))
        let measured = try DiscreteSetting.measure(
            [
                "workflow": "mixture", "real-data": "replayed", "real-fraction": .number(share),
                "source": [
                    "kind": "dirichlet", "vocabulary": 600, "support": 52, "concentration": 0.35,
                ],
                "sample-size": [
                    "schedule": "step", "values": [100.0, .number(N + Double(n))], "at": [1],
                ],
            ], generations: 20, seeds: 0..<300, metrics: "discrete")
        let squares = try measured.prediction("discrete.sum_of_squares")
        let a = 1 - share
        let beta = a * a * (1 - 1 / Double(n))
        for m in 0...20 {
            // S_1 is generation 0's.
            let closed =
                squares[0] + a * a * (1 - squares[0]) / Double(n) * (1 - pow(beta, Double(m)))
                / (1 - beta)
            #expect(abs(squares[m] - closed) < 1e-12)
        }
        try check(measured, "sum_of_squares", squares, at: [0, 1, 5, 20])
    }

    // MARK: D4 and D5

    @Test("D4: the symbols alive stay above their bound and close to it")
    func survival() throws {
        let measured = try DiscreteSetting.measure(
            [
                "workflow": "replace", "sample-size": 2_000.0,
                "source": ["kind": "zipf", "vocabulary": 1_000],
            ], generations: 9, seeds: 0..<60, metrics: "discrete")
        let bound = try measured.prediction("discrete.alive", .lowerBound)
        let unseen = try measured.prediction("discrete.unseen_mass", .upperBound)
        // g_1 = 1, g_{k+1} = 1 - exp(-g_k).
        var g = 1.0
        let weights = (1...1_000).map { 1 / (Double($0) + 2.7) }
        let total = weights.reduce(0, +)
        for t in 0..<10 {
            let sum = weights.reduce(0) { $0 + 1 - exp(-2_000 * $1 / total * g) }
            #expect(abs(bound[t] - sum) < 1e-8)
            let alive = try measured.summary("discrete.alive", at: t)
            #expect(
                alive.mean > bound[t] - 4 * alive.standardError && alive.mean < 1.03 * bound[t],
                "\(alive.mean) against \(bound[t])")
            let mass = try measured.mean("discrete.unseen_mass", at: t)
            #expect(abs(mass / unseen[t] - 1) < 0.05, "\(mass) against \(unseen[t])")
            g = 1 - exp(-g)
        }
    }

    @Test("D5: a chain ends at a symbol with that symbol's probability, after 2n fits on average")
    func absorption() throws {
        // 10 equal symbols, n = 10: the exact chain takes 17.0 +- 0.5 fits in an independent
        // simulation, the diffusion 19.0.
        let seeds = 2_000
        let measured = try DiscreteSetting.measure(
            [
                "workflow": "replace", "sample-size": 10.0,
                "source": ["kind": "uniform", "vocabulary": 10],
            ], generations: 120, seeds: 0..<seeds, metrics: "discrete")
        let time = try measured.summary("discrete.fits_to_collapse", at: 120)
        #expect(abs(time.mean - 17) < 4 * (time.standardError + 0.25), "\(time.mean)")
        let predicted = try measured.prediction("discrete.fits_to_collapse", .approximation)
        #expect(abs(predicted[120] + 2 * 10 * 9 * log(0.9)) < 1e-9)
        #expect(try measured.mean("discrete.collapsed", at: 120) > 0.999)

        // Which symbol is left shows in the squared error: (1 - p)^2 + (1 - p)^2 = 0.18 or 0.98 for
        // p = 0.7 or 0.3.
        let skewed = try DiscreteSetting.measure(
            [
                "workflow": "replace", "sample-size": 5.0,
                "source": ["kind": "table", "rows": [[0.7, 0.3]]],
            ], generations: 120, seeds: 0..<seeds, metrics: "discrete")
        let ends = try skewed.values("discrete.squared_error", at: 120)
        let first = ends.count { abs($0 - 0.18) < 1e-9 }
        #expect(ends.allSatisfy { abs($0 - 0.18) < 1e-9 || abs($0 - 0.98) < 1e-9 })
        // Four deviations of a binomial share.
        #expect(abs(Double(first) / Double(seeds) - 0.7) < 4 * (0.21 / Double(seeds)).squareRoot())
    }

    // MARK: D6 and L12

    @Test(
        "L12: the excess cross-entropy of a bigram model is (t + 1) V (V - 1)/(2n) under replace",
        arguments: ["chain", "truth"])
    func bigram(contexts: SpecificationValue) throws {
        let measured = try DiscreteSetting.measure(
            [
                "workflow": "replace", "sample-size": 20_000.0, "contexts": contexts,
                "source": [
                    "kind": "dirichlet", "vocabulary": 12, "order": 1, "concentration": 3.0,
                ],
            ], generations: 4, seeds: 0..<40, metrics: "discrete")
        let predicted = try measured.prediction("discrete.excess_cross_entropy", .approximation)
        for t in 0...4 {
            let closed = Double(t + 1) * 12 * 11 / 40_000
            #expect(abs(predicted[t] / closed - 1) < 0.02)
            let excess = try measured.mean("discrete.excess_cross_entropy", at: t)
            #expect(excess < 0.02 && abs(excess / closed - 1) < 0.1, "\(excess) against \(closed)")
        }
    }

    @Test("D6: with a fixed real fraction the excess levels off at (V - 1)/(2n)/(1 - (1 - a)^2)")
    func excessLevelsOff() throws {
        let measured = try DiscreteSetting.measure(
            [
                "workflow": "mixture", "real-data": "fresh", "real-fraction": 0.5,
                "sample-size": 5_000.0,
                "source": ["kind": "dirichlet", "vocabulary": 20, "concentration": 3.0],
            ], generations: 10, seeds: 0..<300, metrics: "discrete")
        let limit = 19 / 10_000.0 / 0.75
        for t in [5, 10] {
            let excess = try measured.mean("discrete.excess_cross_entropy", at: t)
            #expect(abs(excess / limit - 1) < 0.05, "\(excess) against \(limit)")
        }
    }

    // MARK: T1 and T2

    @Test(
        "T1: cold sampling needs real data, and the map of distributions has the worked fixed points"
    )
    func temperature() throws {
        for (fraction, excess) in [(0.1, 1.102), (0.3, 0.041), (0.5, 0.005)] {
            let curve = try DiscreteSetting.measure(
                [
                    "workflow": "mixture", "real-data": "fresh", "real-fraction": .number(fraction),
                    "sample-size": 1e6, "temperature": 0.9, "source": DiscreteTheoryTests.zipf,
                ], generations: 300, seeds: 0..<0
            ).prediction("discrete.excess_cross_entropy", .approximation)
            #expect(abs(curve[300] - excess) < 0.001, "\(curve[300])")
        }
        let measured = try DiscreteSetting.measure(
            [
                "workflow": "mixture", "real-data": "fresh", "real-fraction": 0.3,
                "sample-size": 1e6, "temperature": 0.9, "source": DiscreteTheoryTests.zipf,
            ], generations: 12, seeds: 0..<2, metrics: "discrete")
        for metric in ["excess_cross_entropy", "entropy", "sum_of_squares", "total_variation"] {
            let predicted = try measured.prediction("discrete." + metric, .approximation)
            for t in [4, 12] {
                let mean = try measured.mean("discrete." + metric, at: t)
                #expect(abs(mean / predicted[t] - 1) < 0.03, "\(metric) at \(t)")
            }
        }
    }

    @Test("T1: without real data T < 1 leaves one symbol and T > 1 all alike")
    func temperatureLimits() throws {
        func entropy(_ temperature: Double) throws -> Double {
            try DiscreteSetting.measure(
                [
                    "workflow": "replace", "sample-size": 1e6,
                    "temperature": .number(temperature), "source": DiscreteTheoryTests.zipf,
                ], generations: 100, seeds: 0..<0
            ).prediction("discrete.entropy", .approximation)[100]
        }
        #expect(try entropy(0.9) < 1e-6)
        #expect(try entropy(1.1) > log(50) - 1e-3)
    }

    @Test("T2: a truncated generator's unseen mass levels off at its tail, and real data escape it")
    func truncatedGenerator() throws {
        let source: SpecificationValue = [
            "kind": "zipf", "vocabulary": 20_000, "exponent": 1.5, "offset": 0.0,
        ]
        func error(_ fraction: Double, _ size: Double) throws -> Measured {
            try DiscreteSetting.measure(
                [
                    "workflow": "mixture", "real-data": "fresh", "real-fraction": .number(fraction),
                    "sample-from": "base", "top-k": 100, "source": source,
                    "sample-size": .number(size),
                ], generations: 1, seeds: 0..<20, metrics: "discrete")
        }
        let weights = (1...20_000).map { pow(Double($0), -1.5) }
        let tail = weights[100...].reduce(0, +) / weights.reduce(0, +)
        let plateau = try error(0, 50_000)
        #expect(abs(try plateau.mean("discrete.unseen_mass", at: 1) - tail) < 1e-9)
        for (fraction, size) in [(0.1, 2_000.0), (0.1, 50_000.0)] {
            let measured = try error(fraction, size)
            let predicted = try measured.prediction("discrete.unseen_mass")
            try check(measured, "unseen_mass", predicted, at: [0, 1])
            try check(
                measured, "alive", measured.prediction("discrete.alive"), at: [0, 1])
        }
        // A clean learner's error falls as T^-(1 - 1/beta).
        let clean = try [1e3, 1e4].map {
            try error(1, $0).prediction("discrete.unseen_mass")[0]
        }
        #expect(abs(log(clean[1] / clean[0]) / log(10) + 1 / 3.0) < 0.06)
    }
}
