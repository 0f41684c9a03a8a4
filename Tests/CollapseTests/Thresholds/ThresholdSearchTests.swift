import Collapse
import Compute
import Testing

/// The search on curves that are known, with noise of a known size.
@Suite struct ThresholdSearchTests {
    private let unit = ThresholdSearch.Range(smallest: 0, largest: 1, isWhole: false)

    /// A curve with normal noise that is the same for a seed wherever it is asked again.
    private func search(
        _ range: ThresholdSearch.Range, tolerance: Double, deviation: Double = 0.01,
        isTwoSided: Bool = false, mostRuns: Int = 410, random seed: UInt64 = 0,
        asked: (Double, Range<Int>) -> Void = { _, _ in }, curve: (Double) -> Double
    ) throws -> Threshold {
        try withoutActuallyEscaping(curve) { curve in
            try withoutActuallyEscaping(asked) { asked in
                try ThresholdSearch.search(
                    in: range, tolerance: tolerance, isTwoSided: isTwoSided, confidence: 0.95,
                    mostRuns: mostRuns
                ) { value, seeds, limit in
                    guard seeds.count <= limit else { return nil }
                    asked(value, seeds)
                    let contrasts = seeds.map { index in
                        var random = RandomStream(
                            RandomKey(seed: seed, purpose: .test, index: Int(abs(value) * 1e6)).at(
                                index)
                        )
                        return curve(value) + deviation * random.normal()
                    }
                    return (contrasts, seeds.count)
                }
            }
        }
    }

    @Test("A clear curve is crossed within a step of the grid, by a quarter of its runs")
    func line() throws {
        let threshold = try search(unit, tolerance: 0.3) { 1 - $0 }
        let (low, high) = (try #require(threshold.low), try #require(threshold.high))
        let value = try #require(threshold.value)
        #expect(low <= 0.7 && 0.7 <= high && high - low <= 0.05)
        #expect(abs(value - 0.7) < 0.02)
        #expect(threshold.runs <= ThresholdSearch.gridRuns / 4)
        #expect(threshold.side == .atLeast && threshold.rise == nil && !threshold.usedUp)
    }

    @Test("Nothing is asked twice")
    func once() throws {
        var asked: Set<String> = []
        _ = try search(
            unit, tolerance: 0.3, deviation: 0.2,
            asked: { value, seeds in
                for seed in seeds {
                    #expect(asked.insert("\(value) \(seed)").inserted, "\(value), seed \(seed)")
                }
            }
        ) { 1 - $0 }
    }

    @Test("Where smaller values promise more, the answer is the largest that is enough")
    func mirrored() throws {
        let range = ThresholdSearch.Range(smallest: -3, largest: 0, isWhole: false)
        let threshold = try search(range, tolerance: 0.25) { ($0 + 3) / 3 }
        #expect(threshold.side == .atMost)
        #expect(try #require(threshold.low) <= -2.25 && -2.25 <= (try #require(threshold.high)))
        #expect(abs(try #require(threshold.value) + 2.25) < 0.1)
        #expect(threshold.points.map(\.value) == threshold.points.map(\.value).sorted())
    }

    @Test("A whole number is searched among whole numbers")
    func whole() throws {
        let range = ThresholdSearch.Range(smallest: 1, largest: 500, isWhole: true)
        let threshold = try search(range, tolerance: 0.1) { 20 / $0 }
        #expect(threshold.points.allSatisfy { $0.value == $0.value.rounded() })
        #expect(try #require(threshold.low) <= 200 && 200 <= (try #require(threshold.high)))
    }

    @Test("Nothing is enough, everything is, or it cannot be said")
    func ends() throws {
        let none = try search(unit, tolerance: 0.1) { 2 - $0 }
        #expect(none.finding == .none && none.value == nil)
        #expect(none.low == 1 && none.high == .infinity)
        let all = try search(unit, tolerance: 0.1) { _ in 0 }
        #expect(all.finding == .everywhere && all.value == 0 && all.high == 0)
        let unknown = try search(unit, tolerance: 0.001, deviation: 1) { _ in 0 }
        #expect(unknown.finding == .undecided && unknown.value == nil && unknown.high == nil)
    }

    @Test("Less than the control counts where neither direction is better, and else does not")
    func sides() throws {
        let both = try search(unit, tolerance: 0.2, isTwoSided: true) { $0 - 1 }
        #expect(abs(try #require(both.value) - 0.8) < 0.03)
        let one = try search(unit, tolerance: 0.2) { $0 - 1 }
        #expect(one.finding == .everywhere)
    }

    @Test(
        "A curve that leaves the tolerance again is answered from above, and said not to be monotone"
    )
    func rise() throws {
        let threshold = try search(unit, tolerance: 0.2) { $0 < 0.4 ? 0.1 : 1.15 - $0 }
        #expect(try #require(threshold.low) >= 0.9)
        let rise = try #require(threshold.rise)
        #expect(rise.better < 0.4 && rise.worse >= 0.4)
    }

    @Test("No more runs are taken than may be", arguments: [50, 100, 200])
    func budget(runs: Int) throws {
        let threshold = try search(unit, tolerance: 0.3, deviation: 0.5, mostRuns: runs) { 1 - $0 }
        #expect(threshold.runs <= runs)
    }

    @Test("The interval holds the threshold in 95 of 100 of noisy curves, whatever their shape")
    func coverage() throws {
        var held = 0
        for index in 0..<200 {
            var random = RandomStream(RandomKey(seed: UInt64(index), purpose: .test))
            let (share, power) = (random.uniform(), 0.5 + 3 * random.uniform())
            let tolerance = Elementary.power(1 - share, power)
            let threshold = try search(
                unit, tolerance: tolerance, deviation: random.uniform(), random: UInt64(index)
            ) { Elementary.power(1 - $0, power) }
            if threshold.low ?? 0 <= share, share <= threshold.high ?? 1 { held += 1 }
        }
        #expect(held >= 190)
    }
}
