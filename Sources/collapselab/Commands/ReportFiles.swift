import Lab
import Report

/// The figures and the page of a run, with the sums that `verify` holds them against.
enum ReportFiles {
    /// Writes them and tells the user what could not be drawn.
    ///
    /// - Returns: The path of the page.
    static func write(
        _ analysis: Analysis, to directory: String, formats: [FigureFormat] = [.svg]
    ) throws -> String {
        try RunDirectory.writingReport(in: directory) {
            let outcome = try ReportWriter(formats: formats).write(analysis, to: directory)
            for problem in outcome.problems { note("\(problem)") }
            try RunSums.write(in: directory)
        }
        return directory + "/report.html"
    }
}
