import Collapse

/// How much each generation trained on: what makes a comparison of arms fair or not.
struct DataSection {
    let analysis: Analysis
    /// What a budget is counted in: the data that was composed, and what the fits of a setting
    /// passed over it, such as tokens and steps.
    private var sizes: [MetricDeclaration] {
        let declared = analysis.results.setting.panels.filter { $0.section == "Data" }
            .flatMap(\.metrics)
        return analysis.measuredMetrics.filter {
            $0.name == DataMetrics.size.name || declared.contains($0.name) && $0.isOfFit
        }
    }

    var section: Section? {
        let sizes = sizes
        let sums = sizes.map(sums)
        let parts = zip(sizes, sums).map(table)
        guard !parts.isEmpty else { return nil }
        return Section(
            id: "data-size", heading: "Training data",
            body: "\(budgets(sizes, sums))\(parts)")
    }

    /// The sum over all generations of each arm that reached the last one; nil for others.
    private func sums(_ metric: MetricDeclaration) -> [Double?] {
        let last = analysis.lastGeneration
        return analysis.results.arms.map { arm in
            let curve = analysis.curve(arm: arm.name, metric: metric.name)
            guard curve.points.count > last, curve.points[last] != nil else { return nil }
            return curve.points.compactMap { $0?.mean }.reduce(0, +)
        }
    }

    private func table(_ metric: MetricDeclaration, _ sums: [Double?]) -> Markup {
        let results = analysis.results
        let last = analysis.lastGeneration
        let shown = Self.shown(last)
        var table = Table(
            [("arm", .text)] + shown.map { ("t = \($0)", .number) }
                + [("sum over t = 0 to \(last)", .number)],
            caption: """
                \(metric.axisTitle) in each generation, mean over seeds. \(Markup.prose(metric.help))\
                \(analysis.shownWords)
                """)
        for index in analysis.selection.arms {
            let arm = results.arms[index]
            guard results.metrics.contains(arm: arm.name, metric: metric.name) else { continue }
            let curve = analysis.curve(arm: arm.name, metric: metric.name)
            table.append(
                ["\(arm.name)"]
                    + shown.map { generation in
                        curve.points[generation].map {
                            "\(NumberText.whole($0.mean))" as Markup
                        } ?? "–"
                    } + ["\(sums[index].map(NumberText.whole) ?? "–")"])
        }
        return table.markup
    }

    // MARK: Budgets

    /// Arms of one budget: equal in everything that a budget is counted in.
    private struct Budget {
        var sums: [Double]
        var arms: [String]
    }

    /// One statement about each pair of arms: whether a difference between them may be the budget's.
    private func budgets(_ metrics: [MetricDeclaration], _ sums: [[Double?]]) -> Markup {
        var budgets: [Budget] = []
        for (index, arm) in analysis.results.arms.enumerated() {
            let own = sums.map { $0[index] }
            guard own.allSatisfy({ $0 != nil }) else { continue }
            let values = own.compactMap(\.self)
            let known = budgets.firstIndex { budget in
                zip(budget.sums, values).allSatisfy { abs($0 - $1) <= 0.02 * max($0, $1) }
            }
            if let known {
                budgets[known].arms.append(arm.name)
            } else {
                budgets.append(Budget(sums: values, arms: [arm.name]))
            }
        }
        let counted = metrics.map(\.title).joined(separator: ", ")
        let count = budgets.reduce(0) { $0 + $1.arms.count }
        guard count > 1, let first = budgets.first else { return "" }
        guard budgets.count > 1 else {
            return """
                <p>All arms have the same budget (within 2 %, summed over the generations, in: \
                \(counted)): they differ in where their data comes from, not in how much there is.</p>

                """
        }
        let items = budgets.prefix(12).map { budget -> Markup in
            let ratios = zip(metrics, zip(budget.sums, first.sums)).map { metric, sums in
                "\(metric.title) \(NumberText.whole(sums.0))"
                    + (budget.arms == first.arms || sums.1 <= 0
                        ? "" : " (\(NumberText.short(sums.0 / sums.1, significant: 3)) times)")
            }
            let named = budget.arms.prefix(8).joined(separator: ", ")
            let more = budget.arms.count > 8 ? " and \(budget.arms.count - 8) more" : ""
            return "<li><b>\(named)\(more)</b>: \(ratios.joined(separator: ", "))</li>\n"
        }
        return """
            <p>The arms of one line have equal budgets (within 2 %, summed over the generations): what \
            differs between them comes of their data. Arms of different lines differ in how much they \
            trained, too, and part of a difference between them is the budget's: a control has the \
            budget of its arm before curation, which acts on samples alone. Ratios are to the first \
            line.</p>
            <ul>
            \(items)</ul>
            \(budgets.count > 12 ? "<p>There are \(budgets.count - 12) more budgets.</p>\n" : "" as Markup)
            """
    }

    /// At most eight generations, evenly spaced, with the first and the last.
    private static func shown(_ last: Int) -> [Int] {
        guard last > 7 else { return Array(0...last) }
        return (0...7).map { ($0 * last + 3) / 7 }
    }
}
