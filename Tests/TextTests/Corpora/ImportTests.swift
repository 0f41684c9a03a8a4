import Foundation
import Glibc
import TestSupport
import Testing
import Text

@Suite struct ImportTests {
    private let folder: TemporaryFolder
    private let library: CorpusLibrary

    init() throws {
        folder = try TemporaryFolder()
        library = CorpusLibrary(root: folder.path + "/root")
    }

    private func texts(_ corpus: Corpus) -> Set<String> {
        Set(
            Split.allCases.flatMap { split in
                (0..<corpus[split].count).map {
                    String(decoding: corpus[split].bytes(of: $0), as: UTF8.self)
                }
            })
    }

    private let even = SplitRule(validation: 0.1, test: 0.4) ?? .standard

    @Test func aTextIsCutIntoPassagesOrBlocks() throws {
        let file = try folder.write(paragraphs(200), "My Text.txt")
        let passages = try library.importText(from: file)
        #expect(passages.name == "my-text")
        #expect(passages.rules.documents == .cutPassages(characters: 2000))
        let blocks = try library.importText(
            from: file, options: ImportOptions(name: "blocks", documents: .blocks))
        #expect(texts(blocks).count == 200)
        #expect(try library.load("blocks") == blocks)
        #expect(try library.load("my-text") == passages)
        #expect(try library.list().map(\.name) == ["blocks", "my-text"])
        #expect(try library.statistics("blocks").parts.map(\.documents).reduce(0, +) == 200)
    }

