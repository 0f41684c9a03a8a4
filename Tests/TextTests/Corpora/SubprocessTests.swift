import TestSupport
import Testing
import Text

@Suite struct SubprocessTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ command: [String], limit: Double = 60) throws -> Subprocess.Outcome {
        try Subprocess.run(
            command, in: folder.path, log: folder / "log", toolPackage: "tools", limit: limit)
    }

    @Test func theOutcomeSaysWhatWentWrong() throws {
        #expect(try run(["true"]).isSuccess)
        let outcome = try run(["sh", "-c", "echo E: no; echo hint >&2; exit 3"])
        #expect(!outcome.isSuccess)
        #expect(outcome.reason == "E: no")
        #expect(try run(["pwd"]).reason == folder.path)
        #expect(throws: CorpusError(.missingTool(tool: "no-such-tool", package: "tools"))) {
            try run(["no-such-tool"])
        }
    }

    @Test func whatTakesTooLongIsEnded() throws {
        let outcome = try run(["tail", "-f", "/dev/null"], limit: 0.01)
        #expect(!outcome.isSuccess)
        #expect(outcome.reason == "it took more than 0.01 seconds")
    }

    @Test func theOutputIsRead() throws {
        var output: [UInt8] = []
        let outcome = try Subprocess.reading(
            ["sh", "-c", "echo one; echo two >&2"], in: folder.path, log: folder / "log",
            toolPackage: "tools"
        ) { source in
            while true {
                let block = try source.next(3)
                if block.isEmpty { return }
                output += block
            }
        }
        #expect(outcome.isSuccess && outcome.reason == "two")
        #expect(output == Array("one\n".utf8))
    }

    /// A program whose output has no end.
    @Test func whatIsNotReadIsEnded() throws {
        struct Enough: Error {}
        #expect(throws: Enough.self) {
            _ = try Subprocess.reading(
                ["yes"], in: folder.path, log: folder / "log", toolPackage: "tools"
            ) { source in
                #expect(try source.next(4) == Array("y\ny\n".utf8))
                throw Enough()
            }
        }
    }

    @Test func aProgramThatFailsIsBelievedFirst() throws {
        struct CutShort: Error {}
        let outcome = try Subprocess.reading(
            ["sh", "-c", "echo E: damaged >&2; exit 2"], in: folder.path, log: folder / "log",
            toolPackage: "tools"
        ) { source in
            if try source.next(1).isEmpty { throw CutShort() }
        }
        #expect(!outcome.isSuccess && outcome.reason == "E: damaged")
    }
}
