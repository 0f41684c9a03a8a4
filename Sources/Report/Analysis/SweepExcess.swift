import Collapse

/// How far the headline metric is from each arm's reference, along a sweep.
struct SweepExcess: Sendable {
    struct Group: Sendable {
        /// The curve.
        var sweep: Sweep.Group
        var label: String { sweep.label }
        /// The excess over seeds at each value of the grid that has been measured, counted so that
        /// worse is positive where the metric has a better direction.
        var points: [(index: Int, excess: Summary)]
        /// Nil where no seed has every value of the grid, or where the key is no amount.
        var sufficiency: Sufficiency?
    }

    var sweep: Sweep
    /// The last generation at which every arm has its reference.
    var generation: Int
    var groups: [Group]
    /// Arms outside the sweep with their excess.
    var references: [(arm: Int, excess: Summary)]
    /// Nil where it cannot be asked how much is enough.
    var tolerance: Double?
    /// What the excess is over, in words.
    var over: String
    /// Whether both directions count, since the metric has no better one.
    var isTwoSided: Bool

    init?(_ analysis: Analysis) {
        guard let sweep = analysis.sweep, analysis.lastGeneration > 0 else { return nil }
        self.sweep = sweep
        let results = analysis.results
        isTwoSided = ![.lowerIsBetter, .higherIsBetter].contains(analysis.headline.direction)
        tolerance = sweep.isOfAmount ? results.tolerance : nil
        let swept = sweep.groups.flatMap(\.points).map(\.arm) + sweep.references
        let generation = swept.compactMap { analysis.lastExcess(of: $0)?.generation }.min()
        guard let generation, generation > 0 else { return nil }
        self.generation = generation
        over = Self.words(Set(swept.map(analysis.reference(of:))))
        let sign: Double = analysis.headline.direction == .higherIsBetter ? -1 : 1
        func excesses(_ arm: Int) -> [Double?] {
            analysis.excess(of: arm, at: generation)?.values.map { $0.map { sign * $0 } }
                ?? Array(repeating: nil, count: results.seeds.count)
        }
        let (tolerance, isTwoSided) = (tolerance, isTwoSided)
        groups = sweep.groups.compactMap { group in
            // A curve of controls is what the others are held against.
            guard group.points.contains(where: { analysis.reference(of: $0.arm) != .itself })
            else { return nil }
            let rows = group.points.map { (index: $0.index, values: excesses($0.arm)) }
            let points = rows.compactMap { row -> (index: Int, excess: Summary)? in
                let values = row.values.compactMap(\.self)
                return values.isEmpty ? nil : (row.index, Summary(values))
            }
            // Intervals are of seeds, so only those that ran the whole grid take part.
            let complete = results.seeds.indices.filter { seed in
                rows.allSatisfy { $0.values[seed] != nil }
            }
            let sufficiency = tolerance.flatMap { tolerance in
                rows.count > 1 && !complete.isEmpty
                    ? Sufficiency(
                        grid: rows.map { sweep.grid[$0.index] },
                        excess: rows.map { row in complete.compactMap { row.values[$0] } },
                        tolerance: tolerance, isTwoSided: isTwoSided) : nil
            }
            return Group(sweep: group, points: points, sufficiency: sufficiency)
        }
        references = sweep.references.compactMap { arm in
            guard analysis.reference(of: arm) != .itself else { return nil }
            let values = excesses(arm).compactMap(\.self)
            return values.isEmpty ? nil : (arm, Summary(values))
        }
        if !groups.contains(where: { !$0.points.isEmpty }) { return nil }
    }

    private static func words(_ references: Set<Excess.Reference>) -> String {
        var words: [String] = []
        if references.contains(where: { if case .control = $0 { true } else { false } }) {
            words.append("the control")
        }
        if references.contains(where: { if case .realArm = $0 { true } else { false } }) {
            words.append("the arm of real data alone")
        }
        if references.contains(.generation0) || words.isEmpty { words.append("generation 0") }
        return words.joined(separator: " or, without one, ")
    }
}
