import Collapse
import Compute
import Settings
import Support
import Testing

/// The search for a threshold where theory says in closed form where it is.
@Suite struct PlantedThresholdTests {
    /// An arm of one setting whose share of real data is searched for.
    private struct Case {
        var keys: [String: SpecificationValue]
        var generations: Int
        var metric: String
        var isTwoSided: Bool
        /// Where the threshold is to be, about.
        var share: Double
    }

    private struct Score {
        var held = 0
        var runs: [Int] = []
        var widths: [Double] = []
    }

    @Test(
        "Of 50 planted Gaussian cases the 95 % interval holds the threshold in 45, by half the runs"
    )
    func gaussian() throws {
        let score = try score(GaussianSetting.self, seed: 1) { random in
            let isTwoSided = random.uniform() < 0.5
            return Case(
                keys: [
                    "sample-size": .number(Double(40 + random.below(400))),
                    "dimension": .integer(isTwoSided ? 20 : 1 + random.below(4)),
                    "real-data": .text(random.uniform() < 0.5 ? "fresh" : "replayed"),
                ], generations: 3 + random.below(12),
                metric: isTwoSided ? "gaussian.variance" : "gaussian.mean_squared_error",
                isTwoSided: isTwoSided, share: 0.05 + 0.8 * random.uniform())
        }
        #expect(score.held >= 45, "\(score)")
        #expect(score.runs.allSatisfy { $0 <= ThresholdSearch.gridRuns / 2 })
    }

    @Test(
        "Of 50 planted discrete cases the 95 % interval holds the threshold in 45, by half the runs"
    )
    func discrete() throws {
        let score = try score(DiscreteSetting.self, seed: 2) { random in
            Case(
                keys: [
                    "sample-size": .number(Double(100 + random.below(900))),
                    "real-data": .text(random.uniform() < 0.5 ? "fresh" : "replayed"),
                ], generations: 3 + random.below(12), metric: "discrete.squared_error",
                isTwoSided: false, share: 0.05 + 0.8 * random.uniform())
        }
        #expect(score.held >= 45, "\(score)")
        #expect(score.runs.allSatisfy { $0 <= ThresholdSearch.gridRuns / 2 })
    }

    private func score<Setting: TaskSetting>(
        _ type: Setting.Type, seed: UInt64, make: (inout RandomStream) -> Case
    ) throws -> Score {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        var score = Score()
        for _ in 0..<50 {
            let item = make(&random)
            let tolerance = try abs(excess(type, item, at: item.share))
            let threshold = try search(type, item, tolerance: tolerance)
            let truth = try truth(type, item, tolerance: tolerance)
            let (low, high) = (threshold.low ?? 0, threshold.high ?? 1)
            if low <= truth.upperBound, truth.lowerBound <= high { score.held += 1 }
            score.runs.append(threshold.runs)
            score.widths.append(high - low)
        }
        return score
    }

    private func arm(
        _ item: Case, at value: Double, isControl: Bool
    ) -> [String: SpecificationValue] {
        item.keys.merging(
            [
                "workflow": "mixture", "real-fraction": .number(value),
                "control": .boolean(isControl),
            ]
        ) { $1 }
    }

    /// The excess that theory promises at the last generation.
    private func excess<Setting: TaskSetting>(
        _ type: Setting.Type, _ item: Case, at value: Double
    ) throws -> Double {
        func prediction(_ isControl: Bool) throws -> Double {
            var keys = arm(item, at: value, isControl: isControl)
            // Whether some of the examples were there before, they are as many real ones.
            if isControl { keys["real-data"] = "fresh" }
            return try type.measure(keys, generations: item.generations, seeds: 0..<0)
                .prediction(item.metric)[item.generations]
        }
        return try prediction(false) - prediction(true)
    }

    /// Where the excess comes within the tolerance, between two values.
    private func truth<Setting: TaskSetting>(
        _ type: Setting.Type, _ item: Case, tolerance: Double
    ) throws -> ClosedRange<Double> {
        var (low, high) = (0.0, 1.0)
        while high - low > 1e-3 {
            let middle = (low + high) / 2
            if try abs(excess(type, item, at: middle)) > tolerance {
                low = middle
            } else {
                high = middle
            }
        }
        return low...high
    }

    private func search<Setting: TaskSetting>(
        _ type: Setting.Type, _ item: Case, tolerance: Double
    ) throws -> Threshold {
        var controls: [Double] = []
        return try ThresholdSearch.search(
            in: .init(smallest: 0, largest: 1, isWhole: false), tolerance: tolerance,
            isTwoSided: item.isTwoSided, confidence: 0.95,
            mostRuns: ThresholdSearch.gridRuns / 2
        ) { value, seeds, limit in
            guard value < 1 else { return (seeds.map { _ in 0 }, 0) }
            func measure(_ isControl: Bool, _ seeds: Range<Int>) throws -> [Double] {
                try type.measure(
                    arm(item, at: value, isControl: isControl), generations: item.generations,
                    seeds: seeds, metrics: item.metric
                ).values(item.metric, at: item.generations)
            }
            var runs = seeds.count
            if controls.count < seeds.upperBound {
                runs += seeds.upperBound - controls.count
                if runs > limit { return nil }
                controls += try measure(true, controls.count..<seeds.upperBound)
            }
            if runs > limit { return nil }
            let own = try measure(false, seeds)
            return (zip(own, controls[seeds]).map { $0 - $1 }, runs)
        }
    }
}
