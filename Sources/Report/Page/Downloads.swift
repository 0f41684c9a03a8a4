import Collapse
import Foundation

/// The data of the report, embedded in it as CSV.
enum Downloads {
    /// Above this many measurements the page holds the summary over seeds alone.
    static let mostRows = 60_000

    /// Links that save the embedded data.
    static func links(_ analysis: Analysis) -> Markup {
        let rows = analysis.results.metrics.count
        let summaryLink = link(summary(analysis), file: "summary.csv")
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

    /// Mean, spread and count of every metric of every arm and generation.
    static func summary(_ analysis: Analysis) -> String {
        var text = "arm,generation,metric,seeds,infinite,mean,half_width_95\n"
        for arm in analysis.results.arms {
            for metric in analysis.measuredMetrics
            where analysis.results.metrics.contains(arm: arm.name, metric: metric.name) {
                let curve = analysis.curve(arm: arm.name, metric: metric.name)
                for (generation, point) in curve.points.enumerated() {
                    guard let point, analysis.shows(generation) else { continue }
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
