import Foundation
import TestSupport
import Testing

/// What looks at runs after they were made: `list`, `compare`, the table at a run's end.
@Suite struct RunToolTests {
    private let lab: TextLab

    init() throws { lab = try TextLab() }

    /// Runs the experiment with some values changed, and draws no figures, which take the most time.
    @discardableResult
    private func run(_ output: String, _ overrides: String...) throws -> Program.Outcome {
        let outcome = try lab.program.run(
            ["run", "e.yaml", "-o", output] + overrides.flatMap { ["--set", $0] },
            script: "PATH=/nowhere \"$0\" \"$@\"")
        guard outcome.status == 0 else { throw TextLab.Failure(description: outcome.errors) }
        return outcome
    }

    // MARK: The end of a run

    @Test("A run ends with its arms, and a finished one says so in a line")
    func ending() throws {
        let first = try run("r", "controls=true")
        let lines = first.text.split(separator: "\n").map(String.init)
        #expect(lines.last == "r/report.html")
        #expect(
            lines[0]
                == "held-out cross-entropy (nats/token), means over 2 seeds with 95 % intervals; "
                + "change since generation 0:")
        #expect(
            lines[1].split(separator: " ").joined(separator: " ")
                == "arm generation 2 change from control")
        #expect(lines[2].hasPrefix("replace ") && lines[2].count(where: { $0 == "±" }) == 3)
        #expect(first.errors.contains("generation 1/2"))
        let again = try run("r", "controls=true")
        #expect(again.text == first.text)
        #expect(again.errors.contains("; 24 of 24 on disk"))
        #expect(!again.errors.contains("generation 1/2"))
        let quiet = try lab.program("run", "e.yaml", "-o", "r", "-q", "--set", "controls=true")
        #expect(quiet.text == "r/report.html\n")
        #expect(quiet.errors.isEmpty)
    }

    @Test("Programs read a line of JSON for each event, and the outcome in the last")
    func jsonLines() throws {
        let outcome = try lab.program("run", "e.yaml", "-o", "r", "--json")
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let lines = outcome.text.split(separator: "\n")
        #expect(lines.count { $0.contains("\"event\":\"run-started\"") } == 1)
        #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
        #expect(lines.count { $0.contains("\"event\":\"generation-recorded\"") } == 12)
        #expect(lines.last?.contains("\"event\":\"outcome\"") == true)
        #expect(lines.last?.contains("\"report\":\"r/report.html\"") == true)
    }

    @Test(
        "Without a place a run goes below runs/, named as its file is",
        arguments: [
            ("e.yaml", "runs/e"), ("sub/my sweep.yml", "runs/my sweep"),
            ("runs/e/experiment.yaml", "runs/e"),
        ])
    func defaultPlace(file: String, directory: String) throws {
        if file.hasPrefix("runs/") { try run("runs/e") }
        if file.hasPrefix("sub/") { try lab.folder.write(lab.folder.text("e.yaml"), file) }
        #expect(try lab.program("run", file).text.hasSuffix("\n\(directory)/report.html\n"))
    }

    // MARK: List

    @Test("Runs are listed with what they are, wherever they lie below the folder")
    func lists() throws {
        try run("runs/deep/er/a", "seeds=0..0")
        try run("runs/b")
        try FileManager.default.removeItem(atPath: lab.folder / "runs/b/run.json")
        let outcome = try lab.program("list")
        let rows = outcome.text.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(rows[0] == "run setting arms seeds generations state headline")
        #expect(rows[1] == "runs/b unfinished")
        #expect(rows[2].hasPrefix("runs/deep/er/a language 2 1 2 finished"))
        #expect(rows[2].hasSuffix(" nats/token"))
        let json = try lab.program("list", "runs/deep", "--json").text
        #expect(json.contains("\"path\" : \"runs/deep/er/a\""))
        #expect(json.contains("\"state\" : \"finished\""))
        #expect(try lab.program("list", "nowhere").status == 2)
        try lab.folder.write("{", "runs/b/run.json")
        #expect(try lab.program("list").text.contains("damaged"))
    }

    // MARK: Compare

    @Test("Runs are compared seed by seed where they share seeds, and as means where they do not")
    func compares() throws {
        try run("a", "seeds=0..3")
        try run("b", "seeds=0..3", "sample-size=3000")
        try run("c", "seeds=7..9")
        let paired = try lab.program("compare", "a", "b")
        #expect(paired.status == 0, "\(paired.errors)")
        #expect(paired.text.contains("4 paired"))
        #expect(paired.text.contains("replace ") && paired.text.contains("accumulate "))
        let difference = try lab.program("compare", "a", "b", "--json").text
        // Whoever has twice the data has the lower cross-entropy.
        #expect(difference.contains("\"difference\" : -"))
        let others = try lab.program("compare", "a", "c")
        #expect(others.text.contains("4 and 3, not paired"))
        let same = try lab.program(
            "compare", "a", "a", "--arms", "replace=accumulate", "--generation", "0")
        #expect(same.text.contains("replace, accumulate"))
        #expect(same.text.contains("0 ± 0"))
    }

    @Test("What cannot be compared is refused with what can")
    func refusals() throws {
        try run("a", "tokenizer={kind: bpe, vocabulary: 300}")
        try run("b", "tokenizer={kind: byte}")
        try run("c", "arms={other: {workflow: replace}}")
        try lab.folder.write(
            "setting: gaussian\nsample-size: 20\ngenerations: 1\nseeds: 0..1\nworkflow: replace\n",
            "g.yaml")
        #expect(try lab.program("run", "g.yaml", "-q", "-o", "g").status == 0)
        let cases: [([String], String)] = [
            (
                ["a", "b"],
                "What compares: --metric heldout.word_perplexity or heldout.bits_per_byte"
            ),
            (["a", "c"], "name pairs, such as --arms replace=other"),
            (["a", "g"], "metric"),
            (["a", "a", "--metric", "heldout.perplexty"], "Is it heldout.perplexity?"),
            (["a", "a", "--generation", "3"], "the last is 2"),
            (["a", "a", "--arms", "replace=none"], "its arms are replace, accumulate"),
            (["a", "a", "--arms", "replace"], "write FIRST=SECOND"),
            (["a", "nowhere"], "there is no run nowhere"),
        ]
        for (arguments, message) in cases {
            let outcome = try lab.program.run(["compare"] + arguments)
            #expect(outcome.status == 2, "\(arguments)")
            #expect(outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
            #expect(outcome.text.isEmpty)
        }
        let bytes = try lab.program("compare", "a", "b", "--metric", "heldout.bits_per_byte")
        #expect(bytes.status == 0, "\(bytes.errors)")
    }

    // MARK: Show

    @Test("A generation shows what it trained on, where it lies and what its model drew")
    func shows() throws {
        try run("r", "checkpoints=all")
        let shown = try lab.program("show", "r:accumulate/1/2", "--samples", "5")
        #expect(shown.status == 0, "\(shown.errors)")
        let lines = shown.text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "r: arm accumulate, seed 1, generation 2")
        #expect(lines[1] == "trained on  1500 tokens of generation 0's real data, the same again")
        #expect(lines[3] == "            1500 tokens that the model of generation 1 drew")
        #expect(lines[4].hasPrefix("model       r/objects/"))
        #expect(lab.folder.exists(String(lines[4].dropFirst(12)) + "/object.json"))
        #expect(lines.count { $0.hasPrefix("sample ") } == 5)
        let metric = try #require(
            try lab.folder.text("r/metrics.csv").split(separator: "\n").first {
                $0.hasPrefix("accumulate,1,2,heldout.nats_per_token,")
            })
        let json = try lab.program("show", "r:accumulate/1/2", "--json", "--samples", "0").text
        let value = metric.split(separator: ",")[4]
        #expect(json.contains("\"heldout.nats_per_token\" : \(value)"))
        let all = try lab.program("show", "r")
        #expect(all.text.contains("seeds 0, 1, generations 0 to 2"))
    }

    @Test(
        "An address that leads nowhere says what there is",
        arguments: [
            ("r:replace/0/3", "has no generation 3: its last is 2"),
            ("r:replace/5/0", "its seeds are 0, 1"), ("r:non/0/0", "its arms are replace"),
            ("none:replace/0/0", "there is no run none"), ("none", "there is no run none"),
        ])
    func nothingThere(address: String, message: String) throws {
        try run("r")
        let outcome = try lab.program("show", address)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    // MARK: Export

    @Test("Measurements of several runs are one table, compressed where the name says so")
    func exports() throws {
        try run("a")
        try run("b", "seeds=3..3")
        #expect(try lab.program("export", "a", "b", "-o", "all.csv").status == 0)
        let rows = try lab.folder.text("all.csv").split(separator: "\n")
        let own = try ["a", "b"].flatMap { run in
            try lab.folder.text("\(run)/metrics.csv").split(separator: "\n").dropFirst().map {
                "\(run)," + $0
            }
        }
        #expect(rows[0] == "run,arm,seed,generation,metric,value")
        #expect(rows.dropFirst().map(String.init) == own)
        #expect(try lab.program("export", "a", "b", "-o", "all.csv.gz").status == 0)
        let unpacked = try lab.program.run(
            [], script: "gzip -dc all.csv.gz | cmp - all.csv")
        #expect(unpacked.status == 0)
        let some = try lab.program("export", "b", "--metric", "heldout.perplexity")
        #expect(some.text.split(separator: "\n").count == 1 + 2 * 3)
        // Nothing is overwritten unasked.
        let again = try lab.program("export", "b", "-o", "all.csv")
        #expect(again.status == 2 && again.errors.contains("--replace"))
        #expect(try lab.folder.text("all.csv").split(separator: "\n").count == rows.count)
        #expect(try lab.program("export", "b", "-o", "all.csv", "--replace").status == 0)
        let wrong = try lab.program("export", "b", "--metric", "heldout.perplexty")
        #expect(wrong.status == 2 && wrong.errors.contains("Is it heldout.perplexity?"))
    }

    @Test("Samples are lines of JSON with what drew them; a table for a paper has no stray command")
    func exportsSamplesAndTables() throws {
        try run("a_b", "seeds=0..0")
        let samples = try lab.program("export", "a_b", "--samples")
        let lines = samples.text.split(separator: "\n")
        #expect(lines.count > 20)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"arm\":\"") && $0.contains("\"models\":[\"") })
        #expect(lines[0].contains("\"generation\":0,\"index\":0,"))
        #expect(lines[0].contains("\"provenance\":1,\"run\":\"a_b\",\"seed\":0,"))
        let table = try lab.program("export", "a_b", "a_b", "--latex")
        #expect(table.text.contains("a\\_b & accumulate & $"))
        #expect(table.text.contains("\\begin{tabular}{llrrr}"))
    }

    // MARK: Mistakes

    @Test("All that is wrong with a file is said at once, each at its line")
    func allErrors() throws {
        try lab.folder.write(
            """
            setting: language
            corpus: mine
            generatons: 4
            seeds: 5
            sample-size: 20%
            model: {kind: ngrm, order: 3}
            arms:
              replace: {workflow: replace, real-fracton: 0.1}
              mix: {workflow: mixture, real-fraction: 20%, real-data: fresh}
              odd: {workflow: mixtur}
            evaluation: {bootstrap: many}
            """, "bad.yaml")
        let outcome = try lab.program("validate", "bad.yaml")
        #expect(outcome.status == 2)
        let lines = outcome.errors.split(separator: "\n").map(String.init)
        let expected = [
            "bad.yaml:3:1: `generatons`", "Write `0..4` for 5 seeds",
            "bad.yaml:5:14: `sample-size`",
            "bad.yaml:6:15: `model.kind`", "`arms.replace.real-fracton`", "Write `0.2`",
            "Write `mixture`", "`evaluation.bootstrap`",
        ]
        for message in expected {
            #expect(lines.contains { $0.contains(message) }, "\(message)\n\(outcome.errors)")
        }
    }

    @Test("A recipe that is nearly named is suggested")
    func nearestRecipe() throws {
        let outcome = try lab.program("run", "demo-ngrm")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("Is it `demo-ngram`?"))
    }
}
