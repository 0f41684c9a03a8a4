import Foundation
import Support
import TestSupport
import Testing
import Text

/// Tokenizers as libraries and scripts of the field save them, with the ids that these give;
/// `scripts/fixtures/tokenizer-writers.py` says what each is.
@Suite struct TokenizerWriterTests {
    struct Writer: Decodable, Sendable, CustomTestStringConvertible {
        /// The folder with the files.
        var name: String
        var count: Int
        var boundary: UInt32
        /// The boundary's text where the files do not say which token it is.
        var named: String?
        /// Of each text, special tokens being recognised.
        var ids: [[UInt32]]
        /// The texts of the ids.
        var decoded: [String]?
        var testDescription: String { name }
    }

    private struct Cases: Decodable {
        var texts: [String]
        var writers: [Writer]

        static let all: Cases = {
            let bytes = (try? writerFixture("cases.json")) ?? []
            return (try? JSONDecoder().decode(Cases.self, from: Data(bytes)))
                ?? Cases(texts: [], writers: [])
        }()
    }

    @Test func thereAreWriters() {
        #expect(Cases.all.writers.map(\.name).contains("nanochat"))
        #expect(Cases.all.texts.count > 20)
    }

    @Test("Every writer's files give its ids", arguments: Cases.all.writers)
    func ids(writer: Writer) throws {
        let folder = try writerFolder(writer.name)
        let tokenizer = try #require(
            try StoredTokenizer(at: folder, boundary: writer.named).tokenizer
                as? BytePairTokenizer)
        #expect(tokenizer.vocabularyCount == writer.count)
        #expect(tokenizer.documentBoundary == writer.boundary)
        for (index, text) in Cases.all.texts.enumerated() {
            let tokens = tokenizer.encodeRecognizingAddedTokens(bytes(text))
            #expect(tokens == writer.ids[index], "\(text.debugDescription)")
            if let decoded = writer.decoded?[index] {
                #expect(string(tokenizer.text(of: tokens)) == decoded, "\(text.debugDescription)")
            }
            if tokenizer.isLossless { #expect(tokenizer.text(of: tokens) == bytes(text)) }
        }
        // What is kept of it for a model is the same tokenizer.
        let file = try StoredTokenizer(at: folder, boundary: writer.named).file
        let again = try TokenizerFile.read(
            bytes: file, boundary: string(tokenizer.vocabulary[Int(writer.boundary)]))
        let isSame = again as? BytePairTokenizer == tokenizer
        #expect(isSame)
    }

    @Test("A folder whose boundary no file names lists the candidates")
    func unnamedBoundary() throws {
        let folder = try writerFolder("script")
        let error = try #require(throws: TokenizerFileError.self) {
            _ = try StoredTokenizer(at: folder)
        }
        #expect(error.description.contains("[UNK], [CLS], [SEP], [PAD], [MASK] with --boundary"))
    }

    @Test("Either file of a pair stands for both", arguments: ["", "english-"])
    func pairs(prefix: String) throws {
        let folder = try TemporaryFolder()
        for name in ["vocab.json", "merges.txt"] {
            try folder.write(writerFixture("pair/" + name), prefix + name)
        }
        let expected = try StoredTokenizer(at: writerFolder("pair")).file
        for name in ["vocab.json", "merges.txt"] {
            #expect(try StoredTokenizer(at: folder / (prefix + name)).file == expected)
        }
        // Line ends of the other kind, and a folder that names the end in the model's file alone.
        let merges = string(try folder.bytes(prefix + "merges.txt"))
        try folder.write(merges.replacing("\n", with: "\r\n"), prefix + "merges.txt")
        #expect(try StoredTokenizer(at: folder / (prefix + "vocab.json")).file == expected)
        let vocabulary = string(try folder.bytes(prefix + "vocab.json"))
        try folder.write(
            vocabulary.replacing("<|endoftext|>", with: "<|x|>"), prefix + "vocab.json")
        try folder.write("{\"eos_token_id\": 0}", "config.json")
        let named = try StoredTokenizer(at: folder / (prefix + "vocab.json")).tokenizer
        #expect(named.documentBoundary == 0)
        #expect(named.decode([0]).isEmpty && string(named.text(of: [0])) == "<|x|>")
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        /// Names with contents.
        var files: [String: String]
        /// The file that is asked for; the folder where it is empty.
        var path = ""
        /// What stands in the error.
        var words: [String]
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(
        "What lies there instead of a tokenizer is named",
        arguments: [
            Wrong(files: [:], words: ["neither tokenizer.json nor vocab.json with merges.txt"]),
            Wrong(
                files: ["vocab.json": "{\"a\": 0}"],
                words: ["has vocab.json, but not the merges.txt"]),
            Wrong(
                files: ["vocab.json": "{\"a\": 0}"], path: "vocab.json",
                words: ["vocab.json: is a vocabulary", "there is no", "merges.txt"]),
            Wrong(
                files: ["merges.txt": "a b\n"], path: "merges.txt",
                words: ["merges.txt: holds merges", "there is no", "vocab.json"]),
            Wrong(
                files: ["tokenizer.model": "\n\u{E}"], words: ["tokenizer.model, a SentencePiece"]),
            Wrong(files: ["vocab.txt": "[PAD]\n"], words: ["WordPiece"]),
            Wrong(
                files: [
                    "tokenizer.json": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
                ], words: ["tokenizer.json: is a Git LFS pointer", "git lfs pull"]),
            Wrong(
                files: [
                    "vocab.json": "{\"a\": 0}", "merges.txt": "",
                    "tokenizer_config.json": "{\"tokenizer_class\": \"CLIPTokenizer\"}",
                ], words: ["tokenizer_config.json: tokenizer_class is CLIPTokenizer"]),
            Wrong(
                files: [
                    "vocab.json": "{\"a\": 0, \"b\": 1}", "merges.txt": "#version: 0.2\na b\n",
                ],
                words: ["vocab.json with", "merges.txt: added_tokens has no special token"]),
            Wrong(
                files: [
                    "vocab.json": "{\"a\": 0, \"<|endoftext|>\": 1}",
                    "merges.txt": "#version: 0.2\na b\n",
                ], words: ["model.merges[0] \"a\" \"b\" needs \"b\""]),
            Wrong(
                files: ["tokenizer.json": "{}", "tokenizer_config.json": "{\"eos_token\": 3}"],
                words: ["tokenizer_config.json: eos_token must be a string"]),
        ])
    func whatLiesThere(wrong: Wrong) throws {
        let folder = try TemporaryFolder()
        for (name, text) in wrong.files { try folder.write(text, name) }
        let error = try #require(throws: TokenizerFileError.self) {
            _ = try StoredTokenizer(at: wrong.path.isEmpty ? folder.path : folder / wrong.path)
        }
        #expect(error.description.hasPrefix(folder.path))
        for word in wrong.words { #expect(error.description.contains(word), "\(error)") }
    }
}

private func writerFolder(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL)
        .appending(path: "Fixtures/TokenizerWriters/\(name)").path
}

private func writerFixture(_ name: String) throws -> [UInt8] {
    try FileSystem.content(of: writerFolder(name))
}
