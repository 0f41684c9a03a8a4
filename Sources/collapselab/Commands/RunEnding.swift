import Collapse
import Foundation
import Lab
import Report
import Support

/// What a run writes, and says of its arms, when everything is recorded.
struct RunEnding {
    /// The last of the lines of JSON.
    private struct Outcome: Encodable {
        var v = 1
        var event = "outcome"
        var metric: String
        var arms: [OutcomeTable.Row]
        var failures: Int
        var report: String
    }

    var results: ExperimentResults
    /// Chains that failed.
    var failures: Int
    var directory: String

    /// Writes figures and page, and says how the arms ended.
    func report(isQuiet: Bool, printsJSON: Bool = false) throws {
        let analysis = Analysis(results)
        let table = OutcomeTable(analysis)
        // What is said may be lost, what is written may not.
        let page = try ReportFiles.write(analysis, to: directory)
        if printsJSON {
            try StandardOutput.write(
                jsonLine(
                    Outcome(
                        metric: table.metric, arms: table.rows, failures: failures, report: page)))
            return
        }
        if !isQuiet {
            TheorySummary.lines(results).forEach(note)
            for line in OutcomeText.lines(table, width: TerminalSize.outputWidth) {
                try printLine(line)
            }
        }
        try printLine(page)
    }
}
