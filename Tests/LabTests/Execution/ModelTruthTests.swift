import Collapse
import Compute
import Foundation
import Lab
import LanguageModels
import Settings
import Testing
import Text

/// Loops whose real world is a model.
@Suite struct ModelTruthTests {
    private let base: BaseWorkshop
    private var workshop: Workshop { base.workshop }

    init() throws { base = try BaseWorkshop() }

    private typealias Values = [String: [String: [Int: [Double]]]]

    /// An n-gram model that is to be the truth.
    private func learn(_ smoothing: String = "witten-bell", name: String = "first") throws {
        _ = try workshop.measured(
            """
            setting: language
            corpus: made-up
            sample-size: 1500
            generations: 0
            seeds: [0]
            tokenizer: {kind: bpe, vocabulary: 300}
            model: {kind: ngram, order: 2, smoothing: \(smoothing)}
            evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 300}
            arms: {replace: {workflow: replace}}
            """, name)
    }

    private func experiment(
        _ lines: String, size: Int = 2_000, corpus: String = "{run: ./first}"
    ) -> String {
        """
        setting: language
        corpus: \(corpus)
        sample-size: \(size)
        generations: 3
        seeds: 0..1
        model: {kind: ngram, order: 2, smoothing: witten-bell}
        evaluation: {documents: 40, bootstrap: 0, contexts: 60, sample-tokens: 300}

        """ + lines
    }

    private func measured(
        _ text: String, _ name: String = "run", workers: Int = 2
    ) throws -> Values {
        try workshop.measured(
            text, name, file: workshop.root + "/experiment.yaml", workers: workers
        ).values
    }

    private let arms = """
        arms:
          replace: {workflow: replace}
          fresh: {workflow: mixture, real-fraction: 0.5, real-data: fresh}
          real: {workflow: mixture, real-fraction: 1, real-data: fresh}
        """

    @Test("The truth scores its own text as transformers scores it", arguments: ["gpt2", "llama"])
    func reference(family: String) throws {
        let folder = base.fixtures + "/" + family
        let (model, outline) = (try ModelFolder.read(folder).model, try ModelOutline(of: folder))
        let tokenizer = outline.tokenizer
        let truth = TruthModel(
            .transformer(model), tokenizer: tokenizer, temperature: 1,
            maximumDocumentLength: model.configuration.contextLength - 1)
        let pool = WorkerPool(count: 1)
        var checked = 0
        for document in base.reference.documents {
            let text = tokenizer.encode(documents: [Array(document.text.utf8)])
            guard text.tokens.count < base.reference.context else { continue }
            // What transformers gives to tokens there are not, and to a document that begins with its
            // end, the truth gives to the others.
            let count = text.tokens.count + 1
            let rows = try model.distributions(
                at: [
                    Passage(
                        tokens: [tokenizer.documentBoundary] + text.tokens,
                        positions: Array(1...count))
                ], pool: pool)
            let width = rows.count / count
            let correction = (0..<count).reduce(0) { sum, row in
                let known = rows[row * width..<row * width + tokenizer.vocabularyCount]
                let end = row == 0 ? rows[Int(tokenizer.documentBoundary)] : 0
                return sum + log(known.reduce(0, +) - end)
            }
            let score = family == "gpt2" ? document.gpt2 : document.llama
            let nats = try truth.nats(of: text, pool: pool).reduce(0, +)
            #expect(abs(nats - (score.nats + correction)) < 1e-4 * score.nats)
            checked += 1
        }
        #expect(checked > 0)
    }

