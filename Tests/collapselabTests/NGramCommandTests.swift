import TestSupport
import Testing

@Suite struct NGramCommandTests {
    private static let text = Array(
        String(
            repeating: "it is a truth\nuniversally acknowledged that it is\na truth that is\n",
            count: 9
        ).utf8)

    private func trained() throws -> Program {
        let run = try Program()
        try run.folder.write(Self.text, "text.txt")
        let outcome = try run("ngram", "train", "--order", "3", "--arpa", "m.arpa", "text.txt")
        try #require(outcome.status == 0, "\(outcome.errors)")
        return run
    }

    @Test func theFileFormsAgree() throws {
        let run = try trained()
        let read = try run("ngram", "perplexity", "--arpa", "m.arpa", "--json", "text.txt")
        #expect(read.status == 0 && read.text.contains("\"tokens\" : 144"), "\(read.text)")
        #expect(try run("ngram", "convert", "--output", "m.bin", "m.arpa").status == 0)
        let mapped = try run("ngram", "perplexity", "--model", "m.bin", "--json", "text.txt")
        #expect(mapped.text == read.text)
        #expect(try run("ngram", "convert", "--output", "back.arpa", "m.bin").status == 0)
        #expect(try run.folder.bytes("back.arpa") == run.folder.bytes("m.arpa"))
    }

    @Test func samplesDependOnTheSeedAlone() throws {
        let run = try trained()
        let sample = ["ngram", "sample", "--arpa", "m.arpa", "--tokens", "50"]
        let one = try run.run(sample + ["--seed", "7"])
        #expect(one.status == 0, "\(one.errors)")
        #expect(one.text.split { $0 == " " || $0 == "\n" }.count == 50)
        #expect(try run.run(sample + ["--seed", "7", "--workers", "1"]).text == one.text)
        #expect(try run.run(sample + ["--seed", "8"]).text != one.text)
    }

    @Test(arguments: ["bytes", "characters", "words"]) func otherTokens(kind: String) throws {
        let run = try Program()
        try run.folder.write(Self.text, "text.txt")
        let training = try run(
            "ngram", "train", "--order", "2", "--tokenizer", kind, "--arpa", "m.arpa", "text.txt")
        #expect(training.status == 0, "\(training.errors)")
        let score = try run(
            "ngram", "perplexity", "--tokenizer", kind, "--arpa", "m.arpa", "--json", "text.txt")
        #expect(score.text.contains("\"unknownTokens\" : 0"), "\(score.text)\(score.errors)")
    }

    @Test("What JSON has no number for is a word, and no key vanishes")
    func infinitiesInJSON() throws {
        let run = try Program()
        try run.folder.write("a b\nb a\n", "seen.txt")
        try run.folder.write("a c\n", "text.txt")
        let training = try run(
            "ngram", "train", "--order", "2", "--smoothing", "maximum-likelihood", "--arpa",
            "m.arpa", "seen.txt")
        #expect(training.status == 0, "\(training.errors)")
        let score = try run("ngram", "perplexity", "--arpa", "m.arpa", "--json", "text.txt")
        #expect(score.status == 0, "\(score.errors)")
        #expect(score.text.contains("\"log10Probability\" : \"-inf\""), "\(score.text)")
        #expect(score.text.contains("\"perplexity\" : \"inf\""), "\(score.text)")
    }

    @Test("Options are read as keys are: a minus sign is a value, and a range is named")
    func optionValues() throws {
        let run = try trained()
        let sample = ["ngram", "sample", "--arpa", "m.arpa", "--tokens", "5"]
        for (option, value, range) in [
            ("--seed", "-1", "at least 0"), ("--seed", "1.5", "whole number"),
            ("--temperature", "-1", "from 0 to 100"), ("--top-k", "0", "from 1 to"),
            ("--top-p", "1.5", "1.0e-06 to 1"), ("--workers", "0", "from 1 to 1024"),
        ] {
            let outcome = try run.run(sample + [option, value])
            #expect(outcome.status == 64, "\(option) \(value)")
            #expect(outcome.errors.contains(range), "\(outcome.errors)")
            #expect(outcome.errors.contains(value), "\(outcome.errors)")
        }
    }

    @Test func aModelDoesNotDifferFromItself() throws {
        let run = try trained()
        // The same text in another order has the same n-grams with other numbers.
        let lines = String(decoding: Self.text, as: UTF8.self).split(separator: "\n").reversed()
        try run.folder.write(lines.joined(separator: "\n") + "\n", "reversed.txt")
        _ = try run("ngram", "train", "--order", "3", "--arpa", "r.arpa", "reversed.txt")
        let same = try run(
            "ngram", "compare", "--arpa", "m.arpa", "--with", "r.arpa", "text.txt")
        #expect(same.status == 0, "\(same.errors)")
        let distance = same.text.split(separator: "\n").last?.split(separator: " ").last
        #expect(distance.flatMap { Double($0) }.map { $0 < 1e-6 } == true, "\(same.text)")
        try run.folder.write("other words\nother\nwords other\n", "other.txt")
        _ = try run("ngram", "train", "--order", "3", "--arpa", "o.arpa", "other.txt")
        let other = try run(
            "ngram", "compare", "--arpa", "m.arpa", "--with", "o.arpa", "text.txt")
        #expect(other.status == 2 && other.errors.contains("only one of the models knows"))
    }

    @Test func wrongInputSaysWhereAndEndsWithTwo() throws {
        let run = try trained()
        try run.folder.write("a <s> b\n", "reserved.txt")
        let reserved = try run(
            "ngram", "train", "--order", "2", "--arpa", "x.arpa", "reserved.txt")
        #expect(reserved.status == 2 && reserved.errors.contains("<s>"), "\(reserved.errors)")
        #expect(!run.folder.exists("x.arpa"))
        let lines = try run.folder.text("m.arpa").split(
            separator: "\n", omittingEmptySubsequences: false)
        try run.folder.write(lines.dropLast(5).joined(separator: "\n"), "cut.arpa")
        let cut = try run("ngram", "perplexity", "--arpa", "cut.arpa", "text.txt")
        #expect(cut.status == 2 && cut.errors.contains("cut.arpa"), "\(cut.errors)")
        #expect(try run("ngram", "train", "--order", "9", "--arpa", "x", "text.txt").status == 64)
    }
}
