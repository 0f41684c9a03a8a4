import Collapse

/// Arm against arm, and arm against the tolerance along a sweep.
struct ComparisonSection {
    let analysis: Analysis
    private var results: ExperimentResults { analysis.results }

    /// The differences between arms at the last generation.
    var differences: Section? {
        let unit = analysis.headline.unit.isEmpty ? "" : " (\(analysis.headline.unit))"
        var table = Table(
            [
                ("difference", .text), ("mean\(unit)", .number), ("standard error", .number),
                ("standard errors from 0", .number), ("p", .number), ("p after Holm", .number),
                ("same sign in every seed", .number), ("seeds", .number),
            ],
            caption: """
                \(analysis.headline.title) at generation \(analysis.lastGeneration), first arm minus \
                second arm within each seed. Seeds pair the arms, so what they share cancels.
                """)
        let (pairs, scope) = pairs
        let compared = pairs.compactMap { pair in
            ArmComparison(
                results, results.arms[pair.first].name, minus: results.arms[pair.second].name,
                metric: analysis.headline.name, generation: analysis.lastGeneration
            ).map { (pair: pair, comparison: $0) }
        }
        let probabilities = compared.map { pair in
            let test = StudentTest(pair.comparison.difference.differences)
            return min(1, 2 * min(test.above(0), test.below(0)))
        }
        let adjusted = HolmCorrection.adjusted(probabilities)
        for (place, (pair, comparison)) in compared.enumerated() {
            let summary = comparison.difference.summary
            let error = summary.standardError
            let sign =
                summary.count < 2 ? "one seed" : comparison.difference.hasOneSign ? "yes" : "no"
            table.append([
                pair.label ?? "\(comparison.first) − \(comparison.second)",
                "\(NumberText.difference(summary.mean, standardError: error))",
                "\(error.isFinite ? NumberText.short(error, significant: 2) : "–")",
                "\(HeadlineSection.standardErrors(comparison.difference.standardErrors))",
                Self.probability(probabilities[place], summary),
                Self.probability(adjusted[place], summary), "\(sign)", "\(summary.count)",
            ])
        }
        guard !table.rows.isEmpty else { return nil }
        return Section(
            id: "differences", heading: "Differences between arms",
            body: """
                \(table.markup)<p class="note">\(scope). Two-sided p values of Student's test over seeds; \
                Holm's correction is over the rows of this table. The pairing holds for arms on the same \
                random stream.</p>
                """)
    }

    private static func probability(_ value: Double, _ summary: Summary) -> Markup {
        summary.count > 1 && summary.mean.isFinite
            ? "\(NumberText.short(value, significant: 2))" : "–"
    }

    private typealias Pair = (first: Int, second: Int, label: Markup?)

    /// Which arms to compare: those asked for, the curves of a sweep at equal values of its key, or
    /// each arm with its control and arms with neighbouring means.
    private var pairs: (pairs: [Pair], scope: String) {
        if !results.comparisons.isEmpty {
            func arm(_ name: String) -> Int? { results.arms.firstIndex { $0.name == name } }
            return (
                results.comparisons.compactMap { pair in
                    guard let first = arm(pair.first), let second = arm(pair.second) else {
                        return nil
                    }
                    return (first, second, nil)
                }, "The pairs that the experiment asks for"
            )
        }
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
        let ranked = analysis.selection.arms.compactMap { arm -> (arm: Int, mean: Double)? in
            let values = results.metrics.values(
                arm: results.arms[arm].name, generation: analysis.lastGeneration,
                metric: analysis.headline.name, seeds: results.seeds)
            return values.isEmpty ? nil : (arm, Summary(values).mean)
        }.sorted { ($0.mean, $0.arm) < ($1.mean, $1.arm) }.map(\.arm)
        let controlled = analysis.selection.arms.compactMap { arm -> Pair? in
            guard case .arm(let control) = results.arms[arm].reference else { return nil }
            return (arm, control, nil)
        }
        let neighbours = zip(ranked.dropFirst(), ranked).map { Pair($0, $1, nil) }.filter { pair in
            !controlled.contains {
                [$0.first, $0.second].sorted() == [pair.first, pair.second].sorted()
            }
        }
        return (
            controlled + neighbours,
            (controlled.isEmpty ? "" : "Every arm is compared with its control. ")
                + "Arms whose means are neighbours are compared; `compare:` in the experiment asks for "
                + "other pairs" + (analysis.selection.isPartial ? ". \(analysis.shownWords)" : "")
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
