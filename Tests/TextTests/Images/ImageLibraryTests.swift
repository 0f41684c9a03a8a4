import Foundation
import Support
import TestSupport
import Testing
import Text

/// Image sets built from a package file that is made here; nothing is downloaded.
@Suite struct ImageLibraryTests {
    private let folder: TemporaryFolder
    private let library: ImageLibrary
    private let package: String
    private static let rows: [UInt8] = [1, 0, 9, 4, 2, 0, 7, 7, 7, 7]

    init() throws {
        folder = try TemporaryFolder()
        library = ImageLibrary(root: folder.path + "/root")
        package = folder.path + "/tiny.tar"
        try write(table: "0,9,4,2,1\n7.000e+00,7,7,7,0.0\n")
    }

    private func write(table: String, sum: String? = nil) throws {
        try folder.write(table, "files/tiny/table.csv")
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-cf", package, "-C", folder.path + "/files", "tiny"]
        try tar.run()
        tar.waitUntilExit()
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: package)))
        try folder.write(
            """
            {
                "name": "tiny", "title": "Two images", "licence": "none",
                "package": {
                    "kind": "pypi", "name": "tiny", "version": "1.0",
                    "sha256": "\(SHA256.digest(of: bytes).hexadecimal)",
                    "python": "3.11", "platform": "manylinux_2_28_x86_64"
                },
                "table": "tiny/table.csv", "width": 2, "height": 2, "brightest": 9, "classes": 2,
                "images-sha256": "\(sum ?? SHA256.digest(of: Self.rows).hexadecimal)"
            }
            """, "root/corpora/tiny.images.json")
    }

    private func manifest() throws -> ImageManifest {
        try #require(try library.manifest("tiny"))
    }

    @Test func aSetIsBuiltOnce() throws {
        let manifest = try manifest()
        #expect(try library.list() == [manifest])
        #expect(!library.isBuilt(manifest))
        var stages: [CorpusLibrary.FetchStage] = []
        let images = try library.fetch(manifest, package: package) { stages.append($0) }
        #expect(stages == [.unpacking, .extracting])
        #expect(images.count == 2 && images.size == 4)
        #expect(images.labels == [1, 0])
        #expect(images.pixels == [0, 9, 4, 2, 7, 7, 7, 7])
        #expect(library.isBuilt(manifest))
        #expect(try library.load(manifest) == images)
        stages = []
        #expect(try library.fetch(manifest) { stages.append($0) } == images)
        #expect(stages == [.alreadyHere])
    }

    @Test("A manifest of images is no corpus's")
    func apart() throws {
        #expect(try CorpusLibrary(root: folder.path + "/root").list().isEmpty)
    }

    @Test(
        "A table that holds no images is refused with its line",
        arguments: [
            ("0,9,4,2,1\n7,7,7,0\n", "line 2 has 4 numbers, not 5"),
            ("0,9,4,2,2\n", "line 1 number 5 is no whole number from 0 to 1"),
            ("0,9.5,4,2,1\n", "line 1 number 2 is no whole number from 0 to 9"),
            ("0,10,4,2,1\n", "line 1 number 2 is no whole number from 0 to 9"),
            ("0,x,4,2,1\n", "line 1 number 2 is no whole number from 0 to 9"),
        ])
    func tables(table: String, says: String) throws {
        try write(table: table)
        let words = message { try _ = library.fetch(manifest(), package: package) }
        #expect(words?.contains("tiny/table.csv: " + says) == true, "\(words ?? "")")
    }

    @Test func sumsAreVerified() throws {
        try write(table: "0,9,4,2,1\n", sum: nil)
        let words = message { try _ = library.fetch(manifest(), package: package) }
        #expect(words?.contains("the SHA-256 of the images extracted for tiny") == true)
        try write(table: "0,9,4,2,1\n7,7,7,7,0\n")
        try library.fetch(manifest(), package: package)
        try folder.write("damaged", "root/corpora/.cache/tiny.images/images.u8")
        #expect(
            message { try _ = library.load(manifest()) }?.contains("does not match its sum") == true
        )
    }

    @Test(
        "A manifest that is not true of the built file is refused at its key",
        arguments: [
            ("width", "2", "3"), ("brightest", "9", "8"), ("classes", "3", "2"),
        ])
    func builtFiles(key: String, right: String, wrong: String) throws {
        try write(table: "0,9,4,2,1\n7,7,7,7,0\n")
        var text = try String(
            contentsOfFile: folder.path + "/root/corpora/tiny.images.json", encoding: .utf8)
        try library.fetch(manifest(), package: package)
        if key == "classes" {
            // A third class that the file has an image of.
            let bytes: [UInt8] = [2, 0, 9, 4, 2, 0, 7, 7, 7, 7]
            let built = folder.path + "/root/corpora/.cache/tiny.images/images.u8"
            try Data(bytes).write(to: URL(fileURLWithPath: built))
            text = text.replacingOccurrences(
                of: try manifest().sha256, with: SHA256.digest(of: bytes).hexadecimal)
        } else {
            text = text.replacingOccurrences(
                of: "\"\(key)\": \(right)", with: "\"\(key)\": \(wrong)")
        }
        try folder.write(text, "root/corpora/tiny.images.json")
        let words = message { try _ = library.load(manifest()) } ?? ""
        #expect(words.contains("tiny.images.json") && words.contains(key), "\(words)")
    }

    @Test(arguments: [("\"width\": 2", "\"width\": 0"), ("tiny/table.csv", "../table.csv")])
    func manifestsAreChecked(right: String, wrong: String) throws {
        let file = folder.path + "/root/corpora/tiny.images.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try folder.write(
            text.replacingOccurrences(of: right, with: wrong), "root/corpora/tiny.images.json")
        #expect(message { try _ = manifest() }?.contains("tiny.images.json") == true)
    }
}
