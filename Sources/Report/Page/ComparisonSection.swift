import Collapse

/// Arm against arm, and arm against the tolerance along a sweep.
struct ComparisonSection {
    let analysis: Analysis
    /// Up to this many arms every pair is shown.
    private static let mostArms = 7

    private var results: ExperimentResults { analysis.results }

    /// The differences between arms at the last generation.
    var differences: Section? {
        let unit = analysis.headline.unit.isEmpty ? "" : " (\(analysis.headline.unit))"
        var table = Table(
            [
                ("difference", .text), ("mean\(unit)", .number), ("standard error", .number),
                ("standard errors from 0", .number), ("same sign in every seed", .number),
                ("seeds", .number),
            ],
            caption: """
                \(analysis.headline.title) at generation \(analysis.lastGeneration), first arm minus \
                second arm within each seed. Seeds pair the arms, so what they share cancels.
                """)
        let (pairs, scope) = pairs
        for pair in pairs {
            guard
                let comparison = ArmComparison(
                    results, results.arms[pair.first].name,
                    minus: results.arms[pair.second].name, metric: analysis.headline.name,
                    generation: analysis.lastGeneration)
            else { continue }
            let summary = comparison.difference.summary
            let error = summary.standardError
            let sign =
                summary.count < 2 ? "one seed" : comparison.difference.hasOneSign ? "yes" : "no"
            table.append([
                pair.label ?? "\(comparison.first) − \(comparison.second)",
                "\(NumberText.difference(summary.mean, standardError: error))",
                "\(error.isFinite ? NumberText.short(error, significant: 2) : "–")",
                "\(HeadlineSection.standardErrors(comparison.difference.standardErrors))",
                "\(sign)", "\(summary.count)",
            ])
        }
        guard !table.rows.isEmpty else { return nil }
        return Section(
            id: "differences", heading: "Differences between arms",
            body: """
                \(table.markup)<p class="note">\(scope); nothing is corrected for the number of \
                comparisons. The pairing holds for arms on the same random stream.</p>
                """)
    }

    private typealias Pair = (first: Int, second: Int, label: Markup?)

    /// Which arms to compare: the curves of a sweep at equal values of its key, all pairs of a few
    /// arms, or many arms with the first.
    private var pairs: (pairs: [Pair], scope: String) {
        if let sweep = analysis.sweep, sweep.groups.count > 1, sweep.groups.count < 5 {
            let arms = sweep.groups.map { group in
                Dictionary(uniqueKeysWithValues: group.points.map { ($0.index, $0.arm) })
            }
            var pairs: [Pair] = []
            for index in sweep.grid.indices {
                let here = zip(sweep.groups, arms).compactMap { group, arms in
                    arms[index].map { (group.label, $0) }
                }
                for (offset, first) in here.enumerated() {
                    for second in here[(offset + 1)...] {
                        let value = NumberText.short(sweep.grid[index])
                        pairs.append(
                            (
                                first.1, second.1,
                                "\(first.0) − \(second.0), \(sweep.title) \(value)"
                            ))
                    }
                }
            }
            let scope = "Curves of the sweep are compared at equal \(sweep.title)"
            guard analysis.selection.isPartial, pairs.count > ArmSelection.count else {
                return (pairs, scope)
            }
            let spread = ArmSelection.spread(pairs, ArmSelection.count)
            return (
                spread, scope + "; shown are \(spread.count) of \(pairs.count) pairs along the grid"
            )
        }
        let arms = results.arms.indices.filter {
            results.metrics.contains(
                arm: results.arms[$0].name, metric: analysis.headline.name)
        }
        if analysis.selection.isPartial, let first = arms.first {
            let others = analysis.selection.arms.filter { $0 != first }
            return (
                others.map { (first, $0, nil) },
                "Of \(results.arms.count) arms the \(others.count) named on this page are compared with "
                    + "the first, \(results.arms[first].name)"
            )
        }
        var pairs: [Pair] = []
        for (offset, first) in arms.enumerated() where offset == 0 || arms.count <= Self.mostArms {
            for second in arms[(offset + 1)...] { pairs.append((first, second, nil)) }
        }
        return (
            pairs,
            arms.count <= Self.mostArms
                ? "All pairs of arms are shown"
                : "With \(arms.count) arms only the differences from the first are shown"
        )
    }

