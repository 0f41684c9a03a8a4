import FoundationEssentials
import Glibc
import Support

/// Running a program to its end.
///
/// By `posix_spawn`: Foundation's `Process` needs a run loop and a loopback network to wait.
enum Subprocess {
    /// How a program ended.
    struct Outcome {
        /// The exit status, or 128 and the number of the signal that ended it.
        var status: Int32
        /// What it printed on either stream.
        var output: String

        var isSuccess: Bool { status == 0 }

        /// The line that says what went wrong: the last that begins with an error's mark, or the
        /// last.
        var reason: String {
            let lines = output.split(separator: "\n").map {
                String(decoding: Paragraphs.trimmed(Array($0.utf8)[...]), as: UTF8.self)
            }.filter { !$0.isEmpty }
            let marked = lines.last { $0.hasPrefix("E:") || $0.hasPrefix("ERROR:") }
            return marked ?? lines.last ?? "status \(status)"
        }
    }

    /// Runs `command` in `folder`, without input and in the C locale; its output goes to `log`.
    ///
    /// - Throws: ``CorpusError/Kind/missingTool(tool:package:)`` when there is no such program.
    static func run(
        _ command: [String], in folder: String, log: String, toolPackage: String
    ) throws -> Outcome {
        let status = try spawn(["env", "-C", folder, "LC_ALL=C"] + command, log: log)
        // 127 is what env returns for a program that is not there.
        if status == 127 {
            throw CorpusError(.missingTool(tool: command[0], package: toolPackage))
        }
        return Outcome(
            status: status, output: String(decoding: try FileSystem.content(of: log), as: UTF8.self)
        )
    }

    /// Runs `/usr/bin/env` with these arguments and waits.
    private static func spawn(_ arguments: [String], log: String) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        let environment = ProcessInfo.processInfo.environment
            .map { "\($0.key)=\($0.value)" }.sorted()
        var argumentPointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environmentPointers: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawn(
            &process, "/usr/bin/env", &actions, nil, &argumentPointers, &environmentPointers)
        guard code == 0 else { throw FileError("run", "/usr/bin/env", code: code) }

        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw FileError("wait for", "/usr/bin/env") }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
