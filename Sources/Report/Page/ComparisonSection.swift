import Collapse

/// Arm against arm, and arm against the tolerance along a sweep.
struct ComparisonSection {
    let analysis: Analysis
    /// Up to this many arms every pair is shown.
    private static let mostArms = 7

    private var results: ExperimentResults { analysis.results }

    /// The differences between arms at the last generation.
    var differences: Markup {
        let arms = results.arms.filter {
            results.metrics.contains(arm: $0.name, metric: analysis.headline.name)
        }
        guard arms.count > 1 else { return "" }
        var pairs: [(Int, Int)] = []
        for first in arms.indices {
            for second in arms.indices where second > first { pairs.append((first, second)) }
        }
        let showsAll = arms.count <= Self.mostArms
        if !showsAll { pairs = pairs.filter { $0.0 == 0 } }
        let unit = analysis.headline.unit.isEmpty ? "" : " (\(analysis.headline.unit))"
        var table = Table(
            [
                ("difference", .text), ("mean\(unit)", .number), ("standard error", .number),
                ("standard errors from 0", .number), ("same sign in every seed", .text),
                ("seeds", .number),
            ],
            caption: """
                \(analysis.headline.title) at generation \(analysis.lastGeneration), first arm minus \
                second arm within each seed. Seeds pair the arms, so what they share cancels.
                """)
        for (first, second) in pairs {
            guard
                let comparison = ArmComparison(
                    results, arms[first].name, minus: arms[second].name,
                    metric: analysis.headline.name, generation: analysis.lastGeneration)
            else { continue }
            let summary = comparison.difference.summary
            let isSingle = summary.count < 2
            let sign =
                isSingle ? "one seed" : comparison.difference.hasOneSign ? "yes" : "no"
            table.append([
                "\(comparison.first) − \(comparison.second)",
                "\(NumberText.signed(summary.mean))",
                "\(summary.standardError.isFinite ? NumberText.short(summary.standardError, significant: 2) : "–")",
                "\(HeadlineSection.standardErrors(comparison.difference.standardErrors))",
                "\(sign)", "\(summary.count)",
            ])
        }
        guard !table.rows.isEmpty else { return "" }
        let scope =
            showsAll
            ? "All pairs of arms are shown"
            : "With \(results.arms.count) arms only the differences from the first are shown"
        return """
            <section id="differences"><h2>Differences between arms</h2>
            \(table.markup)<p class="note">\(scope); nothing is corrected for the number of \
            comparisons. Arms on different random streams are not paired: their standard errors are \
            then larger than shown for pairs.</p></section>

            """
    }

    /// How much of the swept key is enough.
    func sweep(figure: Markup) -> Markup {
        guard let excess = SweepExcess(analysis) else { return "" }
        let key = excess.sweep.title
        let tolerance = NumberText.short(excess.tolerance)
        let unit = analysis.headline.unit.isEmpty ? "" : " \(analysis.headline.unit)"
        var table = Table(
            [
                ("curve", .text), ("smallest grid value within tolerance", .number),
                ("interpolated", .number), ("95 % interval", .number), ("seeds", .number),
            ],
            caption: """
                Smallest \(key) whose excess of \(analysis.headline.title) at generation \
                \(analysis.lastGeneration) over generation 0 is at most \(tolerance)\(unit).
                """)
        var sentences: [Markup] = []
        for group in excess.groups {
            guard let sufficiency = group.sufficiency else { continue }
            let name = group.label.isEmpty ? "this sweep" : group.label
            let smallest = sufficiency.smallestGridValue.map { NumberText.short($0) }
            let interval = sufficiency.interval.map {
                Self.words($0.lowerBound) + " to " + Self.words($0.upperBound)
            }
            table.append([
                "\(name)", "\(smallest ?? "none")", "\(Self.words(sufficiency.crossing))",
                "\(interval ?? "–")", "\(sufficiency.seeds)",
            ])
            sentences.append(
                smallest.map {
                    "<li>\(name): the smallest \(key) of the grid within \(tolerance)\(unit) of generation 0 is \($0)\(interval.map { ", 95 % interval of the interpolated value \($0)" } ?? "").</li>\n"
                }
                    ?? "<li>\(name): no \(key) of the grid is within \(tolerance)\(unit) of generation 0.</li>\n"
            )
        }
        let enough: Markup =
            table.rows.isEmpty
            ? ""
            : """
            <div class="verdict"><ul>
            \(sentences)</ul></div>
            \(table.markup)<p class="note">The interpolated value is where straight lines between the \
            grid's means first come within the tolerance; its interval is the percentile bootstrap \
            over whole seeds (2 000 resamples, always the same ones). With fewer than about ten seeds \
            such intervals are too narrow. The answer holds for this model, this data and this \
            number of generations.</p>

            """
        return """
            <section id="sweep"><h2>Excess against \(key)</h2>
            \(figure)\(enough)</section>

            """
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