    /// How much of the swept key is enough.
    func sweep(figure: Markup) -> Section? {
        guard let excess = SweepExcess(analysis) else { return nil }
        let body: Markup =
            excess.tolerance.map { "\(figure)\(enough(excess, within: $0))" } ?? figure
        return Section(id: "sweep", heading: "Excess against \(excess.sweep.title)", body: body)
    }

    /// Which value of the swept key is enough, curve by curve.
    private func enough(_ excess: SweepExcess, within tolerance: Double) -> Markup {
        let key = excess.sweep.title
        let limit = NumberText.short(tolerance)
        let unit = analysis.headline.unit.isEmpty ? "" : " \(analysis.headline.unit)"
        let within =
            excess.isTwoSided ? "differs by at most \(limit)\(unit)" : "is at most \(limit)\(unit)"
        var table = Table(
            [
                ("curve", .text), ("smallest grid value within tolerance", .number),
                ("interpolated", .number), ("95 % interval", .number), ("seeds", .number),
            ],
            caption: """
                Smallest \(key) whose \(analysis.headline.title) at generation \(excess.generation), less \
                that of \(excess.over), \(within).
                """)
        var sentences: [Markup] = []
        var methods: Set<Sufficiency.Method?> = []
        for group in excess.groups {
            guard let sufficiency = group.sufficiency else { continue }
            methods.insert(Sufficiency.Method(seeds: sufficiency.seeds))
            let name = group.label.isEmpty ? "this sweep" : group.label
            let smallest = sufficiency.smallestGridValue.map { NumberText.short($0) }
            let interval = sufficiency.interval.map {
                Self.words($0.lowerBound) + " to " + Self.words($0.upperBound)
            }
            table.append([
                "\(name)", "\(smallest ?? "none")", "\(Self.words(sufficiency.crossing))",
                "\(interval ?? "–")", "\(sufficiency.seeds)",
            ])
            let place = "within \(limit)\(unit) of \(excess.over)"
            sentences.append(
                smallest.map {
                    "<li>\(name): the smallest \(key) of the grid \(place) is \($0)\(interval.map { ", 95 % interval of the interpolated value \($0)" } ?? "").</li>\n"
                } ?? "<li>\(name): no \(key) of the grid is \(place).</li>\n")
        }
        guard !table.rows.isEmpty else { return "" }
        return """
            <div class="verdict"><ul>
            \(sentences)</ul></div>
            \(table.markup)<p class="note">The interpolated value is where straight lines between the \
            grid's means first come within the tolerance. \(Self.words(methods)) The answer holds for \
            this model, this data and this number of generations.\
            \(analysis.lacksControls ? " " + Analysis.withoutControl : "")</p>

            """
    }

    private static func words(_ methods: Set<Sufficiency.Method?>) -> String {
        var words: [String] = []
        if methods.contains(.bootstrap) {
            words.append(
                "Its interval is the percentile bootstrap over whole seeds (\(Sufficiency.resamples) "
                    + "resamples, always the same ones).")
        }
        if methods.contains(.student) {
            words.append(
                "Its interval is where the limits of Student's 95 % intervals of the excess come "
                    + "within the tolerance, seeds paired.")
        }
        if methods.contains(nil) { words.append("Fewer than three seeds give no interval.") }
        return words.joined(separator: " ")
    }

    private static func words(_ crossing: Sufficiency.Crossing) -> String {
        switch crossing {
        case .atOrBelow(let value):
            value == 0 ? "0" : "at most " + NumberText.short(value)
        case .value(let value): NumberText.short(value, significant: 3)
        case .above(let value): "above " + NumberText.short(value)
        }
    }
}
