import Foundation
import Glibc
import Support
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func replacesAFileAndCreatesFolders() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("one\n", to: folder / "a/b/c.txt")
        try AtomicFile.write("two\n", to: folder / "a/b/c.txt")
        #expect(try folder.bytes("a/b/c.txt") == Array("two\n".utf8))
        #expect(folder.files() == ["a/b/c.txt"])
    }

    @Test func writesNothingAndMuch() throws {
        let folder = try TemporaryFolder()
        let much = [UInt8](repeating: 7, count: 3_000_001)
        try AtomicFile.write([UInt8](), to: folder / "nothing")
        try AtomicFile.write(much, to: folder / "much")
        #expect(try folder.bytes("nothing").isEmpty)
        #expect(try folder.bytes("much") == much)
    }

    @Test func sweepsWhatKilledRunsLeftAndNothingElse() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (leftBehind(1), leftBehind(2))
        try folder.write([1], first)
        try folder.write([2], "\(second)/model/deep.bin")
        try folder.write([3], ".partialness")
        try folder.write([4], "kept.txt")
        try folder.write([5], "sub/\(first)")
        #expect(try Staging.sweep(folder.path) == [first, second])
        #expect(folder.files() == [".partialness", "kept.txt", "sub/\(first)"])
        #expect(try Staging.sweep(folder / "missing") == [])
    }

    /// What a process of this machine wrote that is no more.
    private func leftBehind(_ number: UInt64) -> String {
        Staging.name(
            of: ProcessIdentity(machine: ProcessIdentity.current.machine, number: 1, start: 0),
            number)
    }

    @Test(
        "What another machine writes is left alone until nobody has touched it for a day",
        arguments: [
            (".partial-0123456789abcdef-7-8-9", 3_600, false),
            (".partial-0123456789abcdef-7-8-9", 90_000, true),
            // As versions wrote it that did not say where.
            (".partial-4711-1", 3_600, false), (".partial-4711-1", 90_000, true),
            (".partial-4711-x", 90_000, false), (".partial-zz-7-8-9", 90_000, false),
        ] as [(String, Int, Bool)])
    func otherMachines(name: String, age: Int, isSwept: Bool) throws {
        let folder = try TemporaryFolder()
        try folder.write([1], "\(name)/model.bin")
        for path in ["\(name)/model.bin", name] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -Double(age))],
                ofItemAtPath: folder / path)
        }
        #expect(try Staging.sweep(folder.path) == (isSwept ? [name] : []))
    }

    @Test("A folder that something was written to lately is not swept, however old it is")
    func slowWrites() throws {
        let folder = try TemporaryFolder()
        let name = ".partial-0123456789abcdef-7-8-9"
        try folder.write([1], "\(name)/model.bin")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -200_000)], ofItemAtPath: folder / name)
        #expect(try Staging.sweep(folder.path) == [])
    }

    @Test func doesNotSweepWhatIsBeingWritten() throws {
        let folder = try TemporaryFolder()
        var swept: [String] = []
        let created = try AtomicDirectory.create(folder / "done", staging: folder.path) {
            temporary in
            try AtomicFile.write("x", to: temporary + "/x")
            swept = try Staging.sweep(folder.path)
        }
        #expect(created)
        #expect(swept.isEmpty)
        #expect(folder.files() == ["done/x"])
    }

    @Test func theFirstOfTwoFoldersStands() throws {
        let folder = try TemporaryFolder()
        let isFirst = try AtomicDirectory.create(folder / "done", staging: folder.path) {
            temporary in
            try AtomicFile.write("late", to: temporary + "/x")
            let isInner = try AtomicDirectory.create(folder / "done", staging: folder.path) {
                other in try AtomicFile.write("early", to: other + "/x")
            }
            #expect(isInner)
        }
        #expect(!isFirst)
        #expect(try folder.bytes("done/x") == Array("early".utf8))
        #expect(folder.files() == ["done/x"])
    }

    @Test func aFailedFillLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let failure = FileError("test", "p", code: 1)
        #expect(throws: failure) {
            try AtomicDirectory.create(folder / "done", staging: folder.path) {
                temporary in
                try AtomicFile.write("x", to: temporary + "/x")
                throw failure
            }
        }
        #expect(folder.files().isEmpty)
        #expect(!folder.exists("done"))
    }

    @Test func saysWhatWhereAndWhatToDo() throws {
        let folder = try TemporaryFolder()
        try folder.write([], "file")
        let path = folder / "file/below.txt"
        let error = try #require(throws: FileError.self) {
            try AtomicFile.write("x", to: path)
        }
        #expect(
            error.description
                == "cannot create the folder \(folder.path)/file: File exists; move away what is there, "
                + "or choose another path")
        #expect(
            FileError("write", "runs/a/metrics.csv", code: ENOSPC).description
                == "cannot write runs/a/metrics.csv: No space left on device; free some space and run "
                + "the same command again, nothing recorded is lost")
    }
}
