package import Collapse

/// Arms of two runs at one generation, metric by metric: what the second has more than the first.
package struct RunComparison {
    /// An arm of each run.
    package struct Pair: Hashable, Sendable {
        package var first: String
        package var second: String

        package init(first: String, second: String) {
            self.first = first
            self.second = second
        }
    }

    /// A pair of arms in one metric.
    package struct Row: Encodable, Sendable {
        package var first: String
        package var second: String
        package var metric: String
        package var generation: Int
        package var firstMean: Double
        package var secondMean: Double
        /// The second less the first.
        package var difference: Double
        /// Half the width of its 95 % interval; nan where there is none.
        package var halfWidth: Double
        /// Seeds that both have, which are compared one by one; 0 where the runs share fewer than two,
        /// and means of other seeds are compared.
        package var pairedSeeds: Int
        package var firstSeeds: Int
        package var secondSeeds: Int

        private enum CodingKeys: String, CodingKey {
            case first, second, metric, generation, difference
            case firstMean = "first_mean"
            case secondMean = "second_mean"
            case halfWidth = "half_width"
            case pairedSeeds = "paired_seeds"
            case firstSeeds = "first_seeds"
            case secondSeeds = "second_seeds"
        }
    }

    package let rows: [Row]

    /// Compares pairs of arms, each of which its run has, at a generation, or at the last that both have
    /// measured. A metric that a pair does not have gives no row.
    package init(
        _ first: ExperimentResults, _ second: ExperimentResults, pairs: [Pair],
        metrics: [String], generation: Int?
    ) {
        rows = pairs.flatMap { pair in
            metrics.compactMap { metric in
                let candidates =
                    generation.map { [$0] }
                    ?? (0...min(first.generations, second.generations)).reversed()
                return candidates.lazy.compactMap {
                    Self.row(first, second, pair, metric, at: $0)
                }.first
            }
        }
    }

    private static func row(
        _ first: ExperimentResults, _ second: ExperimentResults, _ pair: Pair, _ metric: String,
        at generation: Int
    ) -> Row? {
        func values(_ results: ExperimentResults, _ arm: String) -> [UInt64: Double] {
            var values: [UInt64: Double] = [:]
            for seed in results.seeds {
                values[seed] = results.metrics.value(
                    arm: arm, seed: seed, generation: generation, metric: metric)
            }
            return values
        }
        let (left, right) = (values(first, pair.first), values(second, pair.second))
        guard !left.isEmpty, !right.isEmpty else { return nil }
        let shared = first.seeds.filter { left[$0] != nil && right[$0] != nil }
        func summary(_ values: [UInt64: Double], _ seeds: [UInt64]) -> Summary {
            Summary(seeds.compactMap { values[$0] })
        }
        var row = Row(
            first: pair.first, second: pair.second, metric: metric, generation: generation,
            firstMean: 0, secondMean: 0, difference: 0, halfWidth: .nan,
            pairedSeeds: shared.count > 1 ? shared.count : 0, firstSeeds: left.count,
            secondSeeds: right.count)
        if row.pairedSeeds > 0 {
            let difference = PairedDifference(
                withoutNoise: shared.compactMap { right[$0] },
                minus: shared.compactMap { left[$0] }
            ).summary
            row.firstMean = summary(left, shared).mean
            row.secondMean = summary(right, shared).mean
            row.difference = difference.mean
            row.halfWidth = difference.halfWidth()
        } else {
            let (leftSummary, rightSummary) = (
                summary(left, first.seeds), summary(right, second.seeds)
            )
            let difference = UnpairedDifference(rightSummary, minus: leftSummary)
            row.firstMean = leftSummary.mean
            row.secondMean = rightSummary.mean
            row.difference = difference.mean
            row.halfWidth = difference.halfWidth
        }
        return row
    }
}
