import Collapse
import Foundation

/// The data of the report, embedded in it as CSV.
enum Downloads {
    /// Above this many measurements the page holds the summary over seeds alone.
    static let mostRows = 60_000

    /// Links that save the embedded data.
    static func links(_ analysis: Analysis) -> Markup {
        let rows = analysis.results.metrics.count
        if analysis.selection.isPartial { return lastGenerationLink(analysis) }
        let summaryLink = link(
            summary(analysis, of: analysis.results.arms, at: analysis.shows), file: "summary.csv")
        guard rows <= mostRows else {
            return """
                <p class="downloads">Data in this page: \(summaryLink) (mean and 95 % half width over \
                seeds). The \(NumberText.whole(Double(rows))) single measurements are in \
                <code>metrics.csv</code> of the run's folder.</p>

                """
        }
        return """
            <p class="downloads">Data in this page: \(link(analysis.results.metrics.csv, file: "metrics.csv")) \
            (every measurement), \(summaryLink) (mean and 95 % half width over seeds).</p>

            """
    }

    /// The link of a page of many arms, which holds the last generation alone: of all arms, or of
    /// very many those that the page names.
    private static func lastGenerationLink(_ analysis: Analysis) -> Markup {
        let last = analysis.lastGeneration
        let all = analysis.results.arms
        let arms = all.count * analysis.measuredMetrics.count <= mostRows ? all : analysis.shownArms
        let table = summary(analysis, of: arms) { $0 == last }
        return """
            <p class="downloads">Data in this page: \(link(table, file: "summary.csv")) (mean and 95 % \
            half width over seeds at generation \(last) of \(arms.count) arms). The \
            \(NumberText.whole(Double(analysis.results.metrics.count))) single measurements are in \
            <code>metrics.csv</code> of the run's folder.</p>

            """
    }

    /// Mean, spread and count of every metric of arms at some generations.
    private static func summary(
        _ analysis: Analysis, of arms: [ExperimentResults.Arm], at shows: (Int) -> Bool
    ) -> String {
        var text = "arm,generation,metric,seeds,infinite,mean,half_width_95\n"
        for arm in arms {
            for metric in analysis.measuredMetrics
            where analysis.results.metrics.contains(arm: arm.name, metric: metric.name) {
                let curve = analysis.curve(arm: arm.name, metric: metric.name)
                for (generation, point) in curve.points.enumerated() {
                    guard let point, shows(generation) else { continue }
                    text +=
                        "\(CSVField.text(arm.name)),\(generation),\(CSVField.text(metric.name)),\(point.count),"
                    text += "\(point.infiniteCount),\(point.mean),\(point.halfWidth())\n"
                }
            }
        }
        return text
    }

    private static func link(_ csv: String, file: String) -> Markup {
        let data = Data(csv.utf8).base64EncodedString()
        return
            "<a download=\"\(file)\" href=\"data:text/csv;base64,\(Markup(trusted: data))\">\(file)</a>"
    }
}