    /// A pipe would be waited for, and a device read without end.
    @Test func whatIsNoFileIsLeftOutOfAFolder() throws {
        for index in 0..<40 { try folder.write("text \(index)", "texts/\(index).txt") }
        #expect(mkfifo(folder / "texts/pipe.txt", 0o600) == 0)
        #expect(symlink("/dev/zero", folder / "texts/zero.txt") == 0)
        #expect(symlink("nowhere", folder / "texts/nowhere.md") == 0)
        #expect(symlink("0.txt", folder / "texts/again.txt") == 0)
        var notes: [String] = []
        let corpus = try library.importText(
            from: folder / "texts", options: ImportOptions(split: even),
            report: { notes.append($0) })
        #expect(texts(corpus) == Set((0..<40).map { "text \($0)" }))
        let paths = ["nowhere.md", "pipe.txt", "zero.txt"].map { folder / "texts/\($0)" }
        #expect(
            notes == [
                "left out: 3 files that are pipes, devices or links that lead to no file "
                    + "(\(paths.joined(separator: ", ")))"
            ])
    }

    @Test func aFolderIsADocumentPerFile() throws {
        for index in 0..<40 {
            try folder.write("text \(index)\r\nline", "texts/\(index % 3)/\(index).txt")
        }
        try folder.write([0xFF], "texts/.hidden.txt")
        try folder.write([0xFF], "texts/picture.png")
        var notes: [String] = []
        let corpus = try library.importText(
            from: folder.path + "/texts/", options: ImportOptions(split: even),
            report: { notes.append($0) })
        #expect(texts(corpus) == Set((0..<40).map { "text \($0)\nline" }))
        #expect(
            notes.count == 1 && notes[0].contains("1 files") && notes[0].contains("picture.png"))
        guard case .ready(let record) = try library.list().first?.state else {
            Issue.record("not listed")
            return
        }
        #expect(record.origin == .imported(path: folder.path + "/texts"))
        #expect((record.text?.bytes ?? 0) > 0)
    }

    @Test("A folder of several kinds of text is one corpus, long files in passages")
    func mixedFolders() throws {
        try folder.write(paragraphs(100), "mixed/book.txt")
        try folder.write("# Notes\n\nshort", "mixed/notes.md")
        let lines = (0..<20).map { #"{"text": "line \#($0)"}"# }
        try folder.write(lines.joined(separator: "\n"), "mixed/part/a.jsonl")
        let corpus = try library.importText(
            from: folder.path + "/mixed", options: ImportOptions(split: even))
        let found = texts(corpus)
        #expect(found.contains("line 7") && found.contains("# Notes\n\nshort"))
        #expect(found.count > 22)
        #expect(found.allSatisfy { $0.count < 3_500 })
    }

    @Test("Stories with a mark between them are a document each, and the mark is in none")
    func separators() throws {
        let stories = (0..<60).map { "Story \($0).\n\nIt ends." }
        let mark = "\n\(DocumentRule.usualSeparator)\n"
        let file = try folder.write(stories.joined(separator: mark) + mark, "stories.txt")
        let corpus = try library.importText(from: file, options: ImportOptions(split: even))
        #expect(texts(corpus) == Set(stories))
        #expect(try library.load("stories") == corpus)
    }

    @Test func aLineOfJSONIsADocument() throws {
        let lines = (0..<40).map { #"{"id": \#($0), "text": "t\#($0)\n\nü\u00e9 \ud83d\ude00"}"# }
        let file = try folder.write(lines.joined(separator: "\n") + "\n\n", "a.jsonl")
        let corpus = try library.importText(from: file, options: ImportOptions(split: even))
        #expect(texts(corpus) == Set((0..<40).map { "t\($0)\n\nüé 😀" }))
    }

    @Test func theByteOrderMarkGoes() throws {
        let file = try folder.write(
            [0xEF, 0xBB, 0xBF] + Array(paragraphs(100).utf8), "a.txt")
        let corpus = try library.importText(
            from: file, options: ImportOptions(documents: .blocks))
        #expect(texts(corpus).allSatisfy { $0.hasPrefix("word") })
    }

    @Test(arguments: [
        ("a.jsonl", "{\"text\": \"a\"}\n{\"text\": 3}\n", "a.jsonl:2: has a number as `text`"),
        ("a.jsonl", "{\"text\": \"a\"}\n{\"txt\": \"b\"}", "a.jsonl:2: has no `text`"),
        ("a.jsonl", "{\"text\": \"a\"}\n[1]", "a.jsonl:2: holds an array, not an object"),
        ("a.jsonl", "{\"text\": \"a\"}\n\n{\"text\": \"b\"}", "a.jsonl:2: is empty"),
        ("a.jsonl", "{\"text\": \"a\"", "a.jsonl:1: column 13: "),
        ("a.jsonl", "{\"text\": \"a\\u0000\"}", "a.jsonl:1: holds a NUL"),
        ("a.jsonl", "{\"text\": \"a\", \"text\": \"b\"}", "a.jsonl:1: column "),
        ("a.jsonl", "", "the train part of corpus a is empty (0 documents in all)"),
        ("a.txt", "", "the train part of corpus a is empty (0 documents in all)"),
        ("a.txt", "one", "of corpus a is empty (1 documents in all)"),
        ("a.txt", "abc\0def", "a.txt: byte 3 is NUL"),
        ("a.pdf", "abc", "a.pdf: is neither .txt, .md nor .jsonl"),
        ("---.txt", "abc", "\"---.txt\" cannot name a corpus"),
    ])
    func whatIsWrongIsSaid(name: String, content: String, words: String) throws {
        let file = try folder.write(content, name)
        let found = message { try library.importText(from: file) }
        #expect(found?.contains(words) == true, "\(found ?? "no error")")
        #expect(folder.names(in: "root/corpora/.cache") == [])
    }

    @Test func bytesThatAreNotUTF8AreFound() throws {
        let good = Array("\u{FEFF}good\r\n".utf8)
        try folder.write(good, "texts/a.txt")
        let bad = try folder.write(good + [0xE9], "texts/b.txt")
        #expect(throws: CorpusError(.notUTF8(file: bad, byteOffset: 9))) {
            try library.importText(from: folder.path + "/texts")
        }
        #expect(
            message { try library.importText(from: bad) }
                == "\(bad): byte 9 is not UTF-8: convert the file first, for example with "
                + "`iconv -f WINDOWS-1252 -t UTF-8`")
    }

    @Test func nothingIsThereToImport() throws {
        let missing = folder.path + "/missing"
        #expect(
            message { try library.importText(from: missing) }?
                .hasPrefix("\(missing): there is no such file or folder") == true)
        try folder.write("x", "empty/readme.rst")
        #expect(
            message { try library.importText(from: folder.path + "/empty") }?
                .contains("the folder has no .txt, .md or .jsonl files") == true)
    }

    @Test func controlsCanBeStripped() throws {
        let file = try folder.write(paragraphs(50) + "\n\na\0b", "a.txt")
        let corpus = try library.importText(
            from: file,
            options: ImportOptions(
                documents: .blocks, normalization: UnicodeNormalizer(stripsControls: true),
                split: even))
        #expect(texts(corpus).contains("ab"))
    }

    @Test func anotherCorpusOfTheSameNameIsNotReplacedUnasked() throws {
        let file = try folder.write(paragraphs(100), "a.txt")
        var options = ImportOptions(documents: .blocks)
        let first = try library.importText(from: file, options: options)
        #expect(try library.importText(from: file, options: options) == first)
        try folder.write(paragraphs(101), "a.txt")
        #expect(throws: CorpusError(.nameTaken(name: "a", isShipped: false))) {
            try library.importText(from: file, options: options)
        }
        #expect(try library.load("a") == first)
        options.replacesExisting = true
        let second = try library.importText(from: file, options: options)
        #expect(second.contentHash != first.contentHash)
        #expect(try library.load("a") == second)
        #expect(folder.names(in: "root/corpora/.cache") == ["a"])
    }

    @Test(arguments: ["documents.txt", "offsets.bin", "corpus.json"])
    func damageIsFound(name: String) throws {
        let file = try folder.write(paragraphs(100), "a.txt")
        try library.importText(from: file, options: ImportOptions(documents: .blocks))
        let path = folder.path + "/root/corpora/.cache/a/" + name
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        for position in stride(from: 0, to: whole.count, by: max(1, whole.count / 50)) {
            var bytes = whole
            bytes[position] ^= 0x02
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            // A title or a licence with another letter is no damage to the data.
            let loaded = try? library.load("a")
            #expect(loaded == nil || name == "corpus.json", "byte \(position)")
        }
        try Data(whole.dropLast()).write(to: URL(fileURLWithPath: path))
        if name != "corpus.json" {
            #expect(throws: CorpusError.self) { try library.load("a") }
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: CorpusError.self) { try library.load("a") }
        #expect(try library.list().count == (name == "corpus.json" ? 0 : 1))
    }

    @Test func aCorpusMustHoldAContext() throws {
        let train = DocumentCollection([Array("éé".utf8), Array("x".utf8)])
        func corpus(_ test: [String]) -> Corpus {
            Corpus(
                name: "c", title: "", licence: "", rules: CorpusRules(),
                documents: SplitDocuments(
                    train: train, validation: DocumentCollection(),
                    test: DocumentCollection(test.map { Array($0.utf8) }), duplicates: 0))
        }
        try corpus(["abcd"]).requireUsable(contextLength: 3)
        #expect(
            message { try corpus(["abcd"]).requireUsable(contextLength: 4) }
                == "the train part of corpus c has 3 characters, less than one context of 4: add text, "
                + "or shorten the context")
        #expect(
            throws: CorpusError(
                .tooShort(corpus: "c", split: .test, characters: 1, contextLength: 2))
        ) { try corpus(["é"]).requireUsable(contextLength: 2) }
        #expect(throws: CorpusError(.emptySplit(corpus: "c", split: .validation, documents: 3))) {
            try corpus(["a"]).requireUsable(contextLength: 1, heldOut: .validation)
        }
    }
}
