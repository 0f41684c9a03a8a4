import Collapse
import Compute
import Support
import Testing

@Suite struct ForecastTests {
    private static let metric = MetricDeclaration(
        "m", title: "m", direction: .lowerIsBetter, help: "")

    /// Curves of five seeds around a curve, with a random walk of some deviation.
    private func curves(
        _ random: inout RandomStream, to last: Int, deviation: Double,
        around value: (Int) -> Double
    ) -> [[Double]] {
        (0..<5).map { _ in
            var walk = 0.0
            return (0...last).map { t in
                if t > 0 { walk += deviation * random.normal() }
                return value(t) + walk
            }
        }
    }

    private func mean(_ curves: [[Double]], _ t: Int) -> Double {
        curves.reduce(0) { $0 + $1[t] } / Double(curves.count)
    }

    @Test("Around a known theory nine of ten intervals hold what comes", arguments: [1, 5, 20])
    func coverage(horizon: Int) {
        let theory = Prediction(
            metric: Self.metric, values: (0...40).map { 10 + 0.1 * Double($0) }, source: "S")
        let held = (0..<500).count { experiment in
            var random = RandomStream(RandomKey(seed: UInt64(experiment), purpose: .test))
            let all = curves(&random, to: 8 + horizon, deviation: 0.05) { 10 + 0.1 * Double($0) }
            let forecast = Forecast(
                curves: all.map { Array($0[...8]) }, theory: theory,
                ages: (0...40).map(Double.init), horizon: horizon)
            return forecast.points[horizon - 1].interval?.contains(mean(all, 8 + horizon)) == true
        }
        #expect((410...490).contains(held), "\(held) of 500")
    }

    @Test(
        "Without a theory the curve in the age of the data is found",
        arguments: [
            { t in 2 + 0.1 * t }, { t in 2 + Elementary.log(1 + 0.3 * t) },
            { t in 2 + 0.7 * (1 - Elementary.exp(-0.4 * t)) },
            { t in 2 - 0.5 * t.squareRoot() },
        ] as [@Sendable (Double) -> Double])
    func family(curve: @Sendable (Double) -> Double) throws {
        var random = RandomStream(RandomKey(seed: 1, purpose: .test))
        let all = curves(&random, to: 28, deviation: 0.002) { curve(Double($0)) }
        let forecast = Forecast(
            curves: all.map { Array($0[...8]) }, theory: nil, ages: (0...28).map(Double.init),
            horizon: 20)
        #expect(forecast.basis == .age)
        let last = try #require(forecast.points.last)
        #expect(last.generation == 28)
        #expect(last.interval?.contains(last.estimate) == true)
        let moved = abs(curve(28) - curve(8))
        #expect(abs(last.estimate - curve(28)) < max(0.25 * moved, 0.05))
    }

    @Test("What falls towards 0 keeps its ratio to the theory")
    func ratio() throws {
        let theory = Prediction(
            metric: Self.metric,
            values: (0...30).map { t in (0..<t).reduce(1) { value, _ in value * 0.9 } }, source: "S"
        )
        let curves = (0..<3).map { seed in
            (0...4).map { theory.values[$0] * (1.2 + 0.01 * Double(seed)) }
        }
        let forecast = Forecast(
            curves: curves, theory: theory, ages: (0...30).map(Double.init), horizon: 20)
        #expect(forecast.basis == .theory("S"))
        #expect(abs(try #require(forecast.points.last).estimate - 1.21 * theory.values[24]) < 1e-12)
    }

    @Test("Real data alone go nowhere, and a theory that ends before the horizon is not used")
    func corners() throws {
        let short = Prediction(metric: Self.metric, values: [1, 2, 3, 4], source: "S")
        let flat = Forecast(
            curves: [[3, 3.1, 2.9, 3], [3, 2.9, 3.1, 3]], theory: short,
            ages: Array(repeating: 0, count: 9), horizon: 5)
        #expect(flat.basis == .age)
        #expect(flat.points.allSatisfy { abs($0.estimate - 3) < 1e-12 })
        #expect(flat.points.allSatisfy { $0.interval != nil })
        let one = Forecast(
            curves: [[1, 2, 3, 4]], theory: nil, ages: (0...8).map(Double.init), horizon: 5)
        #expect(one.points.allSatisfy { $0.interval == nil })
        #expect(abs(one.points[4].estimate - 9) < 0.6)
    }
}
