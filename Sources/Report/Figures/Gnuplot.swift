import Foundation

/// The plotting program as a subprocess: a script on its standard input, a picture on its output.
struct Gnuplot {
    /// A name to look for in PATH, or a path.
    var executable: String

    /// The program's path.
    func locate() throws(ReportError) -> String {
        var candidates = [executable]
        if !executable.contains("/") {
            let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            candidates = folders.split(separator: ":").map { "\($0)/\(executable)" }
        }
        guard let path = candidates.first(where: FileManager.default.isExecutableFile(atPath:))
        else {
            throw ReportError(.gnuplotMissing(executable: executable))
        }
        return path
    }

    /// Draws a script into a file.
    ///
    /// Both ends are files, not pipes: neither side can wait for the other, and a program that dies
    /// early leaves no broken pipe behind.
    func draw(_ figure: String, script: String, to path: String) throws(ReportError) {
        let program = try locate()
        let complaints = path + ".errors"
        defer { try? FileManager.default.removeItem(atPath: complaints) }
        for file in [path, complaints] {
            guard FileManager.default.createFile(atPath: file, contents: nil) else {
                throw ReportError(.cannotWrite(path: file, reason: "the folder takes no new file"))
            }
        }
        guard let input = FileHandle(forReadingAtPath: script),
            let output = FileHandle(forWritingAtPath: path),
            let errors = FileHandle(forWritingAtPath: complaints)
        else {
            throw ReportError(.cannotWrite(path: path, reason: "its script cannot be read"))
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        // Default settings: nobody's own start-up file changes a figure.
        process.arguments = ["-d"]
        process.environment = ["LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "0"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw ReportError(
                .figureFailed(figure: figure, message: error.localizedDescription))
        }
        process.waitUntilExit()
        try? output.close()
        let message = Gnuplot.complaint(in: complaints)
        guard process.terminationStatus == 0 else {
            throw ReportError(
                .figureFailed(
                    figure: figure,
                    message: message ?? "exit status \(process.terminationStatus)"))
        }
    }

    /// The last line that says something, without gnuplot's pointer to the place.
    private static func complaint(in path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .last { !$0.isEmpty && $0 != "^" }
    }
}
