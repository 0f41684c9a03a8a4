import Collapse

/// How much each generation trained on: what makes a comparison of arms fair or not.
struct DataSection {
    let analysis: Analysis
    /// Sizes of data: what was composed, and what a setting's Data panels add in the same unit,
    /// such as the tokens that several epochs passed over.
    private var sizes: [MetricDeclaration] {
        let unit = analysis.results.setting.sizeUnit
        let declared = analysis.results.setting.panels.filter { $0.section == "Data" }
            .flatMap(\.metrics)
        return analysis.measuredMetrics.filter {
            $0.name == DataMetrics.size.name
                || declared.contains($0.name) && $0.isOfFit && $0.unit == unit
        }
    }

    var section: Section? {
        let parts = sizes.map(table)
        guard !parts.isEmpty else { return nil }
        return Section(id: "data-size", heading: "Training data", body: "\(parts)")
    }

    private func table(_ metric: MetricDeclaration) -> Markup {
        let results = analysis.results
        let last = analysis.lastGeneration
        let shown = Self.shown(last)
        var table = Table(
            [("arm", .text)] + shown.map { ("t = \($0)", .number) }
                + [("sum over t = 0 to \(last)", .number)],
            caption: """
                \(metric.axisTitle) in each generation, mean over seeds. \(metric.help)\
                \(analysis.shownWords)
                """)
        var sums: [Double] = []
        let named = Set(analysis.selection.arms)
        for (index, arm) in results.arms.enumerated()
        where results.metrics.contains(arm: arm.name, metric: metric.name) {
            let curve = analysis.curve(arm: arm.name, metric: metric.name)
            let sum = curve.points.compactMap { $0?.mean }.reduce(0, +)
            if curve.points.count > last, curve.points[last] != nil { sums.append(sum) }
            guard named.contains(index) else { continue }
            table.append(
                ["\(arm.name)"]
                    + shown.map { generation in
                        curve.points[generation].map {
                            "\(NumberText.whole($0.mean))" as Markup
                        } ?? "–"
                    } + ["\(NumberText.whole(sum))"])
        }
        return "\(table.markup)<p class=\"note\">\(fairness(sums))</p>\n"
    }

    private func fairness(_ sums: [Double]) -> String {
        guard sums.count > 1, let least = sums.min(), let most = sums.max(), least > 0 else {
            return "There are no two sums to compare."
        }
        guard most / least > 1.02 else {
            return
                "All arms have the same sum (within 2 %): they differ in where their data "
                + "comes from, not in how much there is."
        }
        return "The arms did not train on the same amount: the largest sum is "
            + "\(NumberText.short(most / least, significant: 3)) times the smallest. Part of a "
            + "difference between such arms is the budget's, not the workflow's; arms with equal rows "
            + "compare on equal budgets."
    }

    /// At most eight generations, evenly spaced, with the first and the last.
    private static func shown(_ last: Int) -> [Int] {
        guard last > 7 else { return Array(0...last) }
        return (0...7).map { ($0 * last + 3) / 7 }
    }
}
