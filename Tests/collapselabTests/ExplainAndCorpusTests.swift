import TestSupport
import Testing

/// What a user asks of words and texts: `explain`, `corpus show` and `corpus remove`.
@Suite struct ExplainAndCorpusTests {
    private let lab: TextLab

    init() throws { lab = try TextLab() }

    @Test(
        "Metrics and keys are explained by their names",
        arguments: [
            ("heldout.nats_per_token", "Mean negative log-likelihood of held-out real text"),
            ("data.size", "measured by language, "), ("evaluation.bootstrap", "default: "),
            ("bootstrap", "key evaluation.bootstrap, of language"), ("seeds", "key seeds: "),
            ("gaussian.variance", "measured by gaussian"), ("threshold", "key curate."),
        ])
    func words(word: String, part: String) throws {
        let outcome = try lab.program("explain", word)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains(part), "\(outcome.text)")
        #expect(try lab.program("explain", word, "--json").text.contains("\"help\" : "))
    }

    @Test("A stored object says what determined it")
    func objects() throws {
        #expect(try lab.program("run", "e.yaml", "-q").status == 0)
        let file = try #require(
            lab.folder.files(below: "runs/e/objects").first { $0.hasSuffix("object.json") })
        let key = String(file.split(separator: "/")[1])
        let outcome = try lab.program("explain", String(key.prefix(10)))
        #expect(outcome.text.hasPrefix("object \(key), "), "\(outcome.text)")
        let description = try #require(outcome.text.split(separator: "key:\n").last)
        let sum = try lab.program.run(
            [String(description.dropLast())], script: "printf '%s' \"$1\" | sha256sum")
        #expect(sum.text.hasPrefix(key))
    }

    @Test("What nothing is called gets the nearest word")
    func nothing() throws {
        let outcome = try lab.program("explain", "heldout.perplexty")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("Is it heldout.perplexity?"))
    }

    @Test("Documents are shown as experiments read them, and a corpus can be removed")
    func corpora() throws {
        let shown = try lab.program("corpus", "show", "mine", "--split", "test", "--documents", "2")
        #expect(shown.text.hasPrefix("--- test document 0 of "))
        #expect(shown.text.split(separator: "\n").count == 4)
        let beyond = try lab.program("corpus", "show", "mine", "--first", "100000")
        #expect(beyond.status == 2 && beyond.errors.contains("numbered from 0"))
        #expect(try lab.program("corpus", "remove", "mine").status == 0)
        #expect(
            try lab.program("corpus", "show", "mine").errors.contains("there is no corpus mine"))
        #expect(try lab.program("corpus", "remove", "mine").status == 2)
        #expect(try lab.program("validate", "e.yaml").errors.contains("no corpus mine"))
    }
}
