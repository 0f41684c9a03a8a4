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
            find: "\"pre_tokenizer\": {",
            replacement: """
                "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "ByteLevel", "add_prefix_space": false}, {"type": "Punctuation"}]}, "x": {
                """,
            message: "pre_tokenizer.pretokenizers[0].type is ByteLevel before another component"),
        Edit(
            find: "\"pre_tokenizer\": {",
            replacement: """
                "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Digits", "individual_digits": true}]}, "x": {
                """, message: "pre_tokenizer is without ByteLevel"),
        Edit(
            find: "\"pre_tokenizer\": {",
            replacement: """
                "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Digits", "individual_digits": true},
                {"type": "ByteLevel", "add_prefix_space": true}]}, "x": {
                """,
            message: "pretokenizers[1].add_prefix_space is true after another component"),
        Edit(
            find: "\"pre_tokenizer\": {",
            replacement: """
                "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "[a-z]+"},
                "behavior": "Isolated", "invert": false}, "x": {
                """, message: "pre_tokenizer.pattern.Regex is \"[a-z]+\""),
        Edit(
            find: "\"pre_tokenizer\": {",
            replacement: """
                "pre_tokenizer": {"type": "Split", "pattern": {"String": " "},
                "behavior": "Isolated", "invert": false}, "x": {
                """, message: "pre_tokenizer.pattern is no Regex"),
        Edit(
            find: "\"normalizer\": null",
            replacement: """
                "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "NFC"}, {"type": "Lowercase"}]}
                """, message: "normalizer.normalizers[1].type is Lowercase"),
        Edit(
            find: "\"decoder\": {", replacement: "\"decoder\": {\"type\": \"Metaspace\"}, \"x\": {",
            message: "decoder.type is Metaspace"),
        Edit(
            find: "\"pre_tokenizer\": {", replacement: "\"pre_tokenizer\": null, \"x\": {",
            message: "pre_tokenizer is null"),
        Edit(
            find: "\"pre_tokenizer\": {", replacement: "\"x\": {",
            message: "pre_tokenizer is missing"
        ),
        Edit(
            find: "\"!\": 1,", replacement: "\"日\": 1,",
            message: "token \"日\" is not spelled in byte-level characters"),
        Edit(
            find: "\"dropout\": null", replacement: "\"dropout\": 0.1",
            message: "model.dropout is other than 0"),
        Edit(
            find: "\"special\": true", replacement: "\"special\": false",
            message: "added_tokens has no special token <|endoftext|>"),
        Edit(
            find: "\"!\": 1,", replacement: "\"!\": 2,",
            message: "shares id 2 with another"),
        Edit(
            find: "\"!\": 1,", replacement: "\"!\": 900,", message: "token \"!\" has id 900"),
        Edit(
            find: "\"!\": 1,", replacement: "\"!\": -1,",
            message: "model.vocab[\"!\"] must be a whole number"),
        Edit(
            find: "\"<|endoftext|>\": 0", replacement: "\"<|endoftext|>\": 7",
            message: "added token \"<|endoftext|>\" has id 0 and in model.vocab 7"),
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
        let position = try #require(good.range(of: edit.find))
        let text = good.replacingCharacters(in: position, with: edit.replacement)
        let error = #expect(throws: TokenizerFileError.self) {
            try TokenizerFile.read(bytes: bytes(text))
        }
        let message = error?.description ?? ""
        #expect(message.contains(edit.message), "\(message)")
    }

    @Test(
        "What changes no id of a text is read",
        arguments: [
            (
                "\"post_processor\": null",
                "\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": []}"
            ),
            (
                "\"post_processor\": null",
                "\"post_processor\": {\"type\": \"Sequence\", \"processors\": [{\"type\": \"ByteLevel\"}]}"
            ),
            ("\"padding\": null", "\"padding\": {\"strategy\": \"BatchLongest\"}"),
            ("\"truncation\": null", "\"truncation\": {\"max_length\": 8}"),
            ("\"byte_fallback\": false", "\"byte_fallback\": true"),
            ("\"decoder\": {", "\"decoder\": null, \"x\": {"), ("\"decoder\": {", "\"x\": {"),
            (
                "\"decoder\": {",
                "\"decoder\": {\"type\": \"Sequence\", \"decoders\": [{\"type\": \"ByteLevel\"}, {\"type\": \"Fuse\"}]}, \"x\": {"
            ), ("{", "\u{FEFF}{"),
        ])
    func readsWhatChangesNoIds(find: String, replacement: String) throws {
        let good = string(try tokenizerFixture("tokenizer-300.json"))
        let position = try #require(good.range(of: find))
        let text = good.replacingCharacters(in: position, with: replacement)
        let read = try TokenizerFile.read(bytes: bytes(text))
        let expected = try TokenizerFile.read(bytes: bytes(good))
        #expect(read.serialized() == expected.serialized())
    }

    @Test("The document boundary has a usual name, or is named, or all candidates are")
    func boundaries() throws {
        let good = string(try tokenizerFixture("tokenizer-300.json"))
        func read(
            _ name: String, boundary: String? = nil
        ) throws -> any Tokenizer {
            // A second special token, so that the first is not the only one.
            let other =
                #"{"id": 300, "content": "<|user|>", "single_word": false, "lstrip": false, "#
                + #""rstrip": false, "normalized": false, "special": true}, "#
            let text = good.replacingOccurrences(of: "<|endoftext|>", with: name)
                .replacingOccurrences(
                    of: "\"added_tokens\": [", with: "\"added_tokens\": [ \(other)")
            return try TokenizerFile.read(bytes: bytes(text), boundary: boundary)
        }
        for name in ["<|bos|>", "<eos>", "</s>", "<|begin_of_text|>"] {
            #expect(try read(name).documentBoundary == 0)
        }
        #expect(try read("<|x|>", boundary: "<|x|>").documentBoundary == 0)
        #expect(try read("<eos>", boundary: "<|user|>").documentBoundary == 300)
        for boundary in [nil, "<|y|>"] {
            let error = try #require(throws: TokenizerFileError.self) {
                try read("<|x|>", boundary: boundary)
            }
            #expect(error.description.contains("<|x|>, <|user|> with --boundary"), "\(error)")
            #expect(!error.description.contains("damaged"))
        }
    }

    /// A damaged file is refused or still a tokenizer, but never a crash.
    @Test(arguments: ["legacy.json", "added.json", "word"])
    func damagedFilesDoNotCrash(name: String) throws {
        let good =
            name == "word"
            ? WordTokenizer.train(on: [bytes("to be or not to be")], minimumCount: 1).serialized()
            : try tokenizerFixture(name)
        for seed in 0..<300 {
            var source = TestBytes(seed: seed)
            var text = good
            if source.below(2) == 0 { text.removeLast(source.below(text.count)) }
            for _ in 0..<source.below(4) where !text.isEmpty {
                text[source.below(text.count)] = UInt8(source.below(256))
            }
            check(text, "seed \(seed)")
        }
    }

    /// The same with files that are JSON still: values replaced, taken out, doubled and exchanged
    /// anywhere.
    @Test(arguments: ["added.json", "tokenizer-300.json"])
    func alteredFilesDoNotCrash(name: String) throws {
        let good = try JSONSerialization.jsonObject(with: Data(tokenizerFixture(name)))
        for seed in 0..<400 {
            var source = TestBytes(seed: seed)
            var tree = good
            for _ in 0...source.below(3) { tree = altered(tree, &source) }
            let text = try JSONSerialization.data(
                withJSONObject: tree, options: [.fragmentsAllowed])
            check([UInt8](text), "seed \(seed)")
        }
    }

    /// A copy with one change somewhere below.
    private func altered(_ tree: Any, _ source: inout TestBytes) -> Any {
        let stays = source.below(6) > 0
        if stays, let object = tree as? [String: Any],
            // Keys in order, so that a seed always means the same.
            let key = object.keys.sorted().dropFirst(source.below(max(object.count, 1))).first
        {
            var object = object
            switch source.below(12) {
            case 0: object[key] = nil
            case 1: object[key + "x"] = object[key]
            default: object[key] = altered(object[key] ?? 0, &source)
            }
            return object
        }
        if stays, var array = tree as? [Any], !array.isEmpty {
            let index = source.below(array.count)
            switch source.below(12) {
            case 0: array.remove(at: index)
            case 1: array.append(array[index])
            case 2: array.swapAt(index, source.below(array.count))
            default: array[index] = altered(array[index], &source)
            }
            return array
        }
        let values: [Any] = [
            NSNull(), true, false, -1, 0, 1, 7, 299, 300, 4_294_967_295, 1e18, 0.5, "", "Ġ", "日",
            "ByteLevel", "Sequence", "Split", "Digits", "NFKD", [Any](), ["a", "b"],
            [String: Any](),
            ["type": "Sequence", "pretokenizers": [Any](), "normalizers": [Any]()],
            [["a", "b"], ["a", "b"]], ["!": 0, "\"": 0],
        ]
        return values[source.below(values.count)]
    }

    /// What is refused is refused with the name of the file; what is accepted is a tokenizer that
    /// its own file gives again.
    private func check(_ text: [UInt8], _ comment: Comment) {
        do {
            let tokenizer = try TokenizerFile.read(bytes: text, file: "damaged.json")
            let sample = bytes("to be, or <b> not\u{301} 'ſ one\u{1D}")
            let tokens = tokenizer.encode(sample)
            #expect(tokens.allSatisfy { $0 < tokenizer.vocabularyCount }, comment)
            if tokenizer.isLossless { #expect(tokenizer.decode(tokens) == sample, comment) }
            let file = tokenizer.serialized()
            let again = try TokenizerFile.read(bytes: file, file: "again.json")
            #expect(again.serialized() == file, comment)
            #expect(again.encode(sample) == tokens, comment)
            _ = TokenSpellings(tokenizer)
        } catch {
            #expect("\(error)".hasPrefix("damaged.json"), comment)
        }
    }

    @Test(arguments: ["legacy.json", "added.json"])
    func everythingIsKept(name: String) throws {
        let tokenizer = try TokenizerFile.read(bytes: tokenizerFixture(name))
        let again = try TokenizerFile.read(bytes: tokenizer.serialized())
        let isSame = again as? BytePairTokenizer == tokenizer as? BytePairTokenizer
        #expect(isSame)
    }

    @Test func boundaryIsWhereTheFileHasIt() throws {
        let tokenizer = try TokenizerFile.read(bytes: tokenizerFixture("legacy.json"))
        #expect(tokenizer.vocabularyCount == 902)
        #expect(tokenizer.documentBoundary == 899)
        // Special tokens decode to nothing, others to themselves.
        #expect(string(tokenizer.decode([900, 901, 899])) == "river bank")
    }

    /// Spellings and components in circulation, and what they are here.
    @Test(arguments: [
        (
            #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}"#,
            "prefix-space+gpt2"
        ),
        (
            #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"#, "none"
        ),
        (
            #"""
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"
            },"behavior":"Removed","invert":true},
            {"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
            """#, "cl100k"
        ),
        (
            #"""
            {"type":"Sequence","pretokenizers":[{"type":"Sequence","pretokenizers":[
            {"type":"Digits","individual_digits":true}]},
            {"type":"ByteLevel","add_prefix_space":false}]}
            """#, "smollm"
        ),
    ])
    func componentsHaveNames(json: String, name: String) throws {
        let good = string(try tokenizerFixture("tokenizer-300.json"))
        let text = good.replacingOccurrences(
            of: "\"pre_tokenizer\": {", with: "\"pre_tokenizer\": \(json), \"x\": {")
        let tokenizer = try #require(
            try TokenizerFile.read(bytes: bytes(text)) as? BytePairTokenizer)
        #expect(tokenizer.preTokenization.name == name)
        let again = try TokenizerFile.read(bytes: tokenizer.serialized())
        let isSame = again as? BytePairTokenizer == tokenizer
        #expect(isSame)
    }
}
