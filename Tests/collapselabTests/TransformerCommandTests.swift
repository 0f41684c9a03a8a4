import Foundation
import TestSupport
import Testing

@Suite struct TransformerCommandTests {
    private static let preset = """
        kind: transformer
        layers: 1
        heads: 2
        width: 16
        context-length: 16
        training: {batch-size: 4, learning-rate: 1e-2}
        """

    /// A program's folder with a preset, a tokenizer and the tokens of 60 documents.
    private static func workplace() throws -> Program {
        let run = try Program()
        try run.folder.write(preset, "tiny.yaml")
        try run.folder.write(
            (0..<60).map { "line \($0) says \($0 % 7)\n" }.joined(), "text.txt")
        _ = try run("tokenizer", "train", "--kind", "byte", "--output", "t.json", "text.txt")
        let encoded = try run(
            "tokenizer", "encode", "--tokenizer", "t.json", "--documents", "lines", "--output",
            "tokens.bin", "text.txt")
        try #require(encoded.status == 0, "\(encoded.errors)")
        return run
    }

    private static func train(_ run: Program, _ more: String...) throws -> Program.Outcome {
        try run.run(
            ["train", "--model", "tiny.yaml", "--tokens", "tokens.bin", "--seed", "3"] + more)
    }

    private static func object(_ outcome: Program.Outcome) throws -> [String: Any] {
        try #require(outcome.status == 0, "\(outcome.errors)")
        let value = try JSONSerialization.jsonObject(with: Data(outcome.output))
        return try #require(value as? [String: Any])
    }

    @Test func trainSampleAndScore() throws {
        let run = try Self.workplace()
        let trained = try Self.object(
            Self.train(
                run, "--steps", "30", "--tokenizer", "t.json", "--output", "out", "--json"))
        #expect(trained["stepsMade"] as? Int == 30)
        let log = try run.folder.text("out/training.csv").split(separator: "\n")
        #expect(log.count == 4)
        let first = try #require(log[1].split(separator: ",").dropFirst(2).first.map(String.init))
        let last = try #require(log[3].split(separator: ",").dropFirst(2).first.map(String.init))
        #expect(try #require(Double(last)) < #require(Double(first)))

        for workers in ["1", "2"] {
            let sampled = try run(
                "sample", "--model", "out", "--sequences", "9", "--length", "12",
                "--minimum-length", "12", "--temperature", "1", "--seed", "5", "--output",
                "sample\(workers).bin", "--log-probabilities", "log\(workers).csv", "--workers",
                workers)
            #expect(sampled.status == 0, "\(sampled.errors)")
        }
        #expect(try run.folder.bytes("sample1.bin") == run.folder.bytes("sample2.bin"))
        #expect(try run.folder.bytes("log1.csv") == run.folder.bytes("log2.csv"))
        let text = try run("tokenizer", "decode", "--tokenizer", "t.json", "sample1.bin")
        #expect(text.output.count == 9 * 12 + 8)
        let log1 = try run.folder.text("log1.csv").split(separator: "\n").dropFirst()
        #expect(log1.count == 9 * 12)

        let scored = try Self.object(
            run(
                "perplexity", "--model", "out", "--tokens", "tokens.bin", "--context", "16",
                "--stride", "16", "--json"))
        #expect(scored["documents"] as? Int == 60)
        let nats = try #require(scored["natsPerToken"] as? Double)
        #expect(nats > 0 && nats < 5.5)
        #expect(try #require(scored["bitsPerByte"] as? Double) > nats / 0.6932)
    }

