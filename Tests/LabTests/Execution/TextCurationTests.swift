import Collapse
import Foundation
import Lab
import Settings
import Support
import Testing

/// Curation of text through whole runs on disk.
@Suite struct TextCurationTests {
    private static let stages = """
        - {stage: pattern, holds: word39, times: 0}
        - {stage: near-duplicates, shingle-words: 2, threshold: 0.5}
        - {stage: weight-by-score, under: previous, against: generation-0, use: resample}
        - {stage: random, like: {stage: detector, features: {kind: ngrams, buckets: 1000},
           use: {rule: resample, bias: 0.3}}}
        - {stage: detector, features: {kind: ngrams, of: bytes, longest: 3, buckets: 500},
           use: {rule: resample, bias: 2, upsample: 0.9, max-repeats: 3}}
        - {stage: detector, features: hidden-states, use: {rule: keep-share, share: 0.8}}
        """

    private static func experiment(_ model: String, stages: String = stages) -> String {
        """
        name: curated
        setting: language
        corpus: made-up
        tokenizer: {kind: word, minimum-count: 1}
        model: \(model)
        budget: {unit: steps, amount: 6}
        sampling: {maximum-document-length: 60}
        evaluation: {bootstrap: 20, documents: 4}
        sample-size: 1200
        generations: 2
        workflow: mixture
        real-fraction: 0.4
        real-data: kept
        curate:
        \(stages.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        arms:
          mixture: {}
          control: {control: true}
        """
    }

    private static let ngram = "{kind: ngram, order: 2, smoothing: witten-bell}"
    private static let transformer = """
        {kind: transformer, layers: 1, heads: 2, width: 16, context-length: 16,
          training: {batch-size: 4, shards: 2}, decoding: {batch-width: 8, groups: 2}}
        """

    /// The rows of `metrics.csv`, each in its columns.
    private func run(
        _ text: String, in workshop: Workshop, at name: String, workers: Int = 2,
        overrides: [String] = []
    ) throws -> String {
        let settings = [LanguageSetting.declaration]
        let resolved = try ExperimentFile.load(
            text: text, path: "curated.yaml", overrides: overrides, settings: settings)
        let path = workshop.root + "/" + name
        let (_, failures) = try ExperimentSession<LanguageSetting>(
            resolved, existing: try ExperimentFile.recorded(in: path, settings: settings),
            at: path, sharing: nil, mayExtend: false,
            execution: workshop.execution(workers: workers)
        ).run()
        if let failure = failures.first { throw failure }
        return try String(contentsOfFile: path + "/metrics.csv", encoding: .utf8)
    }

    @Test(
        "Stages of text are the same at any number of workers, and what they measure is declared",
        arguments: [ngram, transformer])
    func runs(model: String) throws {
        let workshop = try Workshop()
        let text = Self.experiment(model)
        let whole = try run(text, in: workshop, at: "whole")
        #expect(try run(text, in: workshop, at: "alone", workers: 1) == whole)
        // As if killed in generation 1 of the first arm.
        let records = workshop.root + "/whole/records"
        let last = try FileManager.default.subpathsOfDirectory(atPath: records).filter {
            $0.hasSuffix(".json")
        }.sorted().suffix(3)
        for path in last { try FileManager.default.removeItem(atPath: records + "/" + path) }
        try FileManager.default.removeItem(atPath: workshop.root + "/whole/objects")
        #expect(try run(text, in: workshop, at: "whole", workers: 1) == whole)

        let lines = whole.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        let column = try #require(lines.first?.firstIndex(of: "metric"))
        let measured = Set(lines.dropFirst().map { $0[column] })
        let settings = [LanguageSetting.declaration]
        let stages = try ExperimentFile.load(
            text: text, path: "curated.yaml", overrides: [], settings: settings
        ).arms[0].values[ArmKeys.curate]
        let declared = LanguageSetting.declaration.allMetrics + Curation.metrics(of: stages)
        #expect(measured.subtracting(declared.map(\.name)).sorted() == [])
        #expect(measured.contains("curate.5.detector.auc"))
        // A control has no samples to find.
        #expect(
            !lines.contains { $0.contains("control") && $0[column] == "curate.5.detector.auc" })
    }

    @Test(
        "What a learner or its data cannot do is refused at the stage before anything runs",
        arguments: [
            ("{kind: ngram, order: 2}", "- {stage: weight-by-score}", "curate.0", "whole number"),
            (
                "{kind: ngram, order: 2}",
                "- {stage: random, like: {stage: detector, use: weight}}", "curate.0",
                "whole number"
            ),
            (
                ngram, "- exact-duplicates\n- {stage: weight-by-score, under: base}", "curate.1",
                "no base model"
            ),
            (
                ngram, "- {stage: detector, use: {rule: resample, max-repeats: 1}}",
                "curate.0.use.upsample", "raise max-repeats"
            ),
            (ngram, "- {stage: latent-probe, per-class: 3}", "curate.0", "no classes"),
        ])
    func refused(model: String, stages: String, key: String, words: String) throws {
        let workshop = try Workshop()
        let error = try #require(throws: SpecificationError.self) {
            try run(Self.experiment(model, stages: stages), in: workshop, at: "run")
        }
        #expect(error.description.contains(key), "\(error)")
        #expect(error.description.contains(words), "\(error)")
        #expect(!FileManager.default.fileExists(atPath: workshop.root + "/run"))
    }

    @Test("A detector without documents to learn from is refused at its stage")
    func tooFewDocuments() throws {
        let workshop = try Workshop()
        let error = try #require(throws: SpecificationError.self) {
            try run(
                Self.experiment(Self.ngram, stages: "- detector"), in: workshop, at: "run",
                overrides: ["sample-size=100"])
        }
        #expect(error.description.contains("curate.0"), "\(error)")
        #expect(error.description.contains("raise sample-size"), "\(error)")
    }

    @Test("The windows of an evaluation change no fit that is curated by score")
    func ownWindows() throws {
        let workshop = try Workshop()
        let text = Self.experiment(
            Self.transformer, stages: "- {stage: top-fraction, fraction: 0.5}")
        func sizes(_ table: String) -> [Substring] {
            table.split(separator: "\n").filter { $0.contains(",curate.") || $0.contains(",fit.") }
        }
        let plain = try run(text, in: workshop, at: "plain")
        let other = try run(
            text, in: workshop, at: "other", overrides: ["evaluation.context=8"])
        #expect(sizes(plain) == sizes(other))
        #expect(plain != other)
    }
}
