import Compute
import Foundation
import Lab
import LanguageModels
import Settings
import Testing
import Text

/// Models that runs stored, found by their addresses and scored without the run.
@Suite struct RunModelsTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func experiment(_ lines: String, checkpoints: String = "all") -> String {
        """
        setting: language
        corpus: made-up
        sample-size: 1500
        generations: 2
        checkpoints: \(checkpoints)
        evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 500}

        """ + lines
    }

    private func model(
        _ run: String, _ arm: String?, _ seed: String?, _ generation: String?
    ) throws -> RunModels.Model {
        let path = workshop.root + "/" + run
        return try RunModels(of: path, settings: [LanguageSetting.declaration]).model(
            at: ModelAddress(run: path, arm: arm, seed: seed, generation: generation))
    }

    private var heldOut: [[UInt8]] {
        get throws {
            let test = try CorpusLibrary(root: workshop.root).load("made-up").test
            return (0..<test.count).map { test.bytes(of: $0) }
        }
    }

    @Test(
        "A stored n-gram model has the recorded cross-entropy on the held-out text",
        arguments: [
            "tokenizer: {kind: byte}\nmodel: {kind: ngram, order: 3}",
            "tokenizer: {kind: bpe, vocabulary: 300}\nmodel: {kind: ngram, order: 2, smoothing: add-k}",
            "tokenizer: {kind: word}\nmodel: {kind: ngram, order: 2, smoothing: witten-bell}",
        ])
    func ngrams(lines: String) throws {
        let (values, _) = try workshop.measured(
            experiment(
                lines + """

                    seeds: [3, 4]
                    arms:
                      replace: {workflow: replace}
                      mixture:
                        workflow: mixture
                        real-fraction: 0.5
                        real-data: fresh
                    """))
        let pool = WorkerPool(count: 2)
        for (arm, seed, t) in [("replace", 3, 0), ("replace", 4, 2), ("mixture", 3, 1)] {
            let stored = try model("run", arm, "\(seed)", "\(t)")
            let (model, own) = try NGramTextModel.open(stored.folder, pool: pool)
            let tokenizer = try #require(own)
            let score = try model.score(
                tokenizer.encode(documents: heldOut), spelledBy: NGramVocabulary(of: tokenizer))
            let recorded = try #require(values["heldout.nats_per_token"]?[arm]?[t])[seed - 3]
            #expect(abs(score.natsPerToken - recorded) < 1e-12, "\(arm) \(seed) \(t)")
        }
    }

    @Test("A stored transformer has the recorded cross-entropy on the held-out text")
    func transformers() throws {
        let (values, _) = try workshop.measured(
            experiment(
                """
                tokenizer: {kind: bpe, vocabulary: 300}
                model: {kind: transformer, layers: 1, width: 16, context-length: 32}
                seeds: [0]
                arms:
                  replace: {workflow: replace}
                """, checkpoints: "last"))
        let folder = try ModelFolder.read(try model("run", nil, nil, nil).folder)
        let data = try #require(folder.tokenizer).encode(documents: try heldOut)
        let scores = try TransformerScorer(folder.model).score(
            data, boundary: try #require(folder.boundary), pool: WorkerPool(count: 2))
        let recorded = try #require(values["heldout.nats_per_token"]?["replace"]?[2]?.first)
        let own = PerplexitySummary(scores: scores, of: data).natsPerToken
        #expect(abs(own - recorded) < 1e-9)
    }

    private struct Absence {
        var run = "run"
        var arm: String? = "plain"
        var seed: String? = "0"
        var generation: String? = "1"
        var part: AddressError.Part
        var words: [String]
    }

    private static let absences = [
        Absence(run: "nowhere", part: .run, words: ["there is no run", "nowhere"]),
        Absence(run: "corpora", part: .run, words: ["holds no experiment.yaml"]),
        Absence(arm: nil, part: .arm, words: ["has the arms plain, m[real-fraction=0.25]"]),
        Absence(arm: "plian", part: .arm, words: ["no arm plian", "m[real-fraction=0.5]"]),
        Absence(seed: nil, part: .seed, words: ["has the seeds 0 to 2, 7", "say which"]),
        Absence(seed: "5", part: .seed, words: ["no seed 5", "0 to 2, 7"]),
        Absence(seed: "x", part: .seed, words: ["no seed x"]),
        Absence(
            generation: "3", part: .generation, words: ["no generation 3", "its last is 2"]),
        Absence(generation: "-1", part: .generation, words: ["-1 is no generation"]),
        Absence(generation: "base", part: .generation, words: ["has no base model"]),
        Absence(
            part: .generation,
            words: [
                "not kept the model of generation 1", "checkpoints=all", "is of generation 2",
            ]),
    ]

    @Test("What an address names and is not there is said, and what is")
    func absences() throws {
        _ = try workshop.measured(
            experiment(
                """
                tokenizer: {kind: byte}
                model: {kind: ngram, order: 2}
                seeds: [0, 1, 2, 7]
                arms:
                  plain: {workflow: replace}
                  "m[real-fraction=0.25]": {workflow: mixture, real-data: fresh, real-fraction: 0.25}
                  "m[real-fraction=0.5]": {workflow: mixture, real-data: fresh, real-fraction: 0.5}
                """, checkpoints: "last"))
        for absence in Self.absences {
            #expect {
                _ = try model(absence.run, absence.arm, absence.seed, absence.generation)
            } throws: { error in
                let message = "\(error)"
                #expect((error as? AddressError)?.part == absence.part, "\(message)")
                for word in absence.words { #expect(message.contains(word), "\(message)") }
                return true
            }
        }
        let last = try model("run", "m[real-fraction=0.5]", "7", nil)
        #expect(last.title == "run:m[real-fraction=0.5]/7/2")
    }

    @Test("A damaged file of a stored model is refused by its path")
    func damage() throws {
        _ = try workshop.measured(
            experiment(
                """
                tokenizer: {kind: byte}
                model: {kind: ngram, order: 2}
                seeds: [0]
                arms:
                  plain: {workflow: replace}
                """))
        let folder = try model("run", nil, nil, "0").folder
        let file = folder + "/" + NGramFolder.modelFile
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[bytes.count - 1] ^= 1
        try FileManager.default.removeItem(atPath: file)
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect {
            _ = try model("run", nil, nil, "0")
        } throws: { "\($0)".contains(file) && "\($0)".contains("damaged") }
    }
}
