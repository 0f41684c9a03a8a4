import Collapse

/// How much worse the headline metric is at the last generation than at generation 0, along a
/// sweep.
struct SweepExcess: Sendable {
    struct Group: Sendable {
        var label: String
        /// The excess over seeds at each value of the grid that has been measured.
        var points: [(index: Int, excess: Summary)]
        /// Nil where no seed has every value of the grid.
        var sufficiency: Sufficiency?
    }

    var sweep: Sweep
    var groups: [Group]
    /// Arms outside the sweep with their excess.
    var references: [(arm: Int, excess: Summary)]
    var tolerance: Double

    init?(_ analysis: Analysis) {
        guard let sweep = analysis.sweep, analysis.lastGeneration > 0 else { return nil }
        self.sweep = sweep
        let results = analysis.results
        tolerance = results.tolerance
        func excesses(_ arm: Int) -> [Double?] {
            results.seeds.map { seed in
                func value(_ generation: Int) -> Double? {
                    results.metrics.value(
                        arm: results.arms[arm].name, seed: seed, generation: generation,
                        metric: analysis.headline.name)
                }
                guard let first = value(0), let last = value(analysis.lastGeneration) else {
                    return nil
                }
                return analysis.headline.worsening(from: first, to: last)
            }
        }
        groups = sweep.groups.map { group in
            let rows = group.points.map { (index: $0.index, values: excesses($0.arm)) }
            let points = rows.compactMap { row -> (index: Int, excess: Summary)? in
                let values = row.values.compactMap(\.self)
                return values.isEmpty ? nil : (row.index, Summary(values))
            }
            // The bootstrap draws whole seeds, so only those that ran the whole grid take part.
            let complete = results.seeds.indices.filter { seed in
                rows.allSatisfy { $0.values[seed] != nil }
            }
            let isComplete = rows.count > 1 && !complete.isEmpty
            let sufficiency =
                isComplete
                ? Sufficiency(
                    grid: rows.map { sweep.grid[$0.index] },
                    excess: rows.map { row in complete.compactMap { row.values[$0] } },
                    tolerance: results.tolerance) : nil
            return Group(label: group.label, points: points, sufficiency: sufficiency)
        }
        references = sweep.references.compactMap { arm in
            let values = excesses(arm).compactMap(\.self)
            return values.isEmpty ? nil : (arm, Summary(values))
        }
        if !groups.contains(where: { !$0.points.isEmpty }) { return nil }
    }
}
