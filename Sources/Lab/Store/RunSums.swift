package import Collapse
import Glibc
import Support

/// `SHA256SUMS` of a run directory: the sums of everything that is made from the records, in the
/// form that `sha256sum --check` reads.
///
/// Records and objects hold sums of their own.
package enum RunSums {
    /// The name of the file inside the run directory.
    package static let fileName = "SHA256SUMS"
    /// What has a sum where it is there, beside everything in `figures/`.
    private static let files = [
        "experiment.yaml", RunDirectory.copyOfSpecification, "metrics.csv", "report.html",
        RunSummary.fileName, "theory.csv", "effective-sample.csv",
    ]

    /// Writes the sums of the files as they are now.
    package static func write(in directory: String) throws {
        var text = ""
        for name in try names(in: directory) {
            guard let sum = try sum(of: directory + "/" + name) else { continue }
            text += "\(sum)  \(name)\n"
        }
        text += seal(of: text)
        try AtomicFile.write(text, to: directory + "/" + fileName, staging: directory)
    }

    /// SHA-256 of a file; nil where there is none.
    private static func sum(of path: String) throws(FileError) -> String? {
        guard FileSystem.exists(path) else { return nil }
        return try SHA256.digest(ofFile: path).digest.hexadecimal
    }

    /// The last line, a comment to `sha256sum`: the sum of the lines before it, so that none is lost.
    private static func seal(of lines: String) -> String {
        "# \(SHA256.digest(of: lines.utf8).hexadecimal)\n"
    }

    /// What is no longer as it was when the sums were written: each file with what is wrong.
    static func findings(in directory: String) throws -> [RunFinding] {
        let path = directory + "/" + fileName
        guard let bytes = try FileSystem.read(path) else {
            // A run that has not come to its report yet has no sums.
            guard FileSystem.exists(directory + "/" + RunSummary.fileName) else { return [] }
            return [RunFinding(path: path, problem: "is missing, so that no figure can be checked")]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let body = lines.map { $0 + "\n" }.joined()
        guard text == body + seal(of: body) else {
            return [RunFinding(path: path, problem: "is not what was written")]
        }
        var findings: [RunFinding] = []
        for line in lines {
            let (digits, name) = (line.prefix(64), String(line.dropFirst(66)))
            guard line.dropFirst(64).hasPrefix("  "), isListed(name) else {
                findings.append(RunFinding(path: path, problem: "has a line that is no sum"))
                continue
            }
            let file = directory + "/" + name
            let found: String?
            do {
                found = try sum(of: file)
            } catch {
                findings.append(RunFinding(path: file, problem: "cannot be read: \(error.reason)"))
                continue
            }
            guard let found else {
                findings.append(RunFinding(path: file, problem: "is missing"))
                continue
            }
            if found != digits {
                findings.append(RunFinding(path: file, problem: "is not what was written"))
            }
        }
        return findings
    }

    private static func names(in directory: String) throws -> [String] {
        let figures = try FileSystem.namesIfAny(in: directory + "/figures").map { "figures/" + $0 }
        return (files + figures).filter {
            isListed($0) && FileSystem.isFile(directory + "/" + $0)
        }
    }

    private static func isListed(_ name: String) -> Bool {
        if files.contains(name) { return true }
        guard name.hasPrefix("figures/") else { return false }
        let figure = name.dropFirst("figures/".count)
        return !figure.hasPrefix(".") && !figure.contains("/")
    }
}

/// Something in a run directory that is not as the run wrote it.
package struct RunFinding: Hashable, Sendable, CustomStringConvertible {
    /// The file or folder.
    package var path: String
    /// Completes a sentence that begins with the path.
    package var problem: String
    /// What it is, or is of.
    package var part = Part.result

    /// The parts of a run directory, by what it takes to make them anew.
    package enum Part: Hashable, Sendable {
        /// A file of records, which only the run makes.
        case record
        /// A stored model, sample or evaluation, which only the run makes.
        case object(ContentKey)
        /// The copy of files from outside that the run began from, which nothing makes.
        case input
        /// What is made from the records and the specification alone.
        case result
    }

    package var description: String { "\(path) \(problem)" }
}
