import Foundation
import Glibc
import Support
import TestSupport
import Testing

/// Programs that behave and programs that do not, each a shell script of the test's own.
@Suite struct LimitedProgramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Ended {
        var outcome: LimitedProgram.Outcome
        var output: [UInt8] = []
        var text: String { String(decoding: output, as: UTF8.self) }
        var lastWords: String { String(decoding: outcome.lastWords, as: UTF8.self) }
        var status: Int32? {
            if case .exited(let status) = outcome.end { status } else { nil }
        }
    }

    private struct Stop: Error {}

    /// Runs a script with an input of so many blocks; `hears` may stop it by what it has printed.
    private func run(
        _ script: String, blocks: Int = 0, of size: Int = 1 << 16, seconds: Double = 600,
        memory: Int = 1 << 30, output limit: Int = 1 << 28,
        hears: (_ output: [UInt8]) throws -> Void = { _ in }
    ) throws -> Ended {
        let path = try folder.write("#!/bin/sh\n" + script, "script-\(UUID().uuidString)")
        let copy = try ProgramCopy(of: path, named: "script")
        let working = try WorkingFolder()
        let program = LimitedProgram(
            path: copy.path, arguments: [copy.path, "a b", "$HOME"],
            environment: ["PATH=/usr/bin:/bin", "HOME=\(working.path)"], folder: working.path,
            seconds: seconds, memory: memory, output: limit)
        var left = blocks
        var output: [UInt8] = []
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: size - 1) + [10]
        let outcome = try program.run(input: {
            left -= 1
            return left >= 0 ? block : []
        }) { bytes in
            output += bytes
            try hears(output)
        }
        return Ended(outcome: outcome, output: output)
    }

    @Test(
        "What passes through arrives whole, whether a program answers at once or reads all first",
        arguments: ["exec cat", "cat > all; exec cat all", "exec tac"])
    func streams(script: String) throws {
        let ended = try run(script, blocks: 320)
        #expect(ended.status == 0)
        #expect(ended.output.count == 320 << 16)
        #expect(ended.output.suffix(3) == [UInt8(ascii: "x"), UInt8(ascii: "x"), 10])
    }

    @Test("A program need not read what it is given, and may print what nothing asked for")
    func reading() throws {
        let deaf = try run("exec 0<&-; echo done", blocks: 1_000)
        #expect(deaf.status == 0 && deaf.text == "done\n")
        let brief = try run("head -c 5", blocks: 1_000)
        #expect(brief.text == "xxxxx")
        let early = try run("seq 200000; exec cat > /dev/null", blocks: 100)
        #expect(early.status == 0 && early.output.count == 1_288_895)
    }

    @Test("It has its arguments as they are, an empty folder, little environment and three streams")
    func surroundings() throws {
        let ended = try run(
            """
            echo "$1|$2|$#"; ls -A | wc -l; env | sed 's/=.*//' | sort | tr '\\n' ' '; echo
            [ "$HOME" = "$PWD" ] && ls /proc/self/fd | wc -l
            ulimit -c; ulimit -v; [ "$(ps -o pgid= -p $$ 2>/dev/null || echo $$)" -eq $$ ] && echo leads
            """, memory: 1 << 28)
        #expect(
            ended.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                == ["a b|$HOME|2", "0", "HOME PATH PWD", "4", "0", "262144", "leads"])
    }

    @Test("How it ended is told, with the end of its standard error")
    func ends() throws {
        let failed = try run("seq 100000 >&2; echo no luck >&2; exit 3")
        #expect(failed.status == 3)
        #expect(failed.lastWords.hasSuffix("\n100000\nno luck\n"))
        #expect(failed.outcome.lastWords.count <= 4_096)
        guard case .signalled(SIGKILL) = try run("kill -9 $$").outcome.end else {
            Issue.record("a signal is told apart")
            return
        }
        let greedy = try run("exec dd if=/dev/zero of=/dev/null bs=200M count=1", memory: 1 << 26)
        #expect(greedy.status != 0)
        let verbose = try run("exec yes", output: 1 << 20)
        guard case .printedTooMuch = verbose.outcome.end else {
            Issue.record("output has a limit")
            return
        }
        #expect(verbose.output.count <= 1 << 20)
        guard case .tookTooLong = try run("sleep 100000", seconds: 0.1).outcome.end else {
            Issue.record("time has a limit")
            return
        }
    }

    @Test("What it started is killed with it, and a stream that one holds keeps nobody waiting")
    func groups() throws {
        let pipe = folder / "pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        // The grandchild holds the pipe; when nobody does, it ends.
        let script = "sh -c 'exec 3>\(pipe); echo ready; sleep 100000' &\n"
        let stopped = try run(script + "wait") { output in
            if !output.isEmpty { throw Stop() }
        }
        guard case .abandoned(is Stop) = stopped.outcome.end else {
            Issue.record("the program is stopped by what it printed")
            return
        }
        _ = fcntl(reader, F_SETFL, 0)
        var byte: UInt8 = 0
        #expect(read(reader, &byte, 1) == 0)

        let left = try run(script + "read line; exit 0", blocks: 1, of: 2)
        #expect(left.status == 0)
        #expect(read(reader, &byte, 1) == 0)
    }

    @Test("Its folder goes with everything in it")
    func folders() throws {
        var path = ""
        do {
            let working = try WorkingFolder()
            path = working.path
            #expect(try FileSystem.names(in: path).isEmpty)
            for name in ["a", "a/b", "a/b/c"] { mkdir(path + "/" + name, 0o700) }
            chmod(path + "/a/b", 0)
        }
        #expect(!path.isEmpty && !FileSystem.isNamed(path))
    }

    @Test(
        "What cannot be started is told before it is tried",
        arguments: [
            ("echo", "is neither a program"), ("#!/no/such\n", "names the interpreter /no/such"),
            ("#! /bin/sh -e\n", nil), ("\u{7F}ELF", nil), ("", "is neither a program"),
        ] as [(String, String?)])
    func problems(content: String, problem: String?) throws {
        let found = try ProgramFile.problem(try folder.write(content, "program"))
        if let problem {
            #expect(found?.hasPrefix(problem) == true)
        } else {
            #expect(found == nil)
        }
    }
}
