import Foundation
import Glibc
import Support

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
    func draw(_ figure: String, script: String, to path: String) throws {
        let program = try locate()
        let complaints = path + ".errors"
        defer { try? FileManager.default.removeItem(atPath: complaints) }
        for file in [path, complaints] {
            _ = try FileSystem.open(file, O_WRONLY | O_CREAT | O_TRUNC, action: "create")
        }
        // Default settings: nobody's own start-up file changes a figure.
        let status = Gnuplot.run(
            [program, "-d"], environment: ["LC_ALL=C.UTF-8", "SOURCE_DATE_EPOCH=0"],
            input: script, output: path, errors: complaints)
        guard status == 0 else {
            throw ReportError(
                .figureFailed(
                    figure: figure,
                    message: Gnuplot.complaint(in: complaints) ?? "exit status \(status)"))
        }
    }

    /// Runs a program with files as its standard streams and returns its exit status, or the
    /// error's number where it cannot be started.
    ///
    /// `posix_spawn` rather than Foundation's `Process`, which waits for ever where there is no
    /// loopback network.
    private static func run(
        _ command: [String], environment: [String], input: String, output: String, errors: String
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_TRUNC, 0)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_TRUNC, 0)
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child = pid_t()
        let failure = posix_spawn(&child, command[0], &actions, nil, arguments, variables)
        guard failure == 0 else { return failure }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return errno }
        }
        // A signal's number where one ended the program, its exit code otherwise.
        return status & 0x7F != 0 ? 128 + (status & 0x7F) : (status >> 8) & 0xFF
    }

    /// The last line that says something, without gnuplot's pointer to the column.
    private static func complaint(in path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .last { !$0.isEmpty && $0 != "^" }
    }
}
