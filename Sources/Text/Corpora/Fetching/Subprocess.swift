import Foundation

/// Running a program to its end.
enum Subprocess {
    /// How a program ended.
    struct Outcome {
        var status: Int32
        /// What it printed on either stream.
        var output: String

        var isSuccess: Bool { status == 0 }

        /// The line that says what went wrong: the last that begins with an error's mark, or the last.
        var reason: String {
            let lines = output.split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }.filter { !$0.isEmpty }
            let marked = lines.last { $0.hasPrefix("E:") || $0.uppercased().hasPrefix("ERROR:") }
            return marked ?? lines.last ?? "status \(status)"
        }
    }

    /// Runs `command` in `folder`, without input and in the C locale; its output goes to `log`.
    ///
    /// - Throws: ``CorpusError/Kind/missingTool(tool:package:)`` when there is no such program.
    static func run(
        _ command: [String], in folder: String, log: String, toolPackage: String
    ) throws(CorpusError) -> Outcome {
        try FileAccess.create(log, [])
        guard let output = FileHandle(forWritingAtPath: log) else {
            throw FileAccess.refused("write", log)
        }
        defer { try? output.close() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["LC_ALL=C"] + command
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw CorpusError(.missingTool(tool: "/usr/bin/env", package: "coreutils"))
        }
        process.waitUntilExit()
        // 127 is what env returns for a program that is not there.
        if process.terminationStatus == 127 {
            throw CorpusError(.missingTool(tool: command[0], package: toolPackage))
        }
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: try FileAccess.read(log), as: UTF8.self))
    }
}
