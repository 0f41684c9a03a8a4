import Collapse

/// How the arms of an experiment ended: the headline metric at the last generation, how it changed
/// since generation 0, and how far it is from the control.
package struct OutcomeTable {
    /// A mean over seeds with its 95 % interval; NaN where there is none.
    package struct Estimate: Encodable, Sendable {
        package var mean: Double
        package var halfWidth: Double
        package var seeds: Int

        private enum CodingKeys: String, CodingKey {
            case mean, seeds
            case halfWidth = "half_width"
        }

        init(_ summary: Summary) {
            mean = summary.mean
            halfWidth = summary.halfWidth()
            seeds = summary.count
        }
    }

    /// An arm. What cannot be said is nil, and null in JSON.
    package struct Row: Encodable, Sendable {
        package var arm: String
        /// The generation that `value` and `change` are of.
        package var generation: Int
        package var value: Estimate?
        /// The value less generation 0's, seed by seed.
        package var change: Estimate?
        /// The value less that of ``reference``, seed by seed.
        package var difference: Estimate?
        /// The generation that ``difference`` is of, which a control ends before where the real data
        /// does.
        package var comparedGeneration: Int?
        /// The arm that is subtracted; nil for an arm that has none.
        package var reference: String?
        /// ``value`` as a reader wants it.
        package var valueText: String?

        private enum CodingKeys: String, CodingKey {
            case arm, generation, value, change, difference, reference
            case comparedGeneration = "compared_generation"
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(arm, forKey: .arm)
            try container.encode(generation, forKey: .generation)
            try container.encode(value, forKey: .value)
            try container.encode(change, forKey: .change)
            try container.encode(difference, forKey: .difference)
            try container.encode(comparedGeneration, forKey: .comparedGeneration)
            try container.encode(reference, forKey: .reference)
        }
    }

    /// The metric with its unit.
    package let title: String
    /// The metric's name.
    package let metric: String
    /// The last generation that any arm has measured.
    package let generation: Int
    /// In the order of the experiment.
    package let rows: [Row]
    /// How many arms have no row: of many arms those that the report names have one.
    package let omitted: Int

    package init(_ analysis: Analysis) {
        let (metric, last) = (analysis.headline, analysis.lastGeneration)
        title = metric.axisTitle
        self.metric = metric.name
        generation = last
        omitted = analysis.results.arms.count - analysis.selection.arms.count
        rows = analysis.selection.arms.map { index in
            let arm = analysis.results.arms[index]
            let reference = analysis.reference(of: index)
            var row = Row(arm: arm.name, generation: last, reference: reference.arm)
            guard let summary = analysis.summary(metric, of: arm, at: last) else { return row }
            row.value = Estimate(summary)
            row.valueText = analysis.estimate(summary, metric, in: arm, at: last)
            // What has not come to what it counts has no difference yet.
            guard analysis.unfinishedSeeds(metric, in: arm, at: last) == 0 else { return row }
            if last > 0 {
                row.change = (analysis.change(of: arm.name)?.difference.summary).map(Estimate.init)
            }
            if reference.arm != nil, let excess = analysis.lastExcess(of: index),
                !analysis.isUnfinished(metric, in: arm, at: excess.generation)
            {
                row.difference = Estimate(excess.summary)
                row.comparedGeneration = excess.generation
            }
            return row
        }
    }
}
