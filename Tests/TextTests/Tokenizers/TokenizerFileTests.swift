import Foundation
import Testing
import Text

@Suite struct TokenizerFileTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Wrong(text: "", message: "1:1: the text ends where a value should stand"),
        Wrong(text: "{\n \"a\" 1}", message: "2:6: a colon should stand here"),
        Wrong(text: "{\"a\": 1, \"a\": 2}", message: "1:10: the key \"a\" occurs twice"),
        Wrong(text: "[1, 2] 3", message: "1:8: there is more after the end"),
        Wrong(text: "[\"x", message: "1:2: the string has no end"),
        Wrong(text: "[\"\\ud800\"]", message: "1:3: half of a surrogate pair"),
        Wrong(text: "[01]", message: "1:2: a value should stand here"),
        Wrong(text: "[tru]", message: "1:2: a value should stand here"),
        Wrong(
            text: String(repeating: "[", count: 100_000), message: "more than 128 levels deep"),
        Wrong(text: "[]", message: "the file must be an object, not an array"),
        Wrong(text: "{}", message: "model is missing"),
        Wrong(text: "{\"collapselab\": {}}", message: "collapselab.version is missing"),
        Wrong(
            text: "{\"collapselab\": {\"version\": 2}}", message: "collapselab.version must be 1"),
        Wrong(
            text: "{\"collapselab\": {\"version\": 1, \"kind\": \"bpe\"}}",
            message: "collapselab.kind must be one of byte, character, word"),
        Wrong(
            text:
                "{\"collapselab\": {\"version\": 1, \"kind\": \"character\", \"vocabulary\": [[300, 1]]}}",
            message: "collapselab.vocabulary[0][0] must be a byte"),
        Wrong(
            text:
                "{\"collapselab\": {\"version\": 1, \"kind\": \"character\", \"vocabulary\": [\"a\"]}}",
            message: "collapselab.vocabulary must hold distinct entries"),
        Wrong(
            text: """
                {"collapselab": {"version": 1, "kind": "word", "pattern": "lines"}}
                """, message: "collapselab.pattern must be one of words, whitespace"),
        Wrong(
            text: "{\"model\": {\"type\": \"Unigram\"}}",
            message: "model.type is Unigram, which is not supported"),
    ])
    func refusesWrongFiles(wrong: Wrong) {
        let error = #expect(throws: TokenizerFileError.self) {
            try TokenizerFile.read(bytes: bytes(wrong.text), file: "x/tokenizer.json")
        }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("x/tokenizer.json"))
        #expect(message.contains(wrong.message), "\(message)")
    }

    struct Edit: Sendable, CustomTestStringConvertible {
        var find: String
        var replacement: String
        var message: String
        var testDescription: String { message }
    }

    /// One change to a good file each.
    @Test(arguments: [
        Edit(
            find: "\"type\": \"ByteLevel\",\n    \"add_prefix_space\": false",
            replacement: "\"type\": \"Whitespace\"", message: "pre_tokenizer.type is Whitespace"),
        Edit(
            find: "\"add_prefix_space\": false", replacement: "\"add_prefix_space\": true",
            message: "pre_tokenizer.add_prefix_space is true"),
        Edit(
            find: "\"normalizer\": null", replacement: "\"normalizer\": {\"type\": \"NFC\"}",
            message: "normalizer is NFC"),
        Edit(
            find: "\"byte_fallback\": false", replacement: "\"byte_fallback\": true",
            message: "model.byte_fallback is true"),
        Edit(
            find: "\"dropout\": null", replacement: "\"dropout\": 0.1",
            message: "model.dropout is other than 0"),
        Edit(
            find: "\"lstrip\": false", replacement: "\"lstrip\": true",
            message: "added_tokens[0].lstrip is true"),
        Edit(
            find: "\"!\": 1,", replacement: "\"!\": 2,",
            message: "shares id 2 with another"),
        Edit(
            find: "\"!\": 1,", replacement: "\"!\": 900,", message: "token \"!\" has id 900"),
        Edit(
            find: "\"!\": 1,", replacement: "\"!\": -1,",
            message: "model.vocab[\"!\"] must be a whole number"),
        Edit(
            find: "\"!\": 1,", replacement: "\"日\": 1,", message: "token \"日\" is not spelled"),
        Edit(
            find: "\"<|endoftext|>\": 0", replacement: "\"<|endoftext|>\": 7",
            message: "added token <|endoftext|> has id 0 and in model.vocab 7"),
        Edit(
            find: "\"merges\": [", replacement: "\"merges\": [ [\"!\", \"#\"],",
            message: "model.merges[0] \"!\" \"#\" needs \"!#\""),
        Edit(
            find: "\"merges\": [", replacement: "\"merges\": [ [\"Ġ\", \"t\"],",
            message: "occurs twice"),
        Edit(
            find: "\"merges\": [", replacement: "\"merges\": [ \"Ġ  t\",",
            message: "model.merges[0] must be two tokens with a space between"),
        Edit(
            find: "\"special\": true", replacement: "\"special\": 1",
            message: "added_tokens[0].special must be true or false"),
    ])
    func refusesInconsistentFiles(edit: Edit) throws {
        let good = string(try tokenizerFixture("tokenizer-300.json"))
        let place = try #require(good.range(of: edit.find))
        let text = good.replacingCharacters(in: place, with: edit.replacement)
        let error = #expect(throws: TokenizerFileError.self) {
            try TokenizerFile.read(bytes: bytes(text))
        }
        let message = error?.description ?? ""
        #expect(message.contains(edit.message), "\(message)")
    }

    /// A damaged file is refused or still a tokenizer, but never a crash.
    @Test func damagedFilesDoNotCrash() throws {
        let legacy = try tokenizerFixture("legacy.json")
        let word = WordTokenizer.train(on: [bytes("to be or not to be")], minimumCount: 1)
        for good in [legacy, word.serialized()] {
            for seed in 0..<150 {
                var source = TestBytes(seed: seed)
                var text = good
                if source.below(2) == 0 { text.removeLast(source.below(text.count)) }
                for _ in 0..<source.below(4) where !text.isEmpty {
                    text[source.below(text.count)] = UInt8(source.below(256))
                }
                guard let tokenizer = try? TokenizerFile.read(bytes: text) else { continue }
                let sample = bytes("to be, or not")
                #expect(tokenizer.encode(sample).allSatisfy { $0 < tokenizer.vocabularyCount })
            }
        }
    }

    @Test func absentFileIsNamed() {
        let error = #expect(throws: TokenizerFileError.self) {
            try TokenizerFile.read(contentsOf: URL(filePath: "/nowhere/tokenizer.json"))
        }
        #expect(
            error?.description
                == "/nowhere/tokenizer.json: the file cannot be read; give the path of a tokenizer.json"
        )
    }

    @Test func addedTokensAreKept() throws {
        let tokenizer = try TokenizerFile.read(bytes: tokenizerFixture("legacy.json"))
        #expect(tokenizer.vocabularyCount == 902)
        #expect(tokenizer.documentBoundary == 899)
        // Special tokens decode to nothing, others to themselves.
        #expect(string(tokenizer.decode([900, 901, 899])) == "river bank")
        let again = try TokenizerFile.read(bytes: tokenizer.serialized())
        #expect(again as? BytePairTokenizer == tokenizer as? BytePairTokenizer)
    }
}
