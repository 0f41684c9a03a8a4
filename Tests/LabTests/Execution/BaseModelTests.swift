import Foundation
import Glibc
import Lab
import Settings
import Synchronization
import Testing
import Text

/// Loops that begin from a model that exists, as transformers saved it.
@Suite struct BaseModelTests {
    private let base: BaseWorkshop
    private var workshop: Workshop { base.workshop }
    private var fixtures: String { base.fixtures }

    init() throws {
        base = try BaseWorkshop()
    }

    private func model(_ name: String, at place: String = "model") throws -> String {
        try base.model(name, at: place)
    }

    private func experiment(_ lines: String, generations: Int = 2) -> String {
        base.experiment(lines, generations: generations)
    }

    /// Nats a token of the held-out documents as transformers computes them.
    private func expected(_ name: String) throws -> Double {
        let corpus = try CorpusLibrary(root: workshop.root).load("made-up")
        let heldOut = Set(
            (0..<corpus.test.count).map {
                String(decoding: corpus.test.bytes(of: $0), as: UTF8.self)
            })
        let scores = base.reference.documents.filter { heldOut.contains($0.text) }.map {
            name == "gpt2" ? $0.gpt2 : $0.llama
        }
        #expect(scores.count == heldOut.count && scores.count > 10)
        return scores.reduce(0) { $0 + $1.nats } / Double(scores.reduce(0) { $0 + $1.events })
    }

    @Test(
        "A model that transformers saved goes through the loop, and is scored as transformers does",
        arguments: ["gpt2", "llama"])
    func loops(name: String) throws {
        _ = try model(name)
        let targets = name == "gpt2" ? "c_attn" : "q_proj"
        let (values, _) = try workshop.measured(
            experiment(
                """
                base: {model: ./model}
                start-from: base
                arms:
                  replace: {workflow: replace}
                  mixture: {workflow: mixture, real-fraction: 0.5, real-data: fresh, start-from: previous}
                  of-base: {workflow: replace, sample-from: base}
                  adapted: {workflow: replace, model: {training: {adapters: {rank: 2, targets: [\(targets)]}}}}
                  frozen: {workflow: replace, model: {training: {frozen: [\(name == "gpt2" ? "wte" : "embed_tokens")]}}}
                """), file: workshop.root + "/experiment.yaml")
        let nats = try #require(values["heldout.nats_per_token"])
        let expected = try expected(name)
        for arm in ["replace", "mixture", "of-base", "adapted", "frozen"] {
            let own = try #require(nats[arm])
            #expect(Set(own.keys) == Set(-1...2), "\(arm)")
            for value in try #require(own[-1]) { #expect(abs(value - expected) < 1e-4, "\(arm)") }
            for value in try #require(own[0]) { #expect(value < expected, "\(arm)") }
        }
        #expect(nats["replace"]?[0] == nats["mixture"]?[0])
        #expect(nats["adapted"]?[0] != nats["replace"]?[0])
        #expect(nats["frozen"]?[0] != nats["replace"]?[0])
        // Nothing but a model alone is measured of the base.
        #expect(values["samples.types"]?["replace"]?[-1] == nil)
        #expect(values["data.size"]?["replace"]?[-1] == nil)
    }

    @Test(
        "The content of a base counts and not its path, and the run's copy is what it goes on with")
    func copies() throws {
        let first = try model("gpt2", at: "here/model")
        let second = try model("gpt2", at: "elsewhere/deeper/model")
        try "not read".write(
            toFile: second + "/pytorch_model.bin", atomically: true, encoding: .utf8)
        func text(_ path: String) -> String {
            experiment(
                """
                base: {model: \(path)}
                start-from: base
                arms:
                  replace: {workflow: replace}
                """, generations: 1)
        }
        let (_, one) = try workshop.measured(
            text("model"), "one", file: workshop.root + "/here/experiment.yaml")
        let (values, two) = try workshop.measured(text(second), "two")
        #expect(one == two)
        #expect(!one.contains(workshop.root))

        // Without either folder, a run goes on from its own file, also where it was moved.
        try FileManager.default.removeItem(atPath: first)
        try FileManager.default.removeItem(atPath: second)
        try FileManager.default.moveItem(
            atPath: workshop.root + "/one", toPath: workshop.root + "/moved")
        try FileManager.default.removeItem(atPath: workshop.root + "/moved/records/replace/seed-1")
        let own = workshop.root + "/moved/experiment.yaml"
        let (again, moved) = try workshop.measured(
            try String(contentsOfFile: own, encoding: .utf8), "moved", file: own)
        #expect(again == values)
        #expect(moved == two)
    }

