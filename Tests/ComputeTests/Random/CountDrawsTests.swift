import Compute
import Testing

/// Counts against the first two moments and the whole distribution. Each test takes at most 40
/// z-scores; one beyond 4.5 has probability 7e-6 for a correct sampler and another seed.
@Suite struct CountDrawsTests {
    private let draws = 40_000

    private func check(
        mean: Double, variance: Double, fourth: Double, mass: (Int) -> Double,
        _ draw: (inout RandomStream) -> Int, _ seed: Int
    ) {
        var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
        var counts: [Int: Double] = [:]
        var (sum, squares) = (0.0, 0.0)
        for _ in 0..<draws {
            let value = draw(&random)
            counts[value, default: 0] += 1
            sum += Double(value) - mean
            squares += (Double(value) - mean) * (Double(value) - mean)
        }
        let n = Double(draws)
        #expect(abs(sum / n) < 4.5 * (variance / n).squareRoot())
        #expect(
            abs(squares / n - variance) < 4.5 * ((fourth - variance * variance) / n).squareRoot())
        for index in stride(from: -3.0, through: 3, by: 0.5) {
            let value = Int((mean + index * variance.squareRoot()).rounded(.down))
            guard value >= 0 else { continue }
            let expected = n * mass(value)
            guard expected > 20 else { continue }
            let z = ((counts[value] ?? 0) - expected) / expected.squareRoot()
            #expect(abs(z) < 4.5, "\(value): z = \(z)")
        }
    }

    @Test(arguments: [0.01, 0.7, 5, 9.99, 10, 11.3, 50, 1_000, 1e6])
    func poisson(mean: Double) {
        check(
            mean: mean, variance: mean, fourth: mean + 3 * mean * mean,
            mass: { k in
                let k = Double(k)
                return Elementary.exp(
                    k * Elementary.log(mean) - mean - SpecialFunctions.logGamma(k + 1))
            }, { $0.poisson(mean: mean) }, 1)
    }

    @Test(arguments: [
        (1, 0.3), (5, 0.5), (20, 0.04), (40, 0.3), (100, 0.1), (100, 0.97), (1_000, 0.5),
        (1_000_000, 0.002),
    ])
    func binomial(trials: Int, probability p: Double) {
        let n = Double(trials)
        let variance = n * p * (1 - p)
        check(
            mean: n * p, variance: variance,
            fourth: variance * (1 + 3 * (n - 2) * p * (1 - p)),
            mass: { k in
                guard k <= trials else { return 0 }
                let k = Double(k)
                let logGamma = SpecialFunctions.logGamma
                return Elementary.exp(
                    logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Elementary.log(p)
                        + (n - k) * Elementary.log(1 - p))
            }, { $0.binomial(trials: trials, probability: p) }, 2)
    }

    @Test func certainties() {
        var random = RandomStream(RandomKey(seed: 0, purpose: .test))
        #expect(random.poisson(mean: 0) == 0)
        #expect(random.binomial(trials: 0, probability: 0.5) == 0)
        #expect(random.binomial(trials: 1_000, probability: 0) == 0)
        #expect(random.binomial(trials: 1_000, probability: 1) == 1_000)
    }
}
