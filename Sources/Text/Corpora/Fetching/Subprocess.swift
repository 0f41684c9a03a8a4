import FoundationEssentials
import Glibc
import Support

/// Running a program to its end.
///
/// By `posix_spawn`: Foundation's `Process` needs a run loop and a loopback network to wait.
package enum Subprocess {
    /// How a program ended.
    package struct Outcome {
        /// The exit status, or 128 and the number of the signal that ended it.
        var status: Int32
        /// What it printed on either stream.
        var output: String
        /// How many seconds it was given.
        var limit: Double

        package var isSuccess: Bool { status == 0 }

        /// The line that says what went wrong: the last that begins with an error's mark, or the
        /// last.
        package var reason: String {
            if status == Subprocess.tookTooLong { return "it took more than \(limit) seconds" }
            let lines = output.split(separator: "\n").map {
                String(decoding: Paragraphs.trimmed(Array($0.utf8)[...]), as: UTF8.self)
            }.filter { !$0.isEmpty }
            let marked = lines.last { $0.hasPrefix("E:") || $0.hasPrefix("ERROR:") }
            return marked ?? lines.last ?? "status \(status)"
        }
    }

    /// How long a program may take unless it is said otherwise, in seconds: the largest package
    /// over a slow line.
    private static let usualLimit: Double = 3_600
    /// What `timeout` returns for a program that it ended.
    fileprivate static let tookTooLong: Int32 = 124
    /// What `env` and `timeout` return for a program that is not there.
    private static let notFound: Int32 = 127

    /// Runs `command` in `folder`, without input and in the C locale; its output goes to `log`.
    ///
    /// It ends after `limit` seconds, and with this process, whatever ends that; so do the programs
    /// that it started.
    ///
    /// - Throws: ``CorpusError/Kind/missingTool(tool:package:)`` when there is no such program.
    package static func run(
        _ command: [String], in folder: String, log: String, toolPackage: String,
        limit: Double = usualLimit
    ) throws -> Outcome {
        let process = try spawn(guarded(command, in: folder, limit), log: log, output: nil)
        return try outcome(of: process, command, log, toolPackage, limit)
    }

    /// Runs `command` as ``run(_:in:log:toolPackage:limit:)`` does and lends what it prints to
    /// `body`; only its errors go to `log`.
    ///
    /// - Returns: How the program ended. Where `body` does not read to the end, it is ended too.
    /// - Throws: What `body` throws, unless the program itself failed before.
    package static func reading(
        _ command: [String], in folder: String, log: String, toolPackage: String,
        limit: Double = usualLimit, _ body: (any ByteSource) throws -> Void
    ) throws -> Outcome {
        var ends: [Int32] = [0, 0]
        // Unlike `pipe`, it keeps its ends from other programs that are started meanwhile.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw FileError("make a pipe for", command[0])
        }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try spawn(guarded(command, in: folder, limit), log: log, output: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        let source = BlockSource(
            BlockReader(adopting: ends[0], name: "the output of \(command[0])"))
        let result = Result { try body(source) }
        // A program whose output is not at its end must not wait for us to read on. After a body
        // that was satisfied, what fills up the output may follow.
        let isFinished = (try? Self.isAtEnd(source, within: 1 << 20)) ?? false
        if !isFinished { kill(process, SIGTERM) }
        let outcome = try outcome(of: process, command, log, toolPackage, limit)
        if isFinished, !outcome.isSuccess { return outcome }
        try result.get()
        return isFinished ? outcome : Outcome(status: 0, output: outcome.output, limit: limit)
    }

    /// Whether a source ends within so many bytes, which are dropped.
    private static func isAtEnd(_ source: any ByteSource, within count: Int) throws -> Bool {
        var left = count
        while left > 0 {
            let block = try source.next(min(left, 1 << 16))
            if block.isEmpty { return true }
            left -= block.count
        }
        return false
    }

    /// The command line that keeps a program within bounds. `timeout` ends the whole group of what
    /// it started, both when the time is over and when it is told of this process's end.
    private static func guarded(
        _ command: [String], in folder: String, _ limit: Double
    ) -> [String] {
        let warden = "/usr/bin/setpriv"
        return ["env", "-C", folder, "LC_ALL=C"]
            + (FileSystem.isFile(warden) ? [warden, "--pdeathsig", "TERM"] : [])
            + ["timeout", "--kill-after=10", "\(limit)"] + command
    }

    /// Starts `/usr/bin/env` with these arguments; `output` is where its standard output goes, if
    /// not to `log`.
    private static func spawn(
        _ arguments: [String], log: String, output: Int32?
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, output ?? 2, 1)

        let environment = ProcessInfo.processInfo.environment
            .map { "\($0.key)=\($0.value)" }.sorted()
        var argumentPointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environmentPointers: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        // A worker thread blocks signals, and what it starts would not hear that it should end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var process: pid_t = 0
        let code = posix_spawn(
            &process, "/usr/bin/env", &actions, &attributes, &argumentPointers,
            &environmentPointers)
        guard code == 0 else { throw FileError("run", "/usr/bin/env", code: code) }
        return process
    }

    /// Waits for a program's end.
    private static func outcome(
        of process: pid_t, _ command: [String], _ log: String, _ toolPackage: String,
        _ limit: Double
    ) throws -> Outcome {
        var ending: Int32 = 0
        while waitpid(process, &ending, 0) < 0 {
            guard errno == EINTR else { throw FileError("wait for", command[0]) }
        }
        let signal = ending & 0x7F
        let status = signal == 0 ? (ending >> 8) & 0xFF : 128 + signal
        if status == notFound {
            throw CorpusError(.missingTool(tool: command[0], package: toolPackage))
        }
        return Outcome(
            status: status,
            output: String(decoding: try FileSystem.content(of: log), as: UTF8.self), limit: limit)
    }
}