    /// A model trained on tokens alone can be sampled, because the vocabulary lies with it.
    @Test func aModelNeedsNoTokenizer() throws {
        let run = try Self.workplace()
        let trained = try Self.train(run, "--steps", "2", "--output", "out")
        #expect(trained.status == 0, "\(trained.errors)")
        let piped = try run(
            "sample", "--model", "out", "--sequences", "3", "--length", "4", "--greedy",
            "--output", "-")
        #expect(piped.status == 0, "\(piped.errors)")
        #expect(piped.output.count % 2 == 0 && piped.output.count >= 2 * 3 * 2)
        // Nor is the vocabulary needed for ids alone.
        try FileManager.default.removeItem(atPath: run.folder / "out/vocabulary.json")
        let arguments = [
            "sample", "--model", "out", "--sequences", "3", "--length", "4", "--greedy",
        ]
        let again = try run.run(arguments + ["--output", "-"])
        #expect(again.output == piped.output, "\(again.errors)")
        let file = try run.run(arguments + ["--output", "s.bin"])
        #expect(file.status == 2)
        #expect(file.errors.contains("out: has neither tokenizer.json nor vocab.json"))
        // Every command says the same of a folder that holds no model.
        try run.folder.write("", "empty/pytorch_model.bin")
        for command in [
            ["model", "inspect", "empty"], ["model", "import", "empty"],
            ["perplexity", "--model", "empty", "--tokens", "tokens.bin"],
            ["sample", "--model", "empty", "--sequences", "1", "--length", "2", "--output", "-"],
            [
                "train", "--init", "empty", "--tokens", "tokens.bin", "--steps", "1", "--output",
                "new",
            ],
        ] {
            let outcome = try run.run(command)
            #expect(outcome.status == 2)
            #expect(
                outcome.errors.contains("empty/pytorch_model.bin: is a pickle"),
                "\(command): \(outcome.errors)")
        }
    }

    @Test func modelsAreExchangedAndTunedFurther() throws {
        let run = try Self.workplace()
        _ = try Self.train(run, "--steps", "3", "--output", "out")
        let exported = try run(
            "model", "export", "out", "--tokenizer", "t.json", "--output", "hub")
        #expect(exported.status == 0, "\(exported.errors)")
        let imported = try Self.object(run("model", "import", "hub", "--output", "in", "--json"))
        #expect(imported["tokenizerKind"] as? String == "byte")
        #expect(
            try run.folder.bytes("in/model.safetensors")
                == run.folder.bytes("out/model.safetensors"))
        let inspected = try run("model", "inspect", "--tensors", "in")
        #expect(inspected.text.contains("gpt2") && inspected.text.contains("wte.weight"))
        let tuned = try run(
            "train", "--init", "in", "--tokens", "tokens.bin", "--steps", "3", "--output", "tuned",
            "--set", "training.adapters={rank: 2}")
        #expect(tuned.status == 0, "\(tuned.errors)")
        #expect(
            FileManager.default.fileExists(
                atPath: run.folder / "tuned/adapter/adapter_config.json"))
    }

    @Test("Ids that a model has beyond its tokenizer's are never drawn", arguments: ["1", "2"])
    func paddedVocabularies(beams: String) throws {
        let run = try Self.workplace()
        _ = try run(
            "tokenizer", "train", "--vocabulary", "290", "--output", "large.json", "text.txt")
        _ = try run(
            "tokenizer", "encode", "--tokenizer", "large.json", "--documents", "lines", "--output",
            "large.bin", "text.txt")
        let trained = try run(
            "train", "--model", "tiny.yaml", "--tokens", "large.bin", "--steps", "1", "--output",
            "out")
        #expect(trained.status == 0, "\(trained.errors)")
        _ = try run("model", "export", "out", "--tokenizer", "t.json", "--output", "padded")
        // Of 290 ids nearly alike, 33 are beyond the 257 of the tokenizer.
        let sampled = try run(
            "sample", "--model", "padded", "--sequences", "20", "--length", "12", "--beams", beams,
            "--output", "s.bin")
        #expect(sampled.status == 0, "\(sampled.errors)")
        #expect(try run("tokenizer", "decode", "--tokenizer", "t.json", "s.bin").status == 0)
    }

    /// Each wrong input, the exit code, and what the message must name.
    @Test func wrongInputIsNamed() throws {
        let run = try Self.workplace()
        _ = try Self.train(run, "--steps", "1", "--output", "out")
        try run.folder.write("other text\n", "other.txt")
        _ = try run(
            "tokenizer", "train", "--vocabulary", "260", "--output", "bpe.json", "other.txt")
        try run.folder.write(Self.preset.replacing("width", with: "widht"), "typo.yaml")
        try run.folder.write(Self.preset.replacing("layers: 1", with: "layers: 2"), "deep.yaml")
        var damaged = try run.folder.bytes("out/model.safetensors")
        damaged.removeLast(100)
        try FileManager.default.createDirectory(
            atPath: run.folder / "damaged", withIntermediateDirectories: true)
        try run.folder.write(damaged, "damaged/model.safetensors")
        try run.folder.write(run.folder.bytes("out/config.json"), "damaged/config.json")
        let base = ["train", "--tokens", "tokens.bin", "--steps", "2", "--output", "new"]
        let cases: [([String], Int32, [String])] = [
            (base, 64, ["--init"]),
            (base + ["--model", "typo.yaml"], 2, ["typo.yaml", "widht", "width"]),
            (base + ["--model", "tiny.yaml", "--set", "training.shards=0"], 2, ["shards"]),
            (base + ["--model", "deep.yaml", "--init", "out"], 2, ["layers", "2", "1"]),
            (base + ["--init", "out", "--set", "width=8"], 2, ["width=8"]),
            (base + ["--model", "tiny.yaml", "--tokenizer", "bpe.json"], 2, ["bpe.json"]),
            (["model", "inspect", "damaged"], 2, ["damaged/model.safetensors"]),
            (["model", "export", "out", "--output", "damaged"], 2, ["damaged", "exists"]),
            (
                ["perplexity", "--model", "out", "--tokens", "tokens.bin", "--context", "99"], 2,
                ["99", "16"]
            ),
            (
                [
                    "sample", "--model", "out", "--sequences", "2", "--length", "4", "--top-p",
                    "1.5", "--output", "s.bin",
                ], 2, ["top-p", "1.5"]
            ),
            (["perplexity", "--model", "missing", "--tokens", "tokens.bin"], 2, ["missing"]),
            (
                ["perplexity", "--model", "out", "--tokens", "text.txt"], 2,
                ["text.txt: is no token file", "text.txt.json", "collapselab tokenizer encode"]
            ),
            (
                [
                    "train", "--model", "tiny.yaml", "--tokens", "text.txt", "--steps", "2",
                    "--output", "new",
                ], 2, ["text.txt: is no token file", "collapselab tokenizer encode"]
            ),
            (
                ["perplexity", "--model", "out", "--tokens", "none.bin"], 2,
                ["cannot read none.bin"]
            ),
            (
                [
                    "sample", "--model", "out", "--sequences", "2", "--length", "4", "--beams",
                    "0", "--output", "s.bin",
                ], 64, ["beams", "from 1 to 1024"]
            ),
            (
                [
                    "sample", "--model", "out", "--sequences", "2", "--length", "4",
                    "--length-penalty", "-101", "--output", "s.bin",
                ], 64, ["length-penalty", "-101"]
            ),
        ]
        for (arguments, status, words) in cases {
            let outcome = try run.run(arguments)
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            for word in words {
                #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)")
            }
        }
        // A rate that breaks the fit is not wrong input, but it says where it broke.
        let diverged = try Self.train(
            run, "--steps", "40", "--output", "broken", "--set", "training.learning-rate=10",
            "--set", "training.gradient-clip=0", "--set", "training.optimizer=sgd",
            "--set", "training.weight-decay=10")
        #expect(diverged.status == 1)
        #expect(diverged.errors.contains("diverged at step"))
        #expect(diverged.errors.contains("learning rate"))
    }
}