    @Test("Another model at the same path is another experiment")
    func otherContent() throws {
        let path = try model("gpt2")
        let text = experiment(
            """
            base: {model: \(path)}
            start-from: base
            arms:
              replace: {workflow: replace}
            """, generations: 0)
        _ = try workshop.measured(text)
        try FileManager.default.removeItem(atPath: path)
        _ = try model("llama")
        #expect {
            _ = try workshop.measured(text)
        } throws: { "\($0)".contains("holds another experiment") && "\($0)".contains("base.model") }
    }

    @Test("A tokenizer that exists serves models that are trained from scratch")
    func tokenizerAlone() throws {
        _ = try model("gpt2")
        let (values, specification) = try workshop.measured(
            experiment(
                """
                tokenizer: {kind: file, path: model/tokenizer.json}
                arms:
                  counts: {workflow: replace, model: {kind: ngram, order: 2}}
                  network: {workflow: replace, model: {kind: transformer, layers: 1, width: 16}}
                """, generations: 1), file: workshop.root + "/experiment.yaml")
        for arm in ["counts", "network"] {
            let nats = try #require(values["heldout.nats_per_token"]?[arm])
            #expect(Set(nats.keys) == [0, 1])
            #expect(try #require(nats[0]).allSatisfy { $0 > 1 && $0 < 7 })
        }
        #expect(specification.contains("kind: tokenizer"))
    }

    @Test("A base that learns from other text is fitted once for each seed, and kept")
    func fittedBase() throws {
        let text = experiment(
            """
            base: {corpus: made-up, size: 1000}
            start-from: base
            tokenizer: {kind: bpe, vocabulary: 300}
            model: {kind: transformer, layers: 1, width: 16, context-length: 24}
            arms:
              replace: {workflow: replace}
              accumulate: {workflow: accumulate}
            """, generations: 1)
        let notes = Mutex<[String]>([])
        func run(workers: Int, _ name: String) throws -> [String: [String: [Int: [Double]]]] {
            try workshop.measured(text, name, workers: workers) { event in
                if case .note(let note) = event { notes.withLock { $0.append(note) } }
            }.values
        }
        let values = try run(workers: 2, "run")
        let fits = notes.withLock { $0 }.filter { $0.contains("fitting the base model") }
        #expect(fits.count == 2)
        #expect(values["heldout.nats_per_token"]?["replace"]?[-1]?.count == 2)
        notes.withLock { $0 = [] }
        try FileManager.default.removeItem(
            atPath: workshop.root + "/run/records/accumulate/seed-1/generation-001.json")
        #expect(try run(workers: 1, "run") == values)
        #expect(notes.withLock { $0 }.allSatisfy { !$0.contains("fitting the base model") })
        #expect(try run(workers: 1, "other") == values)
    }

    @Test(
        "Whether the base may have read the held-out text is warned of, or said in its favour",
        arguments: [
            (nil, "cautions:", "nothing tells what it was trained on"),
            (0, "remarks:", "none occurs in what the base model was trained on (made-up)"),
            (5, "cautions:", "5 of its"),
            (-1, "cautions:", "was not held against this text"),
        ] as [(Int?, String, String)])
    func exposure(shared: Int?, key: String, words: String) throws {
        let path = try model("gpt2")
        if let shared {
            let corpus = try CorpusLibrary(root: workshop.root).load("made-up")
            var text = TrainingText(corpus, against: [corpus])
            for index in text.heldOut.indices {
                text.heldOut[index].overlap.sharedGrams = max(0, shared)
                text.heldOut[index].overlap.touchedDocuments = min(1, max(0, shared))
                if shared < 0 { text.heldOut[index].contentHash = "another" }
            }
            // With the text itself at hand it would be measured.
            if shared < 0 { text.contentHash = "another" }
            try JSONEncoder().encode(text).write(
                to: URL(fileURLWithPath: path + "/" + TrainingText.fileName))
        }
        let (_, specification) = try workshop.measured(
            experiment(
                """
                base: {model: \(path)}
                start-from: base
                arms:
                  replace: {workflow: replace}
                """, generations: 0))
        let section = try #require(specification.range(of: key))
        #expect(specification[section.upperBound...].contains(words), "\(specification)")
        // A base that is not used is not spoken of.
        let (_, unused) = try workshop.measured(
            experiment(
                """
                base: {model: \(path)}
                arms:
                  replace: {workflow: replace}
                """, generations: 0), "unused")
        #expect(unused.contains("no model starts from it"))
        #expect(!unused.contains("base model may have read"))
        #expect(!unused.contains("none occurs"))
    }

    private func fineTuning(_ training: String) -> String {
        "start-from: base\nmodel: {training: {\(training)}}"
    }

    private func trainingText(corpus: String, shared: Int) -> String {
        """
        {"corpus": "\(corpus)", "contentHash": "a", "heldOut": [{"corpus": "made-up", "contentHash": "b",
          "overlap": {"split": "test", "grams": 10, "sharedGrams": \(shared), "documents": 5,
            "touchedDocuments": 0}}]}
        """
    }

    @Test(
        "What cannot be begun from is refused by key and file, before anything runs",
        arguments: [
            ("no tokenizer", ["base.model", "has neither tokenizer.json"]),
            ("larger vocabulary", ["base.model", "tokenizer.json", "more than the model's"]),
            ("other family", ["base.model", "config.json", "has model_type gpt_neox"]),
            ("pickle", ["base.model", "pytorch_model.bin", "is a pickle"]),
            (
                "index out of the folder",
                ["base.model", "model.safetensors.index.json", "same folder"]
            ),
            ("other sizes", ["base.model", "has shape", "config.json makes it"]),
            ("cut weights", ["base.model", "model.safetensors"]),
            ("long prompt", ["sampling.prompt-tokens", "sees 32 at once"]),
            ("long context", ["evaluation.context", "and the model's is 32"]),
            ("other shape", ["model.layers", "and 2 in base.model"]),
            ("n-gram", ["`arms.replace.model`", "cannot go on from base.model"]),
            ("other tokenizer", ["tokenizer.kind", "leave out `tokenizer`"]),
            ("no folder", ["base.model", "is missing: there is no such folder"]),
            ("text as well", ["base.corpus", "leave out corpus"]),
            ("nothing", ["`arms.replace.base`", "say where the base comes from"]),
            ("size alone", ["base.size", "give base.corpus"]),
            ("base without base", ["model.kind", "there is no base.model"]),
            ("unknown frozen", ["model.training", "training.frozen has wpx"]),
            ("all frozen", ["model.training", "nothing is trained"]),
            ("unknown adapter", ["model.training", "adapters.targets has q_proj"]),
            ("large adapter", ["model.training", "adapters.rank is 64", "at most 16"]),
            ("not a number", ["base.model", "model.safetensors", "transformer.h.0", "is nan"]),
            ("index of others", ["base.model", "index.json", "no name of a safetensors file"]),
            ("hidden weights", ["base.model", ".safetensors", "cannot"]),
            ("pipe", ["base.model", "tokenizer.json"]),
            ("folder in place of a file", ["base.model", "tokenizer.json"]),
            ("link to nothing", ["base.model", "training.json"]),
            ("impossible overlap", ["base.model", "training.json", "shares more than there is"]),
            ("name of two lines", ["base.model", "training.json", "no name of one line"]),
            ("empty path", ["base.model", "is no path"]),
        ])
    func refusals(fault: String, words: [String]) throws {
        let path = try model("gpt2")
        var base = "base: {model: \(path)}"
        var lines = ""
        func write(_ text: String, to file: String) throws {
            try text.write(toFile: path + "/" + file, atomically: true, encoding: .utf8)
        }
        func replace(_ old: String, _ new: String, in file: String) throws {
            let text = try String(contentsOfFile: path + "/" + file, encoding: .utf8)
            #expect(text.contains(old))
            try write(text.replacingOccurrences(of: old, with: new), to: file)
        }
        func remove(_ file: String) throws {
            try FileManager.default.removeItem(atPath: path + "/" + file)
        }
        switch fault {
        case "no tokenizer": try remove("tokenizer.json")
        case "larger vocabulary":
            try remove("model.safetensors")
            try remove("config.json")
            try FileManager.default.copyItem(
                atPath: fixtures + "/llama/config.json", toPath: path + "/config.json")
            try FileManager.default.copyItem(
                atPath: fixtures + "/llama/model.safetensors", toPath: path + "/model.safetensors")
            // As many tokens more as the llama has embeddings for without one.
            let more = (300...304).map {
                #"{"id":\#($0),"content":"<\#($0)>","single_word":false,"lstrip":false,"rstrip":false,"#
                    + #""normalized":false,"special":true},"#
            }.joined()
            try replace("\"added_tokens\": [", "\"added_tokens\": [" + more, in: "tokenizer.json")
        case "other family": try replace("\"gpt2\"", "\"gpt_neox\"", in: "config.json")
        case "pickle":
            try FileManager.default.moveItem(
                atPath: path + "/model.safetensors", toPath: path + "/pytorch_model.bin")
        case "index out of the folder":
            try FileManager.default.moveItem(
                atPath: path + "/model.safetensors", toPath: workshop.root + "/model.safetensors")
            try write(
                #"{"weight_map": {"transformer.wte.weight": "../model.safetensors"}}"#,
                to: "model.safetensors.index.json")
        case "other sizes": try replace("\"n_embd\": 16", "\"n_embd\": 65536", in: "config.json")
        case "cut weights":
            let file = try #require(FileHandle(forUpdatingAtPath: path + "/model.safetensors"))
            try file.truncate(atOffset: 40_000)
        case "long prompt": lines = "sampling: {prompt: real, prompt-tokens: 32}"
        case "long context": lines = "evaluation: {context: 64}"
        case "other shape": lines = "model: {kind: transformer, layers: 3}"
        case "n-gram": lines = "model: {kind: ngram, order: 2}"
        case "other tokenizer": lines = "tokenizer: {kind: bpe, vocabulary: 300}"
        case "no folder": base = "base: {model: ./nowhere}"
        case "text as well": base = "base: {model: \(path), corpus: made-up}"
        case "nothing": base = "base: {}\nmodel: {kind: transformer}"
        case "size alone": base = "base: {model: \(path), size: 20}"
        case "base without base": base = "model: {kind: base}"
        case "unknown frozen": lines = fineTuning("frozen: [wpx]")
        case "all frozen": lines = fineTuning("frozen: [transformer]")
        case "unknown adapter": lines = fineTuning("adapters: {targets: [q_proj]}")
        case "large adapter": lines = fineTuning("adapters: {rank: 64}")
        case "not a number":
            let url = URL(fileURLWithPath: path + "/model.safetensors")
            var bytes = try Data(contentsOf: url)
            let header = 8 + Int(bytes[0]) + 256 * Int(bytes[1])
            let tensor = try #require(
                try JSONSerialization.jsonObject(with: bytes[8..<header]) as? [String: Any])
            let entry = try #require(tensor["transformer.h.0.attn.c_attn.weight"] as? [String: Any])
            let offset = header + (try #require(entry["data_offsets"] as? [Int]))[0]
            bytes.replaceSubrange(offset..<offset + 4, with: [0, 0, 0xC0, 0x7F])
            try bytes.write(to: url)
        case "index of others":
            try remove("model.safetensors")
            try write(
                #"{"weight_map": {"transformer.wte.weight": "config.json"}}"#,
                to: "model.safetensors.index.json")
        case "hidden weights":
            try FileManager.default.moveItem(
                atPath: path + "/model.safetensors", toPath: path + "/.safetensors")
            try write(
                #"{"weight_map": {"transformer.wte.weight": ".safetensors"}}"#,
                to: "model.safetensors.index.json")
        case "pipe":
            try remove("tokenizer.json")
            #expect(mkfifo(path + "/tokenizer.json", 0o600) == 0)
        case "folder in place of a file":
            try remove("tokenizer.json")
            try FileManager.default.createDirectory(
                atPath: path + "/tokenizer.json", withIntermediateDirectories: false)
        case "link to nothing":
            try FileManager.default.createSymbolicLink(
                atPath: path + "/training.json", withDestinationPath: "nowhere")
        case "impossible overlap":
            try write(trainingText(corpus: "other", shared: -1), to: "training.json")
        case "name of two lines":
            try write(trainingText(corpus: "other\\ntext", shared: 0), to: "training.json")
        case "empty path": base = "base: {model: ''}"
        default: Issue.record("no such fault")
        }
        let text =
            """
            setting: language
            corpus: made-up
            sample-size: 800
            generations: 1
            \(base)
            \(lines)
            arms:
              replace: {workflow: replace}
            """
        #expect {
            _ = try workshop.measured(text)
        } throws: { error in
            let message = "\(error)"
            #expect(error is SpecificationError, "\(message)")
            for word in words { #expect(message.contains(word), "\(message)") }
            return true
        }
        #expect(!FileManager.default.fileExists(atPath: workshop.root + "/run"))
    }
}
