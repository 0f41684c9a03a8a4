import Foundation
import Support
import TestSupport
import Testing
import Text

/// Rows with two views built from a package file that is made here; nothing is downloaded.
@Suite struct FeatureLibraryTests {
    private let folder: TemporaryFolder
    private let library: FeatureLibrary
    private let package: String
    private static let first = "a,b,label\n0.5,-2,1\n3e2,4,0\n"
    private static let second = "c,label\r\n7,1.0\r\n8,0\r\n"

    init() throws {
        folder = try TemporaryFolder()
        library = FeatureLibrary(root: folder.path + "/root")
        package = folder.path + "/tiny.tar"
        try write()
    }

    private func write(_ first: String = first, _ second: String = second) throws {
        try folder.write(first, "files/tiny/first.csv")
        try folder.write(second, "files/tiny/second.csv")
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-cf", package, "-C", folder.path + "/files", "tiny"]
        try tar.run()
        tar.waitUntilExit()
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: package)))
        let rows = [1, 0.5, -2, 7, 0, 300, 4, 8].flatMap { (number: Double) in
            withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
        }
        try folder.write(
            """
            {
                "name": "tiny", "title": "Two rows", "licence": "none",
                "package": {
                    "kind": "pypi", "name": "tiny", "version": "1.0",
                    "sha256": "\(SHA256.digest(of: bytes).hexadecimal)"
                },
                "views": [
                    {"name": "one", "table": "tiny/first.csv", "columns": 2},
                    {"name": "two", "table": "tiny/second.csv", "columns": 1}
                ],
                "rows": 2, "classes": 2,
                "features-sha256": "\(SHA256.digest(of: rows).hexadecimal)"
            }
            """, "root/corpora/tiny.features.json")
    }

    private func manifest() throws -> FeatureManifest {
        try #require(try library.manifest("tiny"))
    }

    @Test func aSetIsBuiltOnce() throws {
        let manifest = try manifest()
        #expect(try library.list() == [manifest])
        #expect(!library.isBuilt(manifest))
        let rows = try library.fetch(manifest, package: package)
        #expect(rows.labels == [1, 0] && rows.classes == 2)
        #expect(rows.views.map(\.name) == ["one", "two"])
        #expect(rows.views.map(\.elements) == [[0.5, -2, 300, 4], [7, 8]])
        #expect(library.isBuilt(manifest))
        #expect(try library.load(manifest) == rows)
        var stages: [CorpusLibrary.FetchStage] = []
        #expect(try library.fetch(manifest) { stages.append($0) } == rows)
        #expect(stages == [.alreadyHere])
        #expect(try CorpusLibrary(root: folder.path + "/root").list().isEmpty)
        #expect(try ImageLibrary(root: folder.path + "/root").list().isEmpty)
    }

    @Test(
        "Tables that are no views of the same rows are refused with file and line",
        arguments: [
            ("a,b,l\n1,2,1\n3,4\n", second, "tiny/first.csv: line 3 has 2 numbers, not 3"),
            ("a,b,l\n1,x,1\n3,4,0\n", second, "line 2 number 2 is no finite number"),
            ("a,b,l\n1,inf,1\n3,4,0\n", second, "line 2 number 2 is no finite number"),
            ("a,b,l\n1,2,2\n3,4,0\n", second, "line 2 number 3 is no class below 2"),
            ("a,b,l\n1,2,1\n", second, "after 1 rows and not 2"),
            (first, "c,l\n7,0\n8,0\n", "tiny/second.csv: line 2 has another label"),
            ("a,b,l\n1,2,1\n3,4,0\n", second, "the SHA-256 of the features extracted for tiny"),
        ])
    func tables(first: String, second: String, says: String) throws {
        try write(first, second)
        let words = message { _ = try library.fetch(manifest(), package: package) }
        #expect(words?.contains(says) == true, "\(words ?? "")")
    }

    @Test(
        arguments: [
            ("\"columns\": 1", "\"columns\": 0"), ("tiny/second.csv", "../second.csv"),
            ("\"two\"", "\"one\""),
            ("\"rows\": 2", "\"rows\": 0"), ("\"rows\"", "\"lines\""),
        ])
    func manifestsAreChecked(right: String, wrong: String) throws {
        let file = folder.path + "/root/corpora/tiny.features.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try folder.write(
            text.replacingOccurrences(of: right, with: wrong), "root/corpora/tiny.features.json")
        #expect(message { _ = try manifest() }?.contains("tiny.features.json") == true)
    }

    /// Writes a built file with its sum in the manifest.
    private func build(_ numbers: [Double], _ changes: [(String, String)] = []) throws {
        let bytes = numbers.flatMap { number in
            withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
        }
        let built = folder.path + "/root/corpora/.cache/tiny.features/features.f64"
        try folder.write("", "root/corpora/.cache/tiny.features/features.f64")
        try Data(bytes).write(to: URL(fileURLWithPath: built))
        let file = folder.path + "/root/corpora/tiny.features.json"
        var text = try String(contentsOfFile: file, encoding: .utf8)
        let sum = try manifest().sha256
        text = text.replacingOccurrences(
            of: sum, with: SHA256.digest(of: bytes).hexadecimal)
        for (right, wrong) in changes {
            text = text.replacingOccurrences(of: right, with: wrong)
        }
        try folder.write(text, "root/corpora/tiny.features.json")
    }

    @Test(
        "A manifest that is not true of the built file is refused at its key",
        arguments: [
            ([1, 0.5, -2, 7, 0, 300, 4, 8], ("\"columns\": 2", "\"columns\": 3"), "rows"),
            ([1, 0.5, -2, 7, 0, 300, 4, 8], ("\"rows\": 2", "\"rows\": 1"), "rows"),
            ([2, 0.5, -2, 7, 0, 300, 4, 8], nil, "classes"),
            ([0.5, 0.5, -2, 7, 0, 300, 4, 8], nil, "classes"),
            ([-1, 0.5, -2, 7, 0, 300, 4, 8], nil, "classes"),
            ([1, 0.5, -2, 7, 1, 300, 4, 8], nil, "classes"),
            ([1, .nan, -2, 7, 0, 300, 4, 8], nil, "features-sha256"),
            ([1, 0.5, -2, 7, 0, 300, 1e300, 8], nil, "features-sha256"),
        ] as [([Double], (String, String)?, String)])
    func builtFiles(numbers: [Double], change: (String, String)?, key: String) throws {
        try build(numbers, change.map { [$0] } ?? [])
        let words = message { _ = try library.load(manifest()) } ?? ""
        #expect(words.contains("corpora/tiny.features.json") && words.contains(key), "\(words)")
    }

    @Test func sumsAreVerified() throws {
        try library.fetch(manifest(), package: package)
        try folder.write("damaged", "root/corpora/.cache/tiny.features/features.f64")
        let words = message { _ = try library.load(manifest()) }
        #expect(words?.contains("does not match its sum") == true)
    }
}
