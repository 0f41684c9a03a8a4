import Collapse
import Foundation
import Lab
import Settings
import Testing

/// Loops that begin from a generation that another run stored.
@Suite struct BaseRunTests {
    private let base: BaseWorkshop
    private var workshop: Workshop { base.workshop }
    private var files: FileManager { .default }

    init() throws { base = try BaseWorkshop() }

    private typealias Values = [String: [String: [Int: [Double]]]]

    /// A run of small transformers whose models are all kept.
    private func first(
        _ model: String = "{kind: transformer, layers: 1, width: 16, context-length: 24}",
        name: String = "first"
    ) throws -> Values {
        try workshop.measured(
            """
            setting: language
            corpus: made-up
            sample-size: 400
            generations: 1
            seeds: [0]
            checkpoints: all
            tokenizer: {kind: bpe, vocabulary: 300}
            model: \(model)
            evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 300}
            arms:
              replace: {workflow: replace}
              accumulate: {workflow: accumulate}
            """, name
        ).values
    }

    private func second(_ lines: String, generations: Int = 0) -> String {
        """
        setting: language
        corpus: made-up
        sample-size: 800
        generations: \(generations)
        seeds: 0..1
        evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 300}

        """ + lines
    }

    private func measured(_ text: String, _ name: String = "run") throws -> (Values, String) {
        let (values, specification) = try workshop.measured(
            text, name, file: workshop.root + "/experiment.yaml")
        return (values, specification)
    }

    private let heldOut = "heldout.nats_per_token"

    @Test(
        "Each arm begins from the generation that it names, and is measured there as that run was")
    func arms() throws {
        let recorded = try #require(try first()[heldOut])
        let (values, text) = try measured(
            second(
                """
                base: {run: first, arm: replace}
                start-from: base
                arms:
                  last: {workflow: replace}
                  earlier: {workflow: replace, base: {generation: 0}}
                  other: {workflow: replace, base: {run: first, arm: accumulate, seed: 0, generation: 1}}
                """))
        let found = try #require(values[heldOut])
        for (arm, source, t) in [
            ("last", "replace", 1), ("earlier", "replace", 0), ("other", "accumulate", 1),
        ] {
            let expected = try #require(recorded[source]?[t]?.first)
            #expect(found[arm]?[-1] == [expected, expected], "\(arm)")
            #expect(try #require(found[arm]?[0]).allSatisfy { $0 != expected }, "\(arm)")
        }
        #expect(text.contains("first:accumulate/0/1"))
        #expect(!text.contains(workshop.root) && !text.contains("run: first"))
    }

