import Foundation
import FuzzTargets
import Support
import TestSupport
import Testing
import Text

/// Fetching from a package file that is made here; nothing is downloaded.
@Suite struct FetchTests {
    private let folder: TemporaryFolder
    private let library: CorpusLibrary
    private let package: String
    private let text = paragraphs(100)

    init() throws {
        folder = try TemporaryFolder()
        library = CorpusLibrary(root: folder.path + "/root")
        try folder.write(text + " \r\n", "files/tiny-1.0/a.txt")
        package = folder.path + "/tiny-1.0.tar"
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-cf", package, "-C", folder.path + "/files", "tiny-1.0"]
        try tar.run()
        tar.waitUntilExit()
        try writeManifest()
    }

    /// Writes the manifest with the right sums, or with others.
    private func writeManifest(
        package packageSum: String? = nil, text textSum: String? = nil,
        documents: String = "blocks",
        extraction: String = #"{ "kind": "text-files", "paths": ["tiny-1.0/a.txt"] }"#
    ) throws {
        let packageBytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: package)))
        let sum = packageSum ?? SHA256.digest(of: packageBytes).hexadecimal
        let textSum = textSum ?? SHA256.digest(of: Array((text + "\n").utf8)).hexadecimal
        try folder.write(
            """
            {
                "name": "tiny", "title": "A text", "licence": "none",
                "package": { "kind": "pypi", "name": "tiny", "version": "1.0", "sha256": "\(sum)" },
                "extraction": \(extraction),
                "text-sha256": "\(textSum)",
                "documents": { "kind": "\(documents)", "characters": 500 },
                "split": { "validation": 0.1, "test": 0.2 }
            }
            """, "root/corpora/tiny.json")
    }

    @Test func aCorpusIsBuiltOnce() throws {
        #expect(
            message { try _ = library.load("tiny") }
                == "the text of corpus tiny is not here: run `collapselab corpus fetch tiny`")
        #expect(try library.list().map(\.state) == [.notFetched])
        var stages: [CorpusLibrary.FetchStage] = []
        let corpus = try library.fetch("tiny", package: package) { stages.append($0) }
        #expect(stages == [.unpacking, .extracting, .building])
        #expect(Split.allCases.map { corpus[$0].count }.reduce(0, +) == 100)
        #expect(try library.load("tiny") == corpus)
        stages = []
        #expect(try library.fetch("tiny") { stages.append($0) } == corpus)
        #expect(stages == [.alreadyHere])
        #expect(folder.names(in: "root/corpora/.cache") == ["tiny"])
    }

    @Test func newRulesCutTheTextAtHand() throws {
        let blocks = try library.fetch("tiny", package: package)
        try writeManifest(documents: "passages")
        #expect(throws: CorpusError(.notFetched(name: "tiny"))) { try library.load("tiny") }
        var stages: [CorpusLibrary.FetchStage] = []
        let passages = try library.fetch("tiny") { stages.append($0) }
        #expect(stages == [.building])
        #expect(passages.train.count < blocks.train.count)
        #expect(try library.load("tiny") == passages)
    }

    @Test func wrongSumsLeaveNothing() throws {
        let wrong = String(repeating: "0", count: 64)
        try writeManifest(package: wrong)
        #expect(
            message { try library.fetch("tiny", package: package) }?
                .contains("the SHA-256 of the Python package tiny 1.0 is ") == true)
        try writeManifest(text: wrong)
        #expect(
            message { try library.fetch("tiny", package: package) }?
                .contains("the SHA-256 of the text extracted for tiny is ") == true)
        #expect(folder.names(in: "root/corpora/.cache") == [])
    }

    @Test func aFailureKeepsWhatWasThere() throws {
        let corpus = try library.fetch("tiny", package: package)
        let kept = folder.path + "/root/corpora/.cache/tiny/text.txt"
        try FileManager.default.removeItem(atPath: kept)
        let rules = folder.path + "/root/corpora/.cache/tiny/documents.txt"
        let before = try Data(contentsOf: URL(fileURLWithPath: rules))
        try writeManifest(text: String(repeating: "0", count: 64))
        #expect(throws: CorpusError.self) { try library.fetch("tiny", package: package) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: rules)) == before)
        try writeManifest()
        #expect(try library.load("tiny") == corpus)
    }

    @Test func aDamagedCorpusIsBuiltAgain() throws {
        let corpus = try library.fetch("tiny", package: package)
        try folder.write("x", "root/corpora/.cache/tiny/documents.txt")
        #expect(throws: CorpusError.self) { try library.load("tiny") }
        #expect(try library.fetch("tiny") == corpus)
        #expect(try library.load("tiny") == corpus)
    }

    @Test func whatKilledProcessesLeftIsSwept() throws {
        let left = Staging.name(
            of: ProcessIdentity(machine: ProcessIdentity.current.machine, number: 1, start: 0), 1)
        try folder.write("x", "root/corpora/.cache/\(left)/built/documents.txt")
        #expect(try library.list().map(\.name) == ["tiny"])
        try library.fetch("tiny", package: package)
        #expect(folder.names(in: "root/corpora/.cache") == ["tiny"])
    }

    @Test func aPackageThatIsNoneIsRefused() throws {
        let file = try folder.write("no archive", "tiny-1.0.tar.gz")
        try writeManifest(package: SHA256.digest(of: Array("no archive".utf8)).hexadecimal)
        #expect(
            message { try library.fetch("tiny", package: file) }?
                .hasPrefix("\(file): cannot be unpacked: ") == true)
        #expect(
            message { try library.fetch("tiny", package: "/nowhere.deb") }
                == "cannot read /nowhere.deb: No such file or directory; check the path")
        #expect(folder.names(in: "root/corpora/.cache") == [])
    }

    /// The links of a package and what it would unpack to are bounded before the text is looked at.
    @Test func aHostilePackageIsRefused() throws {
        let bytes = ArchiveWriter.gzip(
            ArchiveWriter.tar([ArchiveWriter.Member("tiny-1.0/a.txt", type: "2")]))
        let file = try folder.write(bytes, "tiny-1.0.tar.gz")
        try writeManifest(package: SHA256.digest(of: bytes).hexadecimal)
        #expect(
            message { try library.fetch("tiny", package: file) }
                == "\(file): cannot be unpacked: tiny-1.0/a.txt is a link, and only files are "
                + "unpacked")
        #expect(
            message { try library.fetch("tiny", package: "/dev/zero") }
                == "/dev/zero: is not a file")
    }

    @Test(arguments: ["tar.gz", "zip", "whl"])
    func packagesOfOtherKindsAreUnpacked(_ ending: String) throws {
        let members = [
            ArchiveWriter.Member("tiny-1.0/", type: ending == "tar.gz" ? "5" : "0"),
            ArchiveWriter.Member("tiny-1.0/a.txt", text + " \r\n"),
        ]
        let bytes =
            ending == "tar.gz"
            ? ArchiveWriter.gzip(ArchiveWriter.tar(members)) : ArchiveWriter.zip(members)
        let file = try folder.write(bytes, "tiny-1.0.\(ending)")
        try writeManifest(package: SHA256.digest(of: bytes).hexadecimal)
        let corpus = try library.fetch("tiny", package: file)
        #expect(Split.allCases.map { corpus[$0].count }.reduce(0, +) == 100)
    }

    @Test func aPackageWithoutTheTextIsRefused() throws {
        try FileManager.default.removeItem(atPath: folder.path + "/files/tiny-1.0/a.txt")
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-cf", package, "-C", folder.path + "/files", "tiny-1.0"]
        try tar.run()
        tar.waitUntilExit()
        try writeManifest()
        #expect(
            message { try library.fetch("tiny", package: package) }?
                .hasSuffix("tiny-1.0/a.txt: No such file or directory; check the path") == true)
    }

    @Test func twoFetchesAtOnceBothSucceed() async throws {
        let (library, package) = (library, package)
        let hashes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                group.addTask { try library.fetch("tiny", package: package).contentHash }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(hashes).count == 1)
        #expect(try library.load("tiny").contentHash == hashes.first)
        #expect(folder.names(in: "root/corpora/.cache") == ["tiny"])
    }

    @Test func namesOfManifestsAreTaken() throws {
        let file = try folder.write(paragraphs(100), "tiny.txt")
        #expect(
            message { try library.importText(from: file) }
                == "tiny is the name of a corpus that can be fetched: choose another name")
        #expect(
            message { try _ = library.load("tony") }
                == "there is no corpus tony: did you mean tiny? "
                + "`collapselab corpus import PATH` adds your own")
        #expect(
            message { try library.fetch("../x") }
                == "there is no corpus ../x: the corpora are tiny; "
                + "`collapselab corpus import PATH` adds your own")
    }

    @Test func aMalformedManifestHidesNoOther() throws {
        try folder.write("{", "root/corpora/bad.json")
        let states = try library.list().map(\.state)
        guard case .damaged(let problem) = states.first else {
            Issue.record("\(states)")
            return
        }
        #expect(problem.contains("bad.json: line 1"))
        #expect(states.last == .notFetched)
    }

    /// Hard-wrapped prose becomes a paragraph a line; verse keeps its lines but not their numbers.
    @Test func proseIsUnwrappedAndVerseLosesItsNumbers() throws {
        let verse = "  Sing, heavenly Muse    10\n12  Of that\ntree 3\n\n1667"
        let package = ArchiveWriter.tar([
            ArchiveWriter.Member("tiny-1.0/a.txt", verse),
            ArchiveWriter.Member("tiny-1.0/b.txt", "One\r\ntwo.\r\n\r\n  Three   4\n"),
        ])
        let file = try folder.write(package, "tiny.tar")
        let text = "Sing, heavenly Muse\n  Of that\ntree 3\n\n1667\n\u{C}\nOne two.\n\nThree\n"
        try writeManifest(
            package: SHA256.digest(of: package).hexadecimal,
            text: SHA256.digest(of: Array(text.utf8)).hexadecimal,
            extraction: """
                { "kind": "text-files", "paths": ["tiny-1.0/a.txt", "tiny-1.0/b.txt"],
                  "prose": ["tiny-1.0/b.txt"], "drop-line-numbers": true }
                """)
        try library.fetch("tiny", package: file)
        #expect(try folder.text("root/corpora/.cache/tiny/text.txt") == text)
    }

    /// Paragraphs of a part are joined, and those that the manifest omits are left out.
    @Test func aDataFrameIsExtracted() throws {
        var writer = RWriter(version: 3)
        writer.word(2 | 1 << 10)
        writer.symbol("books")
        writer.frame([
            "text": ["One", "two.", "", "By Gutenberg", "", "Three."],
            "title": ["A", "A", "A", "A", "B", "B"],
        ])
        writer.word(254)
        let package = ArchiveWriter.tar([
            ArchiveWriter.Member(
                "tiny-1.0/b.rda", ArchiveWriter.gzip(Array("RDX3\n".utf8) + writer.bytes))
        ])
        let file = try folder.write(package, "tiny.tar")
        let text = "Three.\n\u{C}\nOne two.\n"
        try writeManifest(
            package: SHA256.digest(of: package).hexadecimal,
            text: SHA256.digest(of: Array(text.utf8)).hexadecimal,
            extraction: """
                { "kind": "r-data-frame", "path": "tiny-1.0/b.rda", "variable": "books",
                  "text": "text", "part": "title", "parts": ["B", "A"], "omit": ["Gutenberg"] }
                """)
        try library.fetch("tiny", package: file)
        #expect(try folder.text("root/corpora/.cache/tiny/text.txt") == text)
    }
}
