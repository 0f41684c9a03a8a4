import Collapse

/// How much each generation trained on: what makes a comparison of arms fair or not.
struct DataSection {
    let analysis: Analysis
    private static let size = "data.size"

    var markup: Markup {
        guard analysis.contains(Self.size) else { return "" }
        let results = analysis.results
        let last = analysis.lastGeneration
        let shown = Self.shown(last)
        var table = Table(
            [("arm", .text)] + shown.map { ("t = \($0)", .number) }
                + [("sum over t = 0 to \(last)", .number)],
            caption:
                "Training data of each generation in \(results.setting.sizeUnit), mean over seeds.")
        var sums: [Double] = []
        for arm in results.arms {
            guard results.metrics.contains(arm: arm.name, metric: Self.size) else { continue }
            let curve = Curve(results, arm: arm.name, metric: Self.size)
            let sum = curve.points.compactMap { $0?.mean }.reduce(0, +)
            if curve.points.count > last, curve.points[last] != nil { sums.append(sum) }
            table.append(
                ["\(arm.name)"]
                    + shown.map { generation in
                        curve.points[generation].map {
                            "\(NumberText.whole($0.mean))" as Markup
                        } ?? "–"
                    } + ["\(NumberText.whole(sum))"])
        }
        guard !table.rows.isEmpty else { return "" }
        return """
            <section id="data-size"><h2>Training data</h2>
            \(table.markup)<p class="note">\(fairness(sums))</p></section>

            """
    }

    private func fairness(_ sums: [Double]) -> String {
        guard sums.count > 1, let least = sums.min(), let most = sums.max(), least > 0 else {
            return "There is one budget, so there is nothing to compare."
        }
        guard most / least > 1.02 else {
            return
                "All arms trained on the same amount (within 2 %): they differ in where their data "
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
