import TestSupport
import Testing

@Suite struct TokenizerCommandTests {
    private static let text = Array(
        String(repeating: "It is a truth universally acknowledged, café 42 \u{1F600}\n", count: 40)
            .utf8)

    @Test(arguments: ["byte", "character", "word", "bpe"])
    func trainEncodeDecode(kind: String) throws {
        let run = try Program()
        try run.folder.write(Self.text, "text.txt")
        let trained = try run(
            "tokenizer", "train", "--kind", kind, "--vocabulary", "300", "--output",
            "tokenizer.json", "text.txt")
        #expect(trained.status == 0, "\(trained.errors)")
        let encoded = try run(
            "tokenizer", "encode", "--tokenizer", "tokenizer.json", "--output", "tokens.bin",
            "text.txt")
        #expect(encoded.status == 0, "\(encoded.errors)")
        let decoded = try run("tokenizer", "decode", "--tokenizer", "tokenizer.json", "tokens.bin")
        #expect(decoded.status == 0, "\(decoded.errors)")
        if kind != "word" { #expect(decoded.output == Self.text) }
        let inspected = try run("tokenizer", "inspect", "--json", "tokenizer.json")
        #expect(inspected.text.contains("\"kind\" : \"\(kind)\""))
    }

    @Test("A line of a document ends in LF or CR LF; another CR belongs to the text")
    func lineEnds() throws {
        let run = try Program()
        try run.folder.write(Self.text, "text.txt")
        _ = try run("tokenizer", "train", "--kind", "byte", "--output", "t.json", "text.txt")
        func encoded(_ text: String) throws -> [UInt8] {
            try run.folder.write(text, "lines.txt")
            let outcome = try run(
                "tokenizer", "encode", "--tokenizer", "t.json", "--documents", "lines", "--output",
                "lines.bin", "lines.txt")
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try run.folder.bytes("lines.bin")
        }
        #expect(try encoded("one\r\ntwo\r\n") == encoded("one\ntwo\n"))
        #expect(try encoded("one\rtwo\r\n") == encoded("one\rtwo\n"))
        #expect(try encoded("one\r\r\n") != encoded("one\r\n"))
        #expect(try encoded("one\r") != encoded("one"))
    }

    @Test("A packed text is refused by name")
    func packedTexts() throws {
        let run = try Program()
        try run.folder.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "text.gz")
        for command in [
            ["tokenizer", "train", "--output", "t.json"],
            ["ngram", "train", "--order", "2", "--arpa", "-"],
        ] {
            let outcome = try run.run(command + ["text.gz"])
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("text.gz: the file is compressed with gzip"))
        }
    }

    @Test func standardInputIsAFile() throws {
        let run = try Program()
        try run.folder.write(Self.text, "text.txt")
        _ = try run("tokenizer", "train", "--vocabulary", "280", "--output", "t.json", "text.txt")
        _ = try run("tokenizer", "encode", "--tokenizer", "t.json", "--output", "a", "text.txt")
        let piped = try run(
            "tokenizer", "encode", "--tokenizer", "t.json", "--output", "b", "-", input: Self.text)
        #expect(piped.status == 0, "\(piped.errors)")
        #expect(try run.folder.bytes("a") == run.folder.bytes("b"))
        #expect(try run.folder.bytes("a.json") == run.folder.bytes("b.json"))
    }

    /// Ids alone go through pipes, documents as their boundaries.
    @Test(arguments: ["none", "lines"])
    func idsGoThroughPipes(documents: String) throws {
        let run = try Program()
        try run.folder.write(Self.text, "text.txt")
        _ = try run("tokenizer", "train", "--vocabulary", "280", "--output", "t.json", "text.txt")
        let encoded = try run(
            "tokenizer", "encode", "--tokenizer", "t.json", "--documents", documents, "--output",
            "-", "text.txt")
        #expect(encoded.status == 0, "\(encoded.errors)")
        let decoded = try run(
            "tokenizer", "decode", "--tokenizer", "t.json", "-", input: encoded.output)
        let text = documents == "none" ? Self.text : Array(Self.text.dropLast())
        #expect(decoded.output == text)
        let half = try run(
            "tokenizer", "decode", "--tokenizer", "t.json", "-",
            input: Array(encoded.output.dropLast()))
        #expect(half.status == 2)
        #expect(half.errors.contains("not a multiple"))
    }

    @Test func linesAreDocuments() throws {
        let run = try Program()
        try run.folder.write("one\n\ntwo three\nfour", "text.txt")
        _ = try run("tokenizer", "train", "--kind", "byte", "--output", "t.json", "text.txt")
        let encoded = try run(
            "tokenizer", "encode", "--tokenizer", "t.json", "--documents", "lines", "--output",
            "tokens.bin", "text.txt")
        #expect(encoded.status == 0, "\(encoded.errors)")
        #expect(try run.folder.text("tokens.bin.json").contains("\"documents\" : 4"))
        let decoded = try run("tokenizer", "decode", "--tokenizer", "t.json", "tokens.bin")
        #expect(decoded.text == "one\n\ntwo three\nfour")
    }

    @Test("A special token that was recognised in a text is written back")
    func specialTokens() throws {
        let run = try Program()
        try run.folder.write(Self.text, "text.txt")
        _ = try run("tokenizer", "train", "--vocabulary", "280", "--output", "t.json", "text.txt")
        for text in ["a<|endoftext|>b", "<|endoftext|>", "a\n<|endoftext|>\n"] {
            try run.folder.write(text, "special.txt")
            let encoded = try run(
                "tokenizer", "encode", "--recognize-special", "--tokenizer", "t.json", "--output",
                "t.bin", "special.txt")
            #expect(encoded.status == 0, "\(encoded.errors)")
            #expect(try run("tokenizer", "decode", "--tokenizer", "t.json", "t.bin").text == text)
        }
    }

    @Test("GPT-2's pair of files is a tokenizer, and so is the folder that it lies in")
    func pairs() throws {
        let run = try Program()
        try run.folder.write(
            "{\"a\": 0, \"b\": 1, \"ab\": 2, \"<|endoftext|>\": 3}", "p/vocab.json")
        try run.folder.write("#version: 0.2\na b\n", "p/merges.txt")
        try run.folder.write("abba", "text.txt")
        for path in ["p", "p/vocab.json", "p/merges.txt"] {
            let encoded = try run(
                "tokenizer", "encode", "--tokenizer", path, "--output", "-", "text.txt")
            #expect(encoded.output == [2, 0, 1, 0, 0, 0], "\(encoded.errors)")
        }
        try run.folder.write("{\"a\": 0}", "alone/vocab.json")
        let alone = try run("tokenizer", "inspect", "alone/vocab.json")
        #expect(alone.status == 2)
        #expect(alone.errors.contains("alone/merges.txt"))
    }

    @Test func wrongInputSaysWhereAndEndsWithTwo() throws {
        let run = try Program()
        try run.folder.write("{\"model\": {\"type\": \"Unigram\"}}", "other.json")
        try run.folder.write([1, 0], "tokens.bin")
        let other = try run("tokenizer", "inspect", "other.json")
        #expect(other.status == 2)
        #expect(other.errors.contains("other.json") && other.errors.contains("Unigram"))
        let missing = try run("tokenizer", "inspect", "missing.json")
        #expect(missing.status == 2)
        #expect(missing.errors.contains("cannot read missing.json: No such file or directory"))
        let none = try run("tokenizer", "train", "--output", "t.json", "missing.txt")
        #expect(none.status == 2)
        #expect(!run.folder.exists("t.json"))
        let alone = try run("tokenizer", "decode", "--tokenizer", "other.json", "tokens.bin")
        #expect(alone.status == 2)
        #expect(try run("tokenizer", "train", "--pattern", "klingon", "x").status == 64)
    }
}
