package import Collapse

/// A metric of an arm over the generations: mean and spread over seeds.
package struct Curve: Sendable {
    /// The metric's name.
    package var metric: String
    /// One summary for each generation from 0; nil where no seed has a measurement.
    package var points: [Summary?]
    /// The base model, generation -1; nil where none was measured.
    package var base: Summary?

    package init(_ results: ExperimentResults, arm: String, metric: String) {
        self.metric = metric
        func summary(_ generation: Int) -> Summary? {
            let values = results.metrics.values(
                arm: arm, generation: generation, metric: metric, seeds: results.seeds)
            return values.isEmpty ? nil : Summary(values)
        }
        points = (0...max(0, results.generations)).map(summary)
        base = summary(MetricTable.baseGeneration)
    }
}

/// How a metric moved from generation 0 to a later one, seed by seed.
package struct Change: Sendable {
    /// Generation 0, over the seeds that have both generations.
    package var first: Summary
    /// The later generation, over the same seeds.
    package var last: Summary
    /// The later generation minus generation 0, over the seeds that have both.
    package var difference: PairedDifference

    /// Nil when no seed has both generations.
    package init?(_ results: ExperimentResults, arm: String, metric: String, generation: Int) {
        var before: [Double] = []
        var after: [Double] = []
        for seed in results.seeds {
            guard
                let first = results.metrics.value(
                    arm: arm, seed: seed, generation: 0, metric: metric),
                let last = results.metrics.value(
                    arm: arm, seed: seed, generation: generation, metric: metric)
            else { continue }
            before.append(first)
            after.append(last)
        }
        guard !before.isEmpty else { return nil }
        first = Summary(before)
        last = Summary(after)
        difference = PairedDifference(withoutNoise: after, minus: before)
    }
}

/// Two arms compared at one generation over the seeds that both ran.
package struct ArmComparison: Sendable {
    /// The name of the arm that is compared.
    package var first: String
    /// The name of the arm whose values are subtracted.
    package var second: String
    /// First arm minus second arm.
    package var difference: PairedDifference

    /// Nil when the arms share no seed.
    package init?(
        _ results: ExperimentResults, _ first: String, minus second: String, metric: String,
        generation: Int
    ) {
        self.first = first
        self.second = second
        var left: [Double] = []
        var right: [Double] = []
        for seed in results.seeds {
            guard
                let one = results.metrics.value(
                    arm: first, seed: seed, generation: generation, metric: metric),
                let other = results.metrics.value(
                    arm: second, seed: seed, generation: generation, metric: metric)
            else { continue }
            left.append(one)
            right.append(other)
        }
        guard !left.isEmpty else { return nil }
        difference = PairedDifference(withoutNoise: left, minus: right)
    }
}
