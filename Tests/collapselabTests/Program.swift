import Foundation
import Glibc
import TestSupport

/// Runs the built executable as a user does.
struct Program {
    struct Outcome {
        var status: Int32
        var output: [UInt8]
        var errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The executable lies beside the test bundle.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("collapselab").path

    /// Runs the program in the test's folder.
    func callAsFunction(_ arguments: String..., input: [UInt8] = []) throws -> Outcome {
        try run(arguments, input: input)
    }

    /// Runs the program in the test's folder, in a shell's `script`, if there is one, as `"$0"
    /// "$@"`.
    func run(
        _ arguments: [String], input: [UInt8] = [], script: String? = nil
    ) throws -> Outcome {
        let streams = ["input", "output", "errors"].map { folder / ".\($0)" }
        try folder.write(input, ".input")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, streams[0], O_RDONLY, 0)
        for number in 1...2 {
            posix_spawn_file_actions_addopen(
                &actions, Int32(number), streams[number], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        let shell = script.map { ["/bin/sh", "-c", $0] } ?? []
        let command =
            ["/usr/bin/env", "-C", folder.path] + shell + [Self.executable] + arguments
        let environment: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"]
        let words = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for word in words + variables { free(word) } }
        var process = pid_t()
        // A shell waits for signals that a thread of the tests may have blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        guard posix_spawn(&process, command[0], &actions, &attributes, words, variables) == 0 else {
            throw CocoaError(.executableLoad)
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw CocoaError(.executableLoad) }
        }
        return Outcome(
            status: status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F),
            output: try folder.bytes(".output"),
            errors: try folder.text(".errors"))
    }
}
