import Foundation
import Testing
import Text

@Suite struct CorpusManifestTests {
    static let sum = String(repeating: "0123456789abcdef", count: 4)

    /// A manifest with one passage of the text replaced.
    static func manifest(_ old: String = "", _ new: String = "") -> [UInt8] {
        let text = """
            {
                "name": "tiny", "title": "A text", "licence": "none",
                "package": {
                    "kind": "pypi", "name": "tiny", "version": "1.0", "sha256": "\(sum)"
                },
                "extraction": { "kind": "text-files", "paths": ["tiny/a.txt"] },
                "text-sha256": "\(sum)",
                "documents": { "kind": "blocks" },
                "split": { "validation": 0.1, "test": 0.2 }
            }
            """
        guard !old.isEmpty else { return Array(text.utf8) }
        return Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
    }

    @Test func aManifestIsRead() throws {
        let manifest = try CorpusManifest(reading: Self.manifest(), file: "tiny.json")
        #expect(manifest.name == "tiny")
        guard case .package(let text) = manifest.source else {
            Issue.record("\(manifest.source)")
            return
        }
        #expect(text.package.kind == .pypi)
        #expect(text.extraction == .textFiles(paths: ["tiny/a.txt"]))
        #expect(text.rules.documents == .blocks)
        #expect(text.rules.normalization == UnicodeNormalizer())
        #expect(text.rules.split == SplitRule(validation: 0.1, test: 0.2))
    }

    private static let extraction = #"{ "kind": "text-files", "paths": ["tiny/a.txt"] }"#

