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
        try folder.write([1], ".partial-4711-1")
        try folder.write([2], ".partial-4711-2/model/deep.bin")
        try folder.write([3], ".partialness")
        try folder.write([4], "kept.txt")
        try folder.write([5], "sub/.partial-1-1")
        #expect(try Staging.sweep(folder.path) == [".partial-4711-1", ".partial-4711-2"])
        #expect(folder.files() == [".partialness", "kept.txt", "sub/.partial-1-1"])
        #expect(try Staging.sweep(folder / "missing") == [])
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
