import Collapse
import Foundation
import Lab
import Settings
import Synchronization
import Testing

/// The models of a chain against its samples and held-out text.
@Suite struct CrossEvaluationTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func experiment(_ lines: String) -> String {
        """
        setting: language
        corpus: made-up
        sample-size: 1500
        generations: 2
        seeds: [0, 5]
        evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 500}

        """ + lines
    }

    private func table(
        _ run: String = "run", arm: String? = nil, seed: String? = "5", _ asked: [Int]? = nil,
        workers: Int = 2, observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> CrossTable {
        let path = workshop.root + "/" + run
        let resolved = try #require(
            try ExperimentFile.recorded(in: path, settings: [LanguageSetting.declaration]))
        return try CrossEvaluation<LanguageSetting>(
            resolved, in: path,
            execution: workshop.execution(workers: workers, observer: observer)
        ).table(arm: arm, seed: seed, generations: asked) { _, _ in }
    }

    private func score(
        _ table: CrossTable, _ model: Int, _ data: CrossTable.Data
    ) throws -> CrossScore {
        try #require(table.cells.first { $0.model == model && $0.data == data }).score
    }

    private static let arms = "\narms:\n  only: {workflow: replace"

    @Test(
        "Held-out text and generation 0 are scored as they were recorded, kept or computed again",
        arguments: [
            "tokenizer: {kind: byte}\nmodel: {kind: ngram, order: 3}" + arms + "}",
            "tokenizer: {kind: word}\nmodel: {kind: ngram, order: 2, smoothing: witten-bell}\n"
                + "sampling: {prompt: real, prompt-tokens: 4}" + arms + "}",
            "tokenizer: {kind: word}\n"
                + "model: {kind: ngram, order: 2, smoothing: maximum-likelihood}\n"
                + "evaluation: {scoring-smoothing: interpolated}" + arms + "}",
            "tokenizer: {kind: bpe, vocabulary: 300}\n"
                + "model: {kind: transformer, layers: 1, width: 16, context-length: 24}" + arms
                + ", start-from: previous}",
        ])
    func recorded(lines: String) throws {
        let isInterpolated = lines.contains("evaluation")
        let text = experiment(lines).replacingOccurrences(
            of: isInterpolated
                ? "evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 500}\n" : "\u{0}",
            with: "")
        let (values, _) = try workshop.measured(text)
        let found = try table()
        #expect(found.generations == [0, 1, 2] && found.cells.count == 12)
        for t in found.generations {
            let real = try score(found, t, .real)
            #expect(real.natsPerEvent == values["heldout.nats_per_token"]?["only"]?[t]?[1])
            #expect(real.bitsPerByte == values["heldout.bits_per_byte"]?["only"]?[t]?[1])
            let own = try score(found, 0, .samples(generation: t))
            #expect(
                own.natsPerEvent == values["samples.generation0_nats_per_token"]?["only"]?[t]?[1])
            #expect(real.impossibleEvents == 0 && own.events > 1000)
        }
        // As many as the policy leaves were kept; with all of them nothing differs.
        _ = try workshop.measured(text + "\ncheckpoints: all", "kept")
        #expect(try table("kept", workers: 1).csv == found.csv)
        #expect(try table("kept", [2]).cells.count == 2)
    }

    @Test("What a run did not keep is said, and not made by kernels that round otherwise")
    func otherKernels() throws {
        _ = try workshop.measured(
            experiment("tokenizer: {kind: byte}\nmodel: {kind: ngram, order: 2}" + Self.arms + "}"))
        let notes = Mutex<[String]>([])
        _ = try table { event in
            if case .note(let note) = event { notes.withLock { $0.append(note) } }
        }
        #expect(
            notes.withLock { $0 }.contains {
                $0.contains("did not keep the models of generations 0, 1")
            })
        let path = workshop.root + "/run"
        let resolved = try #require(
            try ExperimentFile.recorded(in: path, settings: [LanguageSetting.declaration]))
        var execution = workshop.execution()
        execution.fingerprint = "other"
        let elsewhere = try CrossEvaluation<LanguageSetting>(
            resolved, in: path, execution: execution)
        #expect {
            _ = try elsewhere.table(arm: nil, seed: "0", generations: nil) { _, _ in }
        } throws: { "\($0)".contains("generations 0, 1") && "\($0)".contains("kernels test") }
        let kept = try elsewhere.table(arm: nil, seed: "0", generations: [2]) { _, _ in }
        #expect(kept.cells.count == 2)
    }

    @Test("An impossible token makes a cell infinite, and is counted")
    func infinite() throws {
        let (values, _) = try workshop.measured(
            experiment(
                "tokenizer: {kind: word}\nmodel: {kind: ngram, order: 3, smoothing: maximum-likelihood}"
                    + Self.arms + "}"))
        let found = try table()
        let cell = try score(found, 2, .real)
        #expect(cell.nats == .infinity)
        #expect(
            Double(cell.impossibleEvents)
                == values["heldout.zero_probability_tokens"]?["only"]?[2]?[1])
        // What a model drew is possible to it, and what a later one drew to an earlier one.
        for (model, drawn) in [(0, 0), (0, 2), (2, 2)] {
            #expect(try score(found, model, .samples(generation: drawn)).nats.isFinite)
        }
        #expect(found.csv.contains("only,5,2,real,inf,,"))
    }

    @Test(
        "What is not there is refused",
        arguments: [
            ("other", "5", nil, "no arm other"), ("only", "1", nil, "no seed 1"),
            ("only", "5", [0, 3], "has not recorded generation 3"),
        ] as [(String, String, [Int]?, String)])
    func refusals(arm: String, seed: String, asked: [Int]?, words: String) throws {
        _ = try workshop.measured(
            experiment("tokenizer: {kind: byte}\nmodel: {kind: ngram, order: 2}" + Self.arms + "}"))
        #expect {
            _ = try table(arm: arm, seed: seed, asked)
        } throws: { "\($0)".contains(words) }
    }
}
