import Report
import Testing

struct SufficiencyTests {
    private let grid = [0, 0.1, 0.5, 1]

    @Test func interpolatesTheMeansByHand() throws {
        // Means 1, 0.3, 0.05, 0: the curve meets 0.1 at 0.1 + (0.3 - 0.1) / (0.3 - 0.05) * 0.4 =
        // 0.42.
        let result = Sufficiency(
            grid: grid, excess: [[1, 1], [0.2, 0.4], [0.1, 0], [0, 0]], tolerance: 0.1)
        #expect(result.smallestGridValue == 0.5)
        guard case .value(let crossing) = result.crossing else {
            Issue.record("\(result.crossing) is not a value")
            return
        }
        #expect(abs(crossing - 0.42) < 1e-12)
        // Two seeds resample to (0, 0), (0, 1), (1, 1) with probabilities 1/4, 1/2, 1/4: both tails
        // hold more than 2.5 percent, so the interval runs from seed 1 alone (0.4) to seed 0 alone
        // (0.5).
        let interval = try #require(result.interval)
        guard case .value(let low) = interval.lowerBound,
            case .value(let high) = interval.upperBound
        else {
            Issue.record("\(interval) has open ends")
            return
        }
        #expect(abs(low - 0.4) < 1e-12)
        #expect(abs(high - 0.5) < 1e-12)
    }

    @Test func saysWhenTheGridDoesNotReach() {
        let none = Sufficiency(
            grid: grid, excess: [[1, 1], [1, 1], [1, 1], [0.5, 0.6]], tolerance: 0.1)
        #expect(none.smallestGridValue == nil)
        #expect(none.crossing == .above(1))
        #expect(none.interval == .above(1)...Sufficiency.Crossing.above(1))
        let all = Sufficiency(
            grid: grid, excess: [[0, 0], [0, 0], [0, 0], [0, 0]], tolerance: 0.1)
        #expect(all.smallestGridValue == 0)
        #expect(all.crossing == .atOrBelow(0))
    }

    @Test func comesDownFromInfinityAtTheGridValue() {
        let result = Sufficiency(
            grid: grid, excess: [[.infinity, 1], [.infinity, 0.2], [0, 0], [0, 0]], tolerance: 0.1)
        #expect(result.crossing == .value(0.5))
        #expect(result.interval?.upperBound == .value(0.5))
    }

    @Test func oneSeedHasNoInterval() {
        let result = Sufficiency(grid: [0, 1], excess: [[1], [0]], tolerance: 0.5)
        #expect(result.crossing == .value(0.5))
        #expect(result.interval == nil)
    }

    @Test func theIntervalHoldsTheEstimateAndRepeats() {
        let excess: [[Double]] = (0..<4).map { index in
            (0..<9).map { seed in
                let noise = Double((seed * 7) % 9 - 4)
                return 1 - 0.3 * Double(index) + 0.02 * noise
            }
        }
        let first = Sufficiency(grid: grid, excess: excess, tolerance: 0.25)
        #expect(first.interval?.contains(first.crossing) == true)
        #expect(first == Sufficiency(grid: grid, excess: excess, tolerance: 0.25))
    }
}
