import Foundation
import TestSupport
import Testing

/// Commands on what a run stored, by its short address, and on all of a chain.
@Suite struct StoredModelCommandTests {
    private func lab() throws -> TextLab {
        let lab = try TextLab()
        let run = try lab.program(
            "run", "e.yaml", "-o", "runs/small", "--quiet", "--set", "checkpoints=all")
        guard run.status == 0 else { throw TextLab.Failure(description: run.errors) }
        return lab
    }

    @Test("The n-gram commands read a stored model, whose text is its tokenizer's")
    func ngrams() throws {
        let run = try lab().program
        try run.folder.write("word1 word2 word40.\nword7 word8\n", "text")
        let address = "small:replace/0/2"
        let stored = try run("ngram", "perplexity", "--model", address, "--json", "text")
        #expect(stored.status == 0 && stored.text.contains("\"sentences\" : 2"), "\(stored.errors)")
        #expect(stored.text.contains("\"unknownTokens\" : 0"), "\(stored.text)")
        #expect(stored.text.contains("natsPerToken"))
        #expect(
            try run("ngram", "perplexity", "--model", "runs/" + address, "--json", "text").text
                == stored.text)
        #expect(try run("ngram", "convert", address, "--output", "m.bin").status == 0)
        let converted = try run(
            "ngram", "perplexity", "--model", "m.bin", "--tokenizer", "words", "--json", "text")
        #expect(converted.text == stored.text, "\(converted.errors)")
        let sample = try run("ngram", "sample", "--model", address, "--tokens", "30")
        #expect(sample.status == 0 && sample.text.contains("word"), "\(sample.errors)")
        let compared = try run(
            "ngram", "compare", "--model", address, "--with", "small:replace/0/0", "--json", "text")
        #expect(compared.status == 0 && compared.text.contains("\"relativeEntropy\""))
        for (arguments, words) in [
            (["perplexity", "--model", address, "--tokens", "text"], "is an n-gram model"),
            (
                ["ngram", "sample", "--model", "small:replace/0/9", "--tokens", "1"],
                "its last is 2"
            ),
            (
                ["ngram", "sample", "--model", "smal:replace/0/1", "--tokens", "1"],
                "in runs/ are small"
            ),
        ] {
            let refused = try run.run(arguments)
            #expect(refused.status == 2 && refused.errors.contains(words), "\(refused.errors)")
        }
    }

    @Test("A chain's models are crossed with its samples, and the run stays as it was")
    func cross() throws {
        let lab = try lab()
        let run = lab.program
        let before = try lab.contents(of: "runs/small")
        let first = try run("cross", "runs/small", "--arm", "replace", "--seed", "1")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.text.contains("runs/small/cross/replace/seed-1/cross.csv"), "\(first.text)")
        let csv = try run.folder.text("runs/small/cross/replace/seed-1/cross.csv")
        #expect(csv.split(separator: "\n").count == 1 + 3 * 4)
        #expect(
            csv.hasPrefix(
                "arm,seed,model,data,nats_per_token,bits_per_byte,tokens,zero_probability_tokens\n")
        )
        // The column of real text is what the run measured.
        let metrics = try run.folder.text("runs/small/metrics.csv").split(separator: "\n")
        for t in 0...2 {
            let recorded = try #require(
                metrics.first { $0.hasPrefix("replace,1,\(t),heldout.nats_per_token,") })
            let value = try #require(recorded.split(separator: ",").last)
            #expect(csv.contains("replace,1,\(t),real,\(value),"), "\(csv)")
        }
        let one = try run(
            "cross", "runs/small", "--arm", "replace", "--seed", "1", "--generations", "0,2",
            "--workers", "1", "--output", "here", "--json")
        #expect(one.status == 0 && one.text.contains("\"natsPerToken\""), "\(one.errors)")
        let lines = try run.folder.text("here/cross.csv").split(separator: "\n")
        #expect(lines.count == 1 + 2 * 3 && lines.allSatisfy { csv.contains($0) })
        #expect(run.folder.exists("here/cross.svg"))
        let after = try lab.contents(of: "runs/small").filter { !$0.key.hasPrefix("cross/") }
        #expect(after == before)
        #expect(try run("verify", "runs/small").status == 0)
    }

    @Test("A generation of parallel models is no model, and says how many it has")
    func parallel() throws {
        let run = try TextLab().program
        let made = try run(
            "run", "e.yaml", "-o", "runs/small", "--quiet", "--set", "parallel-models=3", "--set",
            "generations=1")
        #expect(made.status == 0, "\(made.errors)")
        for command in [
            ["ngram", "sample", "--tokens", "1", "--model"],
            ["ngram", "convert", "--output", "m.bin"], ["model", "inspect"],
            ["sample", "--sequences", "1", "--length", "2", "--output", "s.bin", "--model"],
        ] {
            let refused = try run.run(command + ["small:replace/0/1"])
            #expect(
                refused.status == 2
                    && refused.errors.contains("small:replace/0/1 holds 3 models"),
                "\(command): \(refused.errors)")
        }
        // They have one tokenizer.
        let ids = try run(
            "tokenizer", "encode", "--tokenizer", "small:replace/0/1", "--output", "t.bin",
            "text.txt"
        )
        #expect(ids.status == 0, "\(ids.errors)")
        let crossed = try run("cross", "runs/small", "--arm", "replace", "--seed", "0")
        #expect(crossed.status == 0, "\(crossed.errors)")
    }

    @Test("No command writes among the files that a run keeps for itself")
    func outputPlaces() throws {
        let lab = try lab()
        let run = lab.program
        let made = try run("ngram", "train", "--order", "2", "--arpa", "m.arpa", "text.txt")
        #expect(made.status == 0, "\(made.errors)")
        try run.folder.write("../runs/small/objects", "links/.keep")
        try FileManager.default.createSymbolicLink(
            atPath: run.folder / "links/store",
            withDestinationPath: run.folder / "runs/small/objects")
        let before = try lab.contents(of: "runs/small")
        let object = try #require(
            before.keys.sorted().first { $0.hasSuffix("/object.json") }.map {
                "runs/small/" + $0.dropLast("/object.json".count)
            })
        let cross = ["cross", "runs/small", "--arm", "replace", "--seed", "0", "--output"]
        let commands = [
            cross + ["runs/small/objects"], cross + ["runs/small/objects/new/deep"],
            cross + [object], cross + ["links/store/new"], cross + ["runs/small/records"],
            ["run", "e.yaml", "--output", "runs/small/objects/r"],
            ["run", "e.yaml", "--store", object],
            [
                "threshold", "e.yaml", "--key", "arms.replace.sample-size", "--tolerance", "1",
                "--output", "runs/small/records/t",
            ],
            ["tokenizer", "train", "--kind", "byte", "--output", object + "/t", "text.txt"],
            [
                "tokenizer", "encode", "--tokenizer", "small:replace/0/1", "--output",
                "runs/small/objects/t.bin", "text.txt",
            ],
            ["ngram", "train", "--order", "2", "--arpa", "runs/small/metrics.csv", "text.txt"],
            ["ngram", "convert", "m.arpa", "--output", "runs/small/experiment.yaml"],
            [
                "ngram", "sample", "--model", "m.arpa", "--tokens", "1", "--output",
                "runs/small/objects/s",
            ],
            [
                "train", "--model", "{kind: transformer}", "--tokens", "t.bin", "--steps", "1",
                "--output", "runs/small/objects/m",
            ],
            [
                "sample", "--model", "m", "--sequences", "1", "--length", "2", "--output",
                "runs/small/objects/s.bin",
            ],
            ["model", "export", "m", "--output", "runs/small/objects/e"],
            ["model", "import", "m", "--output", "runs/small/objects/i"],
            [
                "tokenizer", "decode", "--tokenizer", "small:replace/0/1", "--output",
                "runs/small/records/text", "t.bin",
            ],
        ]
        for command in commands {
            let refused = try run.run(command)
            #expect(
                refused.status == 2
                    && refused.errors.contains("among the files that the run keeps"),
                "\(command): \(refused.status) \(refused.errors)")
        }
        #expect(try lab.contents(of: "runs/small") == before)
        #expect(try run.run(cross + ["runs/small/mine"]).status == 0)
        try run.folder.write("", "objects/.keep")
        #expect(try run.run(cross + ["objects/mine"]).status == 0)
    }

    @Test(arguments: [
        (["--arm", "replace"], 2, "has the seeds 0, 1"),
        (["--seed", "0"], 2, "has the arms"),
        (["--arm", "replace", "--seed", "0", "--generations", "2..1"], 64, "generations"),
        (["--arm", "replace", "--seed", "0", "--generations", "7"], 2, "generations 0 to 2"),
    ])
    func crossRefusals(arguments: [String], status: Int32, words: String) throws {
        let run = try lab().program
        let refused = try run.run(["cross", "runs/small"] + arguments)
        #expect(refused.status == status && refused.errors.contains(words), "\(refused.errors)")
    }

    @Test func aSettingWithoutStoredModelsIsRefused() throws {
        let run = try Program()
        try run.folder.write("", "models/.keep")
        try run.folder.write("", "corpora/.keep")
        let made = try run(
            "run", "gaussian", "--quiet", "--set", "seeds=[0]", "--set", "generations=2",
            "--output", "g")
        #expect(made.status == 0, "\(made.errors)")
        let refused = try run("cross", "g", "--seed", "0")
        #expect(
            refused.status == 2 && refused.errors.contains("the setting gaussian"),
            "\(refused.errors)")
        let model = try run("ngram", "sample", "--model", "g:", "--tokens", "1")
        #expect(model.status == 2, "\(model.errors)")
    }
}
