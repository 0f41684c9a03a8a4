import Collapse
import Foundation
import Support

/// Writes the report of an experiment: its figures, and a page that needs nothing beside itself.
package struct ReportWriter: Sendable {
    /// What was written.
    package struct Outcome: Sendable {
        /// The paths of the written files, the page last.
        package var files: [String]
        /// What could not be done; the page says so too.
        package var problems: [ReportError]
    }

    /// The plotting program: a name to look for in PATH, or a path.
    package var gnuplot: String
    /// What the figures are written as; SVG always is, because the page holds it.
    package var formats: [FigureFormat]

    /// - Parameters:
    ///   - gnuplot: The plotting program: a name to look for in PATH, or a path.
    ///   - formats: What the figures are written as, beside SVG.
    package init(gnuplot: String = "gnuplot", formats: [FigureFormat] = [.svg]) {
        self.gnuplot = gnuplot
        self.formats = formats
    }

    /// Writes `figures/NAME.svg` with its script `figures/NAME.gnuplot` (and the other formats
    /// asked for) and `report.html` into a folder, which is there.
    ///
    /// Equal results give equal SVG and HTML, byte for byte. Every file is whole or absent. A
    /// figure that cannot be drawn, for want of gnuplot too, is a problem of the outcome and no
    /// error: the page is then written without it.
    ///
    /// - Parameters:
    ///   - analysis: The results; an experiment that is unfinished or has measured nothing has a report, too.
    ///   - directory: The folder's path.
    /// - Returns: The paths of what was written, and what could not be drawn.
    /// - Throws: When a file or the folder cannot be written.
    @discardableResult
    package func write(
        _ analysis: Analysis, to directory: String
    ) throws -> Outcome {
        let builder = FigureBuilder(analysis)
        let figures = builder.all()
        let folder = directory + "/figures"
        // A folder that was moved away meanwhile is not made again.
        try FileSystem.createFolder(folder, below: directory)
        for folder in [directory, folder] { try Staging.sweep(folder) }
        let staging = try StagingFolder(in: folder)
        let drawing = FigureWriter(gnuplot: gnuplot, formats: formats)
        var outcome = Outcome(files: [], problems: [])
        var images: [(figure: ReportFigure, svg: String?)] = []
        for figure in figures {
            var svg: String?
            do {
                svg = try drawing.draw(
                    figure.figure, in: folder, by: staging.path, files: &outcome.files)
            } catch let problem as ReportError {
                if !outcome.problems.contains(problem) { outcome.problems.append(problem) }
            }
            images.append((figure, svg))
        }
        let page = ReportPage(
            analysis: analysis, scaling: builder.scaling, figures: images,
            problems: outcome.problems.map(\.description))
        let path = directory + "/report.html"
        try AtomicFile.write(page.html, to: path, staging: directory)
        outcome.files.append(path)
        return outcome
    }
}