    @Test("Real text never ends, and models of more of it lie nearer to the truth")
    func endless() throws {
        try learn()
        let lines = "arms: {real: {workflow: mixture, real-fraction: 1, real-data: fresh}}"
        let few = try measured(experiment(lines, size: 500), "few")
        let many = try measured(experiment(lines, size: 20_000), "many")
        let distance = "next_token.kl_truth"
        for t in 0...3 {
            let pairs = zip(
                try #require(few[distance]?["real"]?[t]), try #require(many[distance]?["real"]?[t]))
            #expect(pairs.allSatisfy { $1 > 0 && 3 * $1 < $0 })
        }
        #expect(many["data.real_fraction"]?["real"]?[3] == [1, 1])
        #expect(few["samples.reference_nats_per_token"]?["real"]?[3]?.count == 2)
    }

    @Test("The floor is one for all arms, seeds and generations, and no model goes below it")
    func floor() throws {
        try learn()
        let values = try measured(experiment(arms))
        let truth = try #require(values["heldout.nats_per_token_truth"])
        let all = Set(truth.values.flatMap { $0.values.flatMap(\.self) })
        let floor = try #require(all.first)
        #expect(all.count == 1)
        for arm in ["replace", "fresh", "real"] {
            let own = try #require(values["heldout.nats_per_token"]?[arm])
            #expect(own.values.allSatisfy { $0.allSatisfy { $0 > floor } })
        }
        // Replacing loses what fresh real text keeps.
        let distance = try #require(values["next_token.kl_truth"])
        let (lost, kept) = (distance["replace"]?[3] ?? [], distance["fresh"]?[3] ?? [])
        #expect(zip(lost, kept).allSatisfy { $0 > $1 })
        #expect(values["samples.invented_8"] == nil)
    }

    @Test("Workers, and going on without the folder, change no bit")
    func resumed() throws {
        try learn()
        let text = experiment(arms)
        let whole = try measured(text, "whole", workers: 1)
        _ = try measured(
            text.replacing("generations: 3", with: "generations: 1"), "part", workers: 3)
        let path = workshop.root
        try FileManager.default.moveItem(atPath: path + "/first", toPath: path + "/gone")
        let own = path + "/part/experiment.yaml"
        let recorded = try String(contentsOfFile: own, encoding: .utf8)
        let resumed = try workshop.measured(
            recorded.replacing("generations: 1\n", with: "generations: 3\n"), "part", file: own)
        #expect(resumed.values == whole)
    }

    @Test("A transformer plays the real world, in whose tokens others learn")
    func transformer() throws {
        _ = try base.model("llama")
        let values = try measured(
            """
            setting: language
            corpus: {model: ./model, temperature: 0.8, maximum-document-length: 20}
            sample-size: 600
            generations: 1
            seeds: [0]
            evaluation: {documents: 20, bootstrap: 0, contexts: 30, sample-tokens: 200}
            model: {kind: ngram, order: 2, smoothing: witten-bell}
            arms:
              replace: {workflow: replace}
              itself:
                workflow: replace
                base: {model: ./model}
                start-from: base
                model: {kind: base, training: {batch-size: 1, learning-rate: 0}}
                sampling: {temperature: 0.8}
            """)
        // A model that learns nothing is the truth but for its temperature.
        let distance = try #require(values["next_token.kl_truth"])
        #expect(try #require(distance["itself"]?[0]?.first) < 0.5)
        #expect(try #require(distance["replace"]?[0]?.first) > 0.5)
    }

    @Test(
        "What cannot be the real world is refused at its key",
        arguments: [
            ("{temperature: 1}", "", "corpus", "say which model"),
            ("{model: ./model, run: ./first}", "", "corpus.run", "leave out corpus.run"),
            ("{model: ./model, seed: 3}", "", "corpus.seed", "give corpus.run"),
            ("{model: ./model, temperature: 0}", "", "corpus.temperature", "0.01"),
            (
                "{model: ./model, maximum-document-length: 64}", "",
                "corpus.maximum-document-length", "beyond which its text has no exact"
            ),
            ("{model: ./model}", "tokenizer: byte", "tokenizer.kind", "its own tokenizer only"),
            ("{model: ./model}", "base: {run: ./first}", "base", "another tokenizer"),
            ("{model: ./nowhere}", "", "corpus.model", "nowhere"),
            ("[austen]", "", "corpus", "text, or a group"),
            (
                "{run: ./first}", "parallel-models: 300", "parallel-models", "too few to deal"
            ),
        ])
    func refused(corpus: String, line: String, key: String, message: String) throws {
        try learn()
        _ = try base.model("llama")
        let text = experiment(line + "\narms: {replace: {workflow: replace}}\n", corpus: corpus)
        let error = #expect(throws: (any Error).self) { try measured(text) }
        let words = error.map { "\($0)" } ?? ""
        #expect(words.contains(message) && words.contains("\(key)`"), "\(words)")
    }
}
