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
        #expect(result.interval == nil)
    }

    @Test("Below ten seeds the limits of Student's intervals bound the crossing")
    func studentLimits() throws {
        // The standard error of 0.3 and three values 0.2 apart is 0.2 / sqrt(3), and t(0.975, 2) =
        // 4.302653: the limits there are 0.3 -+ 0.496828. Elsewhere the seeds agree.
        let result = Sufficiency(
            grid: [0, 1, 2], excess: [[1, 1, 1], [0.1, 0.3, 0.5], [0, 0, 0]], tolerance: 0.2)
        let interval = try #require(result.interval)
        guard case .value(let low) = interval.lowerBound,
            case .value(let high) = interval.upperBound
        else {
            Issue.record("\(interval) has open ends")
            return
        }
        let half = 4.302652729696142 * 0.2 / 3.0.squareRoot()
        #expect(abs(low - 0.8 / (1 - (0.3 - half))) < 1e-9)
        #expect(abs(high - (1 + (0.3 + half - 0.2) / (0.3 + half))) < 1e-9)
    }

    @Test("From ten seeds on the interval is the bootstrap's")
    func bootstrapQuantiles() throws {
        // Half of ten seeds meet the tolerance at 0.4 alone, half at 0.5 alone; the mean of ten
        // draws is below 2 of one kind with probability 11 / 1024 and below 3 with 56 / 1024.
        let excess: [[Double]] = [[1, 1], [0.2, 0.4], [0.1, 0], [0, 0]].map { row in
            Array(repeating: row[0], count: 5) + Array(repeating: row[1], count: 5)
        }
        let result = Sufficiency(grid: grid, excess: excess, tolerance: 0.1)
        func crossing(_ share: Double) -> Double {
            let (first, second) = (0.2 + 0.2 * share, 0.1 - 0.1 * share)
            return 0.1 + (first - 0.1) / (first - second) * 0.4
        }
        let interval = try #require(result.interval)
        guard case .value(let low) = interval.lowerBound,
            case .value(let high) = interval.upperBound
        else {
            Issue.record("\(interval) has open ends")
            return
        }
        let ends = [crossing(0.2), crossing(0.8)].sorted()
        #expect(abs(low - ends[0]) < 1e-12 && abs(high - ends[1]) < 1e-12)
    }

    @Test("Where neither direction is better, an excess below zero is as far off as one above")
    func twoSided() {
        let excess: [[Double]] = [[-0.5, -0.46], [-0.2, -0.2], [0.01, 0.03], [0, 0]]
        let oneSided = Sufficiency(grid: grid, excess: excess, tolerance: 0.1)
        #expect(oneSided.smallestGridValue == 0)
        let twoSided = Sufficiency(
            grid: grid, excess: excess, tolerance: 0.1, isTwoSided: true)
        #expect(twoSided.smallestGridValue == 0.5)
    }

    @Test func saysWhenTheGridDoesNotReach() {
        let none = Sufficiency(
            grid: grid, excess: [[1, 1], [1, 1], [1, 1], [0.5, 0.6]], tolerance: 0.1)
        #expect(none.smallestGridValue == nil)
        #expect(none.crossing == .above(1))
        let all = Sufficiency(
            grid: grid, excess: [[0, 0], [0, 0], [0, 0], [0, 0]], tolerance: 0.1)
        #expect(all.smallestGridValue == 0)
        #expect(all.crossing == .atOrBelow(0))
    }

    @Test func comesDownFromInfinityAtTheGridValue() {
        let result = Sufficiency(
            grid: grid, excess: [[.infinity, 1], [.infinity, 0.2], [0, 0], [0, 0]], tolerance: 0.1)
        #expect(result.crossing == .value(0.5))
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
