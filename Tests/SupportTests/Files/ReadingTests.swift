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

    @Test(
        "A text comes without its byte order mark", arguments: ["", "a", "abc\n", "a longer text"],
        [1, 2, 5, 100])
    func texts(text: String, block: Int) throws {
        let folder = try TemporaryFolder()
        for mark in [[], TextKind.byteOrderMark] {
            try folder.write(mark + Array(text.utf8), "file")
            let reader = try BlockReader.text(folder / "file")
            var read: [UInt8] = []
            while true {
                let next = try reader.next(block)
                if next.isEmpty { break }
                read += next
            }
            #expect(read == Array(text.utf8))
        }
    }

    @Test(
        "What is no text is named with what to do",
        arguments: [
            ([0x1F, 0x8B, 8, 0], "gzip"), ([0xFF, 0xFE, 0x61, 0], "UTF-16"),
            ([0xFE, 0xFF, 0, 0x61], "UTF-16"), ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"),
            ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0x50, 0x4B, 3, 4, 9], "ZIP"),
            ([0x50, 0x41, 0x52, 0x31], "Parquet"), ([0x80, 4, 0x95, 0], "pickle"),
            ([0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0], "GGUF"),
            (Array("version https://git-lfs.github.com/spec/v1\noid".utf8), "git lfs pull"),
        ]
            + (1...9).map { (Array("BZh\($0)1AY&SY".utf8), "bzip2") }
            as [([UInt8], String)])
    func notText(bytes: [UInt8], word: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(bytes, "file")
        let error = try #require(throws: NotText.self) { _ = try BlockReader.text(folder / "file") }
        #expect(error.description.contains(word))
        #expect(error.description.hasPrefix(folder / "file"))
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
