import Support

/// Draws single figures into files.
package struct FigureWriter: Sendable {
    /// The plotting program: a name to look for in PATH, or a path.
    package var gnuplot: String
    /// What figures are written as, beside SVG.
    package var formats: [FigureFormat]

    /// - Parameters:
    ///   - gnuplot: The plotting program: a name to look for in PATH, or a path.
    ///   - formats: What figures are written as, beside SVG.
    package init(gnuplot: String = "gnuplot", formats: [FigureFormat] = [.svg]) {
        self.gnuplot = gnuplot
        self.formats = formats
    }

    /// Writes `NAME.svg` with its script `NAME.gnuplot`, and the other formats, into a folder, which
    /// is there. Every file is whole or absent.
    ///
    /// - Returns: The paths of what was written.
    /// - Throws: ``ReportError`` where the figure cannot be drawn, `FileError` where it cannot be
    ///   written.
    package func write(_ figure: Figure, to folder: String) throws -> [String] {
        try Staging.sweep(folder)
        let staging = try StagingFolder(in: folder)
        var files: [String] = []
        _ = try draw(figure, in: folder, by: staging.path, files: &files)
        return files
    }

    /// Draws one figure in every format and returns its SVG. It grows in `staging`, a folder of this
    /// process alone, and takes its place whole.
    func draw(
        _ figure: Figure, in folder: String, by staging: String, files: inout [String]
    ) throws -> String {
        let program = Gnuplot(executable: gnuplot)
        let base = "\(folder)/\(figure.name)"
        let script = base + ".gnuplot"
        try AtomicFile.write(
            GnuplotScript.text(figure, format: .svg), to: script, staging: folder)
        files.append(script)
        let temporary = staging + "/picture"
        try program.draw(figure.name, script: script, to: temporary)
        let drawn = String(decoding: try FileSystem.content(of: temporary), as: UTF8.self)
        let svg = VectorImage.cleaned(drawn, figure: figure)
        guard VectorImage.isWhole(drawn), VectorImage.isWhole(svg) else {
            throw ReportError(
                .figureFailed(figure: figure.name, message: "the picture is not whole"))
        }
        try AtomicFile.write(svg, to: base + ".svg", staging: folder)
        files.append(base + ".svg")
        for format in FigureFormat.allCases where format != .svg && formats.contains(format) {
            let source = staging + "/script"
            try AtomicFile.write(
                GnuplotScript.text(figure, format: format), to: source, staging: staging)
            try program.draw(figure.name, script: source, to: temporary)
            let path = "\(base).\(format.rawValue)"
            try FileSystem.move(temporary, to: path)
            files.append(path)
        }
        return svg
    }
}