    @Test(arguments: [
        (
            #"{"kind": "text-files", "paths": ["a/b", "a/c"], "prose": ["a/c"], "#
                + #""drop-line-numbers": true}"#,
            ExtractionRule.textFiles(
                paths: ["a/b", "a/c"], prose: ["a/c"], dropsLineNumbers: true)
        ),
        (
            #"{"kind": "r-data-frame", "path": "a/b.rda", "variable": "v", "text": "t", "#
                + #""part": "p", "parts": ["One"], "omit": ["x"]}"#,
            .rDataFrame(
                path: "a/b.rda",
                RDataFrame.Selection(
                    variable: "v", text: "t", part: "p", parts: ["One"], omit: ["x"]))
        ),
        (
            #"{"kind": "json-lines", "path": "a.jsonl", "text": "t", "part": "p", "#
                + #""paragraph": "q"}"#,
            .jsonLines(
                path: "a.jsonl", keys: JSONLinesText.Keys(text: "t", part: "p", paragraph: "q"))
        ),
        (#"{"kind": "sword", "folder": "a/b"}"#, .sword(folder: "a/b")),
    ])
    func extractionRulesAreRead(json: String, rule: ExtractionRule) throws {
        let manifest = try CorpusManifest(
            reading: Self.manifest(Self.extraction, json), file: "tiny.json")
        guard case .package(let text) = manifest.source else {
            Issue.record("\(manifest.source)")
            return
        }
        #expect(text.extraction == rule)
        let written = [UInt8](try JSONEncoder().encode(manifest))
        #expect(try CorpusManifest(reading: written, file: "tiny.json") == manifest)
    }

    @Test(arguments: [
        ("\"title\"", "\"titel\"", "tiny.json: unknown key titel; did you mean title?"),
        (
            "\"kind\": \"blocks\"", "\"kind\": \"block\"",
            "tiny.json: documents.kind: \"block\" is none of file, blocks, passages, cut-passages, lines, separator; "
                + "did you mean blocks?"
        ),
        (
            "\"kind\": \"blocks\"", "\"kind\": \"passages\"",
            "tiny.json: documents.characters: this key is missing"
        ),
        (
            "\"kind\": \"blocks\"", "\"kind\": \"passages\", \"characters\": -5",
            "tiny.json: documents.characters: -5 is not a positive number of characters"
        ),
        ("\"A text\"", "17", "tiny.json: title: this should be a string"),
        (
            "\"test\": 0.2", "\"test\": 0.95",
            "tiny.json: split: validation 0.1 and test 0.95 are not shares from 0 to 1 that leave "
                + "something to train on"
        ),
        (
            "\"sha256\": \"0", "\"sha256\": \"Z",
            "tiny.json: package.sha256: \"Z\(sum.dropFirst())\" is not a SHA-256 of 64 lower-case "
                + "hexadecimal digits"
        ),
        (
            "\"version\": \"1.0\"", "\"version\": \"1.0; rm\"",
            "tiny.json: package.version: \"1.0; rm\" is not a package's name or version"
        ),
        (
            "\"name\": \"tiny\", \"version\"", "\"name\": \"-o\", \"version\"",
            "tiny.json: package.name: \"-o\" is not a package's name or version"
        ),
        (
            "\"pypi\"", "\"npm\"",
            "tiny.json: package.kind: \"npm\" is none of debian, pypi"
        ),
        (
            "\"text-files\"", "\"text-file\"",
            "tiny.json: extraction.kind: \"text-file\" is none of r-lazy-load, markdown, "
                + "html-pages, text-files, r-data-frame, json-lines, sword; did you mean text-files?"
        ),
        (
            "[\"tiny/a.txt\"]", "[\"tiny/a.txt\"], \"prose\": [\"tiny/b.txt\"]",
            "tiny.json: extraction.prose: \"tiny/b.txt\" is not in paths"
        ),
        (
            extraction, #"{ "kind": "sword" }"#,
            "tiny.json: extraction.folder: this key is missing"
        ),
        (
            extraction, #"{ "kind": "sword", "folder": "/usr/share" }"#,
            "tiny.json: extraction.folder: \"/usr/share\" is not a path inside the package"
        ),
        (
            extraction, #"{ "kind": "json-lines", "path": "a.jsonl", "text": 1 }"#,
            "tiny.json: extraction.text: this should be a string"
        ),
        (
            extraction, #"{ "kind": "json-lines", "path": "a.jsonl", "texts": "a" }"#,
            "tiny.json: extraction: unknown key texts; did you mean text?"
        ),
        (
            extraction,
            #"{ "kind": "r-data-frame", "path": "a.rda", "variable": "v", "text": "t", "#
                + #""part": "p", "parts": [] }"#,
            "tiny.json: extraction.parts: this list is empty"
        ),
        ("[\"tiny/a.txt\"]", "[]", "tiny.json: extraction.paths: this list is empty"),
        (
            "tiny/a.txt", "../a.txt",
            "tiny.json: extraction.paths: \"../a.txt\" is not a path inside the package"
        ),
        (
            "\"licence\": \"none\",", "\"licence\": \"none\",,",
            "tiny.json: line 2, column "
        ),
        (
            "\"licence\": \"none\"", "\"licence\": \"none\", \"licence\": \"a\"",
            "tiny.json: line 2"
        ),
        (
            "\"name\": \"tiny\", \"title\"", "\"name\": \"Tiny Text\", \"title\"",
            "tiny.json: name: \"Tiny Text\" cannot name a corpus"
        ),
    ])
    func whatIsWrongIsSaid(old: String, new: String, words: String) {
        let found = message {
            _ = try CorpusManifest(reading: Self.manifest(old, new), file: "tiny.json")
        }
        #expect(found?.hasPrefix(words) == true, "\(found ?? "no error")")
    }

    /// A manifest that combines corpora, with more keys.
    private static func combination(_ corpora: String, _ more: String = "") -> [UInt8] {
        Array(
            #"{ "name": "both", "title": "Two", "licence": "none", "corpora": \#(corpora)\#(more) }"#
                .utf8)
    }

    @Test func aCombinationIsRead() throws {
        let manifest = try CorpusManifest(
            reading: Self.combination(#"["one", "two"]"#), file: "both.json")
        #expect(manifest.source == .corpora(["one", "two"]))
        let written = [UInt8](try JSONEncoder().encode(manifest))
        #expect(try CorpusManifest(reading: written, file: "both.json") == manifest)
    }

    @Test(arguments: [
        ("[]", "", "corpora: this list is empty"),
        (#""one""#, "", "corpora: this should be a list"),
        (#"["one", "two", "one"]"#, "", "corpora: one is named twice"),
        (#"["one", "both"]"#, "", "corpora: both is this corpus itself"),
        (#"["../one"]"#, "", "corpora: \"../one\" cannot name a corpus"),
        (
            #"["one"]"#, #", "split": { "validation": 0.1, "test": 0.2 }"#,
            "split: a manifest with corpora takes this from them: delete this key"
        ),
        (#"["one"]"#, #", "corpra": ["two"]"#, "unknown key corpra; did you mean corpora?"),
    ])
    func whatIsWrongWithACombinationIsSaid(corpora: String, more: String, words: String) {
        let found = message {
            _ = try CorpusManifest(reading: Self.combination(corpora, more), file: "both.json")
        }
        #expect(found?.hasPrefix("both.json: " + words) == true, "\(found ?? "no error")")
    }

    @Test func namesAreDerivedFromPaths() {
        #expect(CorpusName.derived(from: "My Book (2nd ed.)") == "my-book-2nd-ed")
        #expect(CorpusName.derived(from: "---") == nil)
        #expect(CorpusName.derived(from: "Ärger") == "rger")
        #expect(!CorpusName.isValid("../x"))
        #expect(!CorpusName.isValid(""))
        #expect(!CorpusName.isValid("-x"))
        #expect(CorpusName.isValid("x-1"))
    }
}
