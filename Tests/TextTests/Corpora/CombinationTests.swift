import Foundation
import FuzzTargets
import Support
import TestSupport
import Testing
import Text

/// Corpora whose documents are those of others, made of packages that are made here.
@Suite struct CombinationTests {
    private let folder: TemporaryFolder
    private let library: CorpusLibrary

    /// Two texts with twenty paragraphs in common, and both together.
    private static let texts: [String: String] = {
        let all = paragraphs(120).components(separatedBy: "\n\n")
        return [
            "one": all[..<70].joined(separator: "\n\n"),
            "two": all[50...].joined(separator: "\n\n"),
            "all": all.joined(separator: "\n\n"),
        ]
    }()

    init() throws {
        folder = try TemporaryFolder()
        library = CorpusLibrary(root: folder.path + "/root")
        for name in ["one", "two"] { try writeManifest(name) }
        try combine(["one", "two"])
    }

    /// Writes the manifest of a text with the right sums, and its package.
    private func writeManifest(
        _ name: String, documents: String = "blocks", test: Double = 0.2
    ) throws {
        let text = try #require(Self.texts[name])
        let package = ArchiveWriter.tar([ArchiveWriter.Member("a.txt", text)])
        try folder.write(package, "\(name).tar")
        try folder.write(
            """
            {
                "name": "\(name)", "title": "A text", "licence": "none",
                "package": {
                    "kind": "pypi", "name": "\(name)", "version": "1",
                    "sha256": "\(SHA256.digest(of: package).hexadecimal)"
                },
                "extraction": { "kind": "text-files", "paths": ["a.txt"] },
                "text-sha256": "\(SHA256.digest(of: Array((text + "\n").utf8)).hexadecimal)",
                "documents": { "kind": "\(documents)", "characters": 500 },
                "split": { "validation": 0.1, "test": \(test) }
            }
            """, "root/corpora/\(name).json")
    }

    private func combine(_ members: [String], as name: String = "both") throws {
        let names = members.map { "\"\($0)\"" }.joined(separator: ", ")
        try folder.write(
            """
            { "name": "\(name)", "title": "Texts", "licence": "none", "corpora": [\(names)] }
            """, "root/corpora/\(name).json")
    }

    @discardableResult
    private func fetch(_ name: String) throws -> Corpus {
        try library.fetch(name, package: folder.path + "/\(name).tar")
    }

    @Test func documentsStayInTheirSplits() throws {
        let members = [try fetch("one"), try fetch("two")]
        let both = try library.fetch("both")
        for split in Split.allCases {
            let wanted = Set(members.flatMap { $0[split].documents })
            #expect(both[split].count == wanted.count)
            #expect(Set(both[split].documents) == wanted)
        }
        #expect(both.documents.duplicates == 20)
        #expect(both.title == "Texts")
        #expect(try library.load("both") == both)
        // The same documents from one text are the same data.
        try writeManifest("all")
        #expect(try fetch("all").contentHash == both.contentHash)
        let hash = both.contentHash
        try combine(["two", "one"])
        #expect(try library.fetch("both").contentHash == hash)
    }

    @Test func itFollowsItsMembers() throws {
        #expect(throws: CorpusError(.notFetched(name: "both"))) { try library.load("both") }
        #expect(try library.list().map(\.state) == [.notFetched, .notFetched, .notFetched])
        try fetch("one")
        try fetch("two")
        var stages: [CorpusLibrary.FetchStage] = []
        let both = try library.fetch("both") { stages.append($0) }
        #expect(
            stages == [.member("one"), .alreadyHere, .member("two"), .alreadyHere, .combining])
        #expect(try library.statistics("both").parts.map(\.documents).reduce(0, +) == 120)
        guard case .ready(let record) = try library.list().first?.state else {
            Issue.record("not listed")
            return
        }
        #expect(record.text == nil)
        #expect(record.contentHash == both.contentHash)

        // Another cut of a member makes another combination, of the text at hand.
        try writeManifest("two", documents: "passages")
        #expect(throws: CorpusError(.notFetched(name: "both"))) { try library.load("both") }
        stages = []
        let cut = try library.fetch("both") { stages.append($0) }
        #expect(
            stages == [.member("one"), .alreadyHere, .member("two"), .building, .combining])
        #expect(cut.contentHash != both.contentHash)
        #expect(try library.load("both") == cut)

        try combine(["one"])
        #expect(throws: CorpusError(.notFetched(name: "both"))) { try library.load("both") }
        #expect(try library.fetch("both").contentHash == library.load("one").contentHash)
    }

    @Test func whatCannotBeCombinedIsRefused() throws {
        let file = folder.path + "/root/corpora/both.json"
        func problem() -> String? { message { try library.fetch("both") } }

        try combine(["one", "twoo"])
        #expect(problem() == "\(file): corpora: twoo has no manifest here; did you mean two?")
        let imported = try folder.write(paragraphs(100, of: 31), "mine.txt")
        try library.importText(from: imported, options: ImportOptions(documents: .blocks))
        try combine(["one", "mine"])
        #expect(
            problem() == "\(file): corpora: mine has no manifest here: name corpora that have one")
        try combine(["one", "more"])
        try combine(["two"], as: "more")
        #expect(
            problem() == "\(file): corpora: more combines others itself: name those instead")
        try combine(["one", "two"])
        try writeManifest("two", test: 0.3)
        #expect(
            problem()
                == "\(file): corpora: two has other shares of the splits than one, so that a "
                + "document could be in two splits: give them equal shares")
        #expect(
            message { try library.fetch("both", package: folder.path + "/one.tar") }
                == "corpus both has no package of its own: fetch the corpora that it combines, "
                + "one, two, and then both without --package")
        #expect(folder.names(in: "root/corpora/.cache") == ["mine"])
    }

    @Test func aDamagedMemberIsBuiltAgain() throws {
        try fetch("one")
        try fetch("two")
        let both = try library.fetch("both")
        try folder.write("x", "root/corpora/.cache/two/documents.txt")
        #expect(try library.load("both") == both)
        try folder.write("x", "root/corpora/.cache/both/documents.txt")
        #expect(throws: CorpusError.self) { try library.load("both") }
        #expect(try library.fetch("both") == both)
        #expect(try library.load("two").contentHash == library.fetch("two").contentHash)
    }
}
