import Foundation
import Glibc
import Support
import TestSupport
import Testing

@Suite struct ReadingTests {
    @Test(arguments: [0, 1, 4_096, 100_001], [1, 7, 65_536])
    func blocksAreTheFile(count: Int, block: Int) throws {
        let folder = try TemporaryFolder()
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let reader = try BlockReader(try folder.write(content, "file"))
        var read: [UInt8] = []
        while true {
            let next = try reader.next(block)
            if next.isEmpty { break }
            #expect(next.count == min(block, count - read.count))
            read += next
        }
        #expect(read == content)
    }

    @Test(arguments: [0, 1, 10_000])
    func aMappingIsTheFile(count: Int) throws {
        let folder = try TemporaryFolder()
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 17) }
        let file = try MappedFile(try folder.write(content, "file"))
        #expect(file.withBytes { Array($0) } == content)
    }

    @Test func aFolderIsNoFile() throws {
        let folder = try TemporaryFolder()
        let error = FileError("read", folder.path, code: EISDIR)
        #expect(throws: error) { _ = try BlockReader(folder.path) }
        #expect(throws: error) { try FileSystem.content(of: folder.path) }
        #expect(throws: FileError("map", folder.path, code: EISDIR)) {
            try MappedFile(folder.path)
        }
        #expect(throws: FileError("read", folder / "none", code: ENOENT)) {
            _ = try BlockReader(folder / "none")
        }
    }

    @Test func aPipeIsReadToItsEnd() throws {
        let folder = try TemporaryFolder()
        let pipe = folder / "pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        // Opened for both, so that neither side waits for the other.
        let file = open(pipe, O_RDWR)
        #expect(write(file, "abc", 3) == 3)
        let reader = try BlockReader(pipe)
        close(file)
        #expect(try reader.next(10) == Array("abc".utf8))
        #expect(try reader.next(10) == [])
    }
}

@Suite struct AtomicFileWriterTests {
    @Test func whatIsNotCommittedLeavesNothing() throws {
        let folder = try TemporaryFolder()
        func begin() throws {
            var file = try AtomicFileWriter.begin(folder / "a/result")
            try file.write([1, 2, 3])
        }
        try begin()
        #expect(folder.files().isEmpty)
    }

    @Test func aDeviceIsWrittenToAndStays() throws {
        try AtomicFile.write("gone", to: "/dev/null")
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }
}