    @Test("What counts is the content: a folder with the same files is the same experiment")
    func content() throws {
        _ = try first()
        let lines = """
            start-from: base
            arms:
              replace: {workflow: replace}
            """
        let (values, text) = try measured(
            second("base: {run: ./first, arm: replace}\n" + lines, generations: 1), "one")
        try files.moveItem(
            atPath: workshop.root + "/first", toPath: workshop.root + "/gone")
        // Without the run it began from, it is looked at, gone on with, and begun again.
        let path = workshop.root + "/one"
        let resolved = try #require(
            try ExperimentFile.recorded(in: path, settings: [LanguageSetting.declaration]))
        let results = try RecordedRun<LanguageSetting>(resolved, execution: workshop.execution())
            .results(in: RunDirectory(reading: path))
        #expect(results.metrics.count > 50)
        try files.removeItem(atPath: path + "/records/replace/seed-1")
        let own = path + "/experiment.yaml"
        let again = try workshop.measured(
            try String(contentsOfFile: own, encoding: .utf8), "one", file: own)
        #expect(again.values == values && again.specification == text)
        let copy = try RunModels(resolved, in: path).model(
            at: ModelAddress(run: path, arm: nil, seed: "0", generation: "base"))
        let (byFolder, other) = try measured(
            second("base: {model: \(copy.folder)}\n" + lines, generations: 1), "two")
        #expect(byFolder == values)
        #expect(other.contains((copy.folder as NSString).lastPathComponent))
    }

    @Test("N-grams are sampled from a stored n-gram model, whose counts no fit starts from")
    func ngrams() throws {
        let recorded = try first("{kind: ngram, order: 3}")
        let (values, text) = try measured(
            second(
                """
                base: {run: first, arm: replace, generation: 0}
                model: {kind: ngram, order: 2}
                arms:
                  of-base: {workflow: replace, sample-from: base}
                  alone: {workflow: replace}
                """, generations: 2))
        let found = try #require(values[heldOut])
        let expected = try #require(recorded[heldOut]?["replace"]?[0]?.first)
        #expect(found["of-base"]?[-1] == [expected, expected])
        #expect(found["alone"]?[-1] == nil)
        #expect(found["of-base"]?[0] == found["alone"]?[0])
        #expect(found["of-base"]?[2] != found["alone"]?[2])
        #expect(text.contains("unit: n-grams"))
    }

    @Test("A generation of several models is no base, and says how many it has")
    func parallel() throws {
        _ = try first("{kind: ngram, order: 2}\nparallel-models: 3")
        #expect {
            _ = try measured(
                second(
                    """
                    base: {run: first, arm: replace}
                    model: {kind: ngram, order: 2}
                    arms:
                      of-base: {workflow: replace, sample-from: base}
                    """))
        } throws: { error in
            let message = "\(error)"
            return message.contains("base.run`") && message.contains("holds 3 models")
                && !message.contains("shard")
        }
    }

    @Test("Along a sweep the generations stand as they were written")
    func sweep() throws {
        let recorded = try #require(try first()[heldOut]?["replace"])
        let (values, _) = try measured(
            second(
                """
                base: {run: first, arm: replace}
                start-from: base
                sweep: {base.generation: [0, 1]}
                arms:
                  tuned: {workflow: replace}
                """))
        for t in 0...1 {
            let arm = try #require(values[heldOut]?["tuned[generation=\(t)]"], "\(values.keys)")
            #expect(arm[-1]?.first == recorded[t]?.first)
        }
    }

    @Test("Whether the base read the held-out text is known where one corpus was all it read")
    func exposure() throws {
        _ = try first()
        let lines = "start-from: base\narms:\n  replace: {workflow: replace}\n"
        let (_, known) = try measured(second("base: {run: first, arm: replace}\n" + lines), "one")
        #expect(known.contains("what the base model was trained on (made-up)"), "\(known)")
        #expect(!known.contains("nothing tells"))
        // Its own base came from nowhere that is known.
        _ = try base.model("gpt2")
        _ = try measured(
            second(
                """
                base: {model: ./model}
                start-from: base
                arms:
                  replace: {workflow: replace}
                """), "middle")
        let (_, unknown) = try measured(second("base: {run: middle, seed: 1}\n" + lines), "two")
        #expect(unknown.contains("nothing tells what it was trained on"), "\(unknown)")
    }

    private static let refused: [(lines: String, words: [String])] = [
        ("base: {run: nowhere}", ["4:", "base.run", "there is no run"]),
        ("base: {run: ''}", ["4:", "base.run", "is no path"]),
        ("base: {run: corpora}", ["4:", "base.run", "holds no experiment.yaml"]),
        ("base: {run: first}", ["4:", "base", "has the arms replace, accumulate"]),
        (
            "base: {run: first, arm: repalce}",
            ["4:", "base.arm", "its arms are replace, accumulate"]
        ),
        (
            "base: {run: first, arm: replace, seed: 4}",
            ["4:", "base.seed", "its only seed is 0"]
        ),
        (
            "base: {run: first, arm: replace, generation: 9}",
            ["4:", "base.generation", "its last is 1", "generations 0, 1"]
        ),
        (
            "base: {run: first, arm: replace, generation: newest}",
            ["4:", "base.generation", "newest is no generation"]
        ),
        (
            "base: {run: first, arm: replace, generation: base}",
            ["4:", "base.generation", "has no base model"]
        ),
        ("base: {run: first, model: first}", ["base.model"]),
        ("base: {run: first, arm: replace, corpus: made-up}", ["base.corpus", "leave out"]),
        (
            "base: {arm: replace, corpus: made-up}\nmodel: {kind: transformer}",
            ["base.arm", "give base.run"]
        ),
        (
            "base: {run: first, arm: replace}\nmodel: {kind: ngram}",
            ["model", "an n-gram model counts its data"]
        ),
        (
            "base: {run: first, arm: replace}\nmodel: {kind: transformer, family: llama, width: 16}",
            ["model.family", "gpt2 in base.model"]
        ),
        (
            "base: {run: first, arm: replace}\nsampling: {prompt: real, prompt-tokens: 24}",
            ["sampling.prompt-tokens", "sees 24 at once"]
        ),
        (
            "base: {run: first, arm: replace}\ntokenizer: {kind: byte}",
            ["tokenizer.kind", "leave out `tokenizer`"]
        ),
        ("base: {run: counts, arm: replace}", ["model.kind", "is an n-gram model"]),
        (
            "base: {run: counts, arm: replace}\nmodel: {kind: transformer}",
            ["model", "is an n-gram model"]
        ),
        (
            "base: {run: counts, arm: replace}\nmodel: {kind: ngram}",
            ["start-from", "cannot start from a model"]
        ),
        ("base: {run: damaged, arm: replace}", ["4:", "base.run", "is damaged"]),
        ("base: {run: bare, arm: replace}", ["4:", "base.run", "is missing"]),
    ]

    @Test("A base that is not there or cannot be begun from is refused by file, line and key")
    func refusals() throws {
        _ = try first()
        _ = try first("{kind: ngram}", name: "counts")
        for (name, isOther) in [("damaged", true), ("bare", false)] {
            let path = workshop.root + "/" + name
            try files.copyItem(atPath: workshop.root + "/first", toPath: path)
            let model = try RunModels(of: path, settings: [LanguageSetting.declaration]).model(
                at: ModelAddress(run: path, arm: "replace", seed: nil, generation: nil))
            let tokenizer = model.folder + "/tokenizer.json"
            try files.removeItem(atPath: tokenizer)
            if isOther { try "{}".write(toFile: tokenizer, atomically: true, encoding: .utf8) }
        }
        for (lines, words) in Self.refused { try checkRefusal(lines, words) }
    }

    private func checkRefusal(_ lines: String, _ words: [String]) throws {
        #expect {
            _ = try measured(
                "setting: language\ncorpus: made-up\ngenerations: 1\n\(lines)\n"
                    + """
                    start-from: base
                    sample-size: 800
                    arms:
                      replace: {workflow: replace}
                    """)
        } throws: { error in
            let message = "\(error)"
            #expect(error is SpecificationError, "\(message)")
            for word in words { #expect(message.contains(word), "\(message)") }
            return true
        }
        #expect(!files.fileExists(atPath: workshop.root + "/run"))
    }
}
