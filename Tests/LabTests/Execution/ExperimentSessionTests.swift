import Collapse
import Compute
import Foundation
import Lab
import Settings
import Support
import Synchronization
import Testing
import Text

/// Whole experiments on disk: what a user sees of killing, resuming, sharing and extending them.
@Suite struct ExperimentSessionTests {
    private static let settings = [GaussianSetting.declaration, LanguageSetting.declaration]

    private static let ngram = """
        name: small
        setting: language
        corpus: made-up
        tokenizer: {kind: word, minimum-count: 1}
        model: {kind: ngram, order: 2, smoothing: witten-bell}
        sampling: {maximum-document-length: 60}
        evaluation: {bootstrap: 50}
        sample-size: 1500
        generations: 2
        seeds: 0..1
        arms:
          replace: {workflow: replace}
          accumulate: {workflow: accumulate}
          mixture: {workflow: mixture, real-fraction: 0.3, real-data: fresh}
        """

    private static let transformer = """
        name: tiny
        setting: language
        corpus: made-up
        tokenizer: {kind: byte}
        model:
          kind: transformer
          layers: 1
          heads: 2
          width: 16
          context-length: 16
          training: {batch-size: 8, shards: 4}
          decoding: {batch-width: 8, groups: 2}
        budget: {unit: steps, amount: 6}
        sampling:
          {maximum-document-length: 40, temperature: 0.9, top-k: 20, min-p: 0.01, typical: 0.95,
           repetition-penalty: 1.1}
        evaluation: {documents: 4, bootstrap: 20}
        sample-size: 600
        generations: 2
        arms:
          from-previous: {workflow: replace, start-from: previous, optimizer-state: carry-over}
          scratch: {workflow: accumulate-subsample}
        """

    /// What of training and sampling is off by default, switched on.
    private static let featured = """
        name: featured
        setting: language
        corpus: made-up
        tokenizer: {kind: byte}
        model:
          kind: transformer
          family: llama
          layers: 1
          heads: 2
          key-value-heads: 1
          width: 16
          context-length: 16
          training:
            {batch-size: 4, accumulation: 2, optimizer: sgd, momentum: 0.8, nesterov: true,
             learning-rate: 0.1, schedule: warmup-stable-decay, attention: document, dropout: 0.1,
             label-smoothing: 0.1, z-loss: 1e-4, average-decay: 0.9, initialisation: width-scaled,
             early-stopping: {interval: 3, patience: 2}, adapters: {rank: 2, targets: [q_proj]}}
          decoding: {batch-width: 8, groups: 2}
        budget: {unit: steps, amount: 8}
        sampling:
          {prompt: real, prompt-tokens: 4, beams: 3, length-penalty: 0.8, repetition-penalty: 1.2,
           minimum-document-length: 2, maximum-document-length: 20}
        evaluation: {documents: 4, bootstrap: 20}
        sample-size: 600
        generations: 2
        arms:
          from-previous: {workflow: replace, start-from: previous}
        """

    /// Plain descent whose weight decay multiplies the weights by -19 in every step: five steps end
    /// well, fifty do not.
    private static let diverging = """
        name: diverging
        setting: language
        corpus: made-up
        tokenizer: {kind: byte}
        model:
          kind: transformer
          layers: 1
          heads: 2
          width: 16
          context-length: 16
          training:
            {batch-size: 8, optimizer: sgd, momentum: 0, learning-rate: 2, weight-decay: 10,
             schedule: constant, warmup-fraction: 0}
          decoding: {batch-width: 8, groups: 2}
        budget: {unit: epochs, amount: 1}
        sampling: {maximum-document-length: 40}
        evaluation: {documents: 4, bootstrap: 20}
        generations: 1
        workflow: replace
        arms:
          long: {sample-size: 6400}
          short: {sample-size: 640}
        """

    private static let gaussian = """
        name: bell
        setting: gaussian
        sample-size: 20
        generations: 6
        seeds: 0..299
        arms:
          replace: {workflow: replace}
          accumulate: {workflow: accumulate}
        """

    /// Runs an experiment and returns `metrics.csv`.
    @discardableResult
    private func run(
        _ text: String, in workshop: Workshop, at name: String, overrides: [String] = [],
        workers: Int = 2, sharing: String? = nil, mayExtend: Bool = false,
        observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> String {
        let resolved = try ExperimentFile.load(
            text: text, path: "test.yaml", overrides: overrides,
            settings: ExperimentSessionTests.settings)
        let path = workshop.root + "/" + name
        let execution = Execution(
            workers: workers, root: workshop.root, fingerprint: "test", version: "test",
            clock: { "then" }, stopwatch: { 0 }, observer: observer)
        switch resolved.setting.name {
        case "gaussian":
            try run(GaussianSetting.self, resolved, path, sharing, mayExtend, execution)
        default: try run(LanguageSetting.self, resolved, path, sharing, mayExtend, execution)
        }
        return try String(contentsOfFile: path + "/metrics.csv", encoding: .utf8)
    }

    private func run<Setting: TaskSetting>(
        _ type: Setting.Type, _ resolved: ResolvedExperiment, _ path: String, _ sharing: String?,
        _ mayExtend: Bool, _ execution: Execution
    ) throws {
        let file = path + "/experiment.yaml"
        let existing =
            FileManager.default.fileExists(atPath: file)
            ? try ExperimentFile.load(path: file, settings: ExperimentSessionTests.settings) : nil
        let (_, failures) = try ExperimentSession<Setting>(
            resolved, existing: existing, at: path, sharing: sharing, mayExtend: mayExtend,
            execution: execution
        ).run()
        if let failure = failures.first { throw failure }
    }

    /// Removes the records and objects that a number chooses, as if the run had been killed before
    /// them.
    private func damage(_ workshop: Workshop, _ name: String, seed: Int) throws {
        var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
        let base = workshop.root + "/" + name
        for folder in ["records", "objects"] {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: base + "/" + folder)
            // Whole objects and whole records: files are written whole or not at all.
            let units = Set(
                paths.compactMap { path -> String? in
                    let parts = path.split(separator: "/")
                    if folder == "records" { return path.hasSuffix(".json") ? path : nil }
                    return parts.count >= 2 ? parts.prefix(2).joined(separator: "/") : nil
                }
            ).sorted()
            for unit in units where random.below(3) == 0 {
                try FileManager.default.removeItem(atPath: "\(base)/\(folder)/\(unit)")
            }
        }
    }

    @Test(
        "Whatever is missing is computed again to the same bytes, at any number of workers",
        arguments: [ngram, transformer, featured], ["all", "last", "none"])
    func resumes(text: String, checkpoints: String) throws {
        let workshop = try Workshop()
        let policy = ["checkpoints=\(checkpoints)"]
        let whole = try run(text, in: workshop, at: "whole", overrides: policy)
        #expect(try run(text, in: workshop, at: "alone", overrides: policy, workers: 1) == whole)
        for seed in 0..<3 {
            try damage(workshop, "whole", seed: seed)
            let again = try run(
                text, in: workshop, at: "whole", overrides: policy, workers: 1 + seed)
            #expect(again == whole, "after damage \(seed)")
        }
    }

    @Test(
        "What a language model's run measures is declared",
        arguments: [
            (
                ngram,
                [
                    "model={kind: ngram, order: 3}",
                    "curate=[{stage: exact-duplicates}]",
                ]
            ),
            (transformer, ["curate=[{stage: exact-duplicates}]"]),
        ])
    func declaredMetrics(text: String, overrides: [String]) throws {
        let workshop = try Workshop()
        let lines = try run(text, in: workshop, at: "run", overrides: overrides)
            .split(separator: "\n").map { $0.split(separator: ",") }
        let column = try #require(lines.first?.firstIndex(of: "metric"))
        let measured = Set(lines.dropFirst().map { String($0[column]) })
        let stage = try CurationStages.stage(.map([.init("stage", .text("exact-duplicates"))]))
        let declared = LanguageSetting.declaration.allMetrics + Curation.metrics(of: [stage])
        #expect(measured.count > 10)
        #expect(measured.subtracting(declared.map(\.name)).sorted() == [])
    }

    @Test("A fit that diverges stops its own arm alone, and says where", arguments: [1, 2])
    func divergence(workers: Int) throws {
        let workshop = try Workshop()
        let stopped = Mutex<[String]>([])
        let failure = #expect(throws: UnitFailure.self) {
            try run(
                ExperimentSessionTests.diverging, in: workshop, at: "run", workers: workers
            ) { event in
                guard case .failed(let arm, _, _) = event else { return }
                stopped.withLock { $0.append(arm) }
            }
        }
        #expect(stopped.withLock { $0 } == ["long"])
        #expect(failure?.arm == "long")
        let message = failure?.message ?? ""
        #expect(message.hasPrefix("generation 0: training diverged at step "))
        #expect(message.contains("of 50") && message.contains("at learning rate 2.0;"))
        let table = try String(
            contentsOfFile: workshop.root + "/run/metrics.csv", encoding: .utf8)
        let rows = table.split(separator: "\n").dropFirst()
        #expect(rows.contains { $0.hasPrefix("short,0,1,heldout.perplexity,") })
        #expect(!rows.contains { $0.hasPrefix("long,") })
    }

    @Test func gaussianBlocks() throws {
        let workshop = try Workshop()
        let whole = try run(ExperimentSessionTests.gaussian, in: workshop, at: "whole", workers: 2)
        try damage(workshop, "whole", seed: 1)
        #expect(
            try run(ExperimentSessionTests.gaussian, in: workshop, at: "whole", workers: 1) == whole
        )
        let rows = whole.split(separator: "\n").dropFirst()
        let metrics = Set(rows.map { $0.split(separator: ",")[3] })
        #expect(rows.count == 2 * 300 * 7 * metrics.count)
    }

    @Test(
        "A transformer's precision changes the measurements, and the geometry of its decoding does not"
    )
    func precision() throws {
        let workshop = try Workshop()
        let text = ExperimentSessionTests.transformer
        let single = try run(text, in: workshop, at: "single")
        let mixed = try run(
            text, in: workshop, at: "mixed", overrides: ["model.precision=bfloat16"])
        #expect(mixed != single)
        let narrow = ["model.decoding.batch-width=3", "model.decoding.groups=1"]
        #expect(try run(text, in: workshop, at: "narrow", overrides: narrow) == single)
    }

    @Test("A finished run computes nothing again")
    func nothingTwice() throws {
        let workshop = try Workshop()
        try run(ExperimentSessionTests.ngram, in: workshop, at: "run")
        let computed = Mutex(0)
        try run(ExperimentSessionTests.ngram, in: workshop, at: "run") { event in
            if case .recorded(_, seconds: .some) = event { computed.withLock { $0 += 1 } }
        }
        #expect(computed.withLock { $0 } == 0)
    }

    @Test("A run whose generations came from a shared store is complete without it")
    func sharedStore() throws {
        let workshop = try Workshop()
        let text = ExperimentSessionTests.ngram
        let first = try run(
            text, in: workshop, at: "first", sharing: workshop.root + "/shared")
        let second = try run(
            text, in: workshop, at: "second", sharing: workshop.root + "/shared")
        #expect(first == second)
        try FileManager.default.removeItem(atPath: workshop.root + "/shared")
        #expect(try run(text, in: workshop, at: "second") == first)
    }

    @Test("More generations and seeds extend a run without moving what it has")
    func extends() throws {
        let workshop = try Workshop()
        let text = ExperimentSessionTests.ngram
        let short = try run(text, in: workshop, at: "run")
        let long = ["generations=3", "seeds=0..2"]
        #expect(throws: RunRefusal.self) {
            try run(text, in: workshop, at: "run", overrides: long)
        }
        let extended = try run(text, in: workshop, at: "run", overrides: long, mayExtend: true)
        let rows = Set(extended.split(separator: "\n"))
        #expect(short.split(separator: "\n").allSatisfy(rows.contains))
        #expect(try run(text, in: workshop, at: "fresh", overrides: long) == extended)
    }

    @Test("Another specification in the same directory is refused by the key that differs")
    func refusesAnotherExperiment() throws {
        let workshop = try Workshop()
        try run(ExperimentSessionTests.ngram, in: workshop, at: "run")
        let refusal = #expect(throws: RunRefusal.self) {
            try run(
                ExperimentSessionTests.ngram, in: workshop, at: "run",
                overrides: ["arms.mixture.real-fraction=0.4"])
        }
        let message = "\(try #require(refusal))"
        #expect(message.contains("arms.mixture.real-fraction.value is 0.3 there and 0.4 here"))
    }

    @Test("A pool that runs dry is refused before anything is on disk, with location and number")
    func runsDry() throws {
        let workshop = try Workshop()
        let error = #expect(throws: SpecificationError.self) {
            try run(
                ExperimentSessionTests.ngram, in: workshop, at: "run",
                overrides: ["sample-size=20000"])
        }
        let message = "\(try #require(error))"
        #expect(message.contains("runs dry"))
        #expect(message.contains("sample-size"))
        #expect(!FileManager.default.fileExists(atPath: workshop.root + "/run"))
    }

    @Test(
        "What a learner cannot do is refused by its key before anything runs",
        arguments: [
            (
                ngram, ["curate=[{stage: weight, real: 0.5}]", "model={kind: ngram, order: 2}"],
                "curate.0", "whole number of times"
            ),
            (transformer, ["evaluation.context=32"], "evaluation.context", "choose 2...16"),
            (transformer, ["evaluation.stride=32"], "evaluation.stride", "choose 1...16"),
            (
                transformer, ["evaluation={context: 8, stride: 9}"], "evaluation.stride",
                "choose 1...8"
            ),
        ])
    func refusedByTheLearner(
        text: String, overrides: [String], key: String, words: String
    ) throws {
        let workshop = try Workshop()
        let error = try #require(throws: SpecificationError.self) {
            try run(text, in: workshop, at: "run", overrides: overrides)
        }
        #expect(error.description.contains(key), "\(error)")
        #expect(error.description.contains(words), "\(error)")
        #expect(!FileManager.default.fileExists(atPath: workshop.root + "/run"))
    }

    @Test("A resolved experiment runs again to the same measurements")
    func rerunsItsOwnFile() throws {
        let workshop = try Workshop()
        let first = try run(ExperimentSessionTests.ngram, in: workshop, at: "run")
        let resolved = try String(
            contentsOfFile: workshop.root + "/run/experiment.yaml", encoding: .utf8)
        #expect(try run(resolved, in: workshop, at: "again") == first)
    }

    @Test("Samples say which generation and which model they come from")
    func provenance() throws {
        let workshop = try Workshop()
        try run(
            ExperimentSessionTests.ngram, in: workshop, at: "run", overrides: ["checkpoints=all"])
        let objects = try ObjectStore(at: workshop.root + "/run/objects")
        var found = 0
        for key in try objects.allKeys() where try objects.kind(of: key) == .samples {
            let files = try #require(try objects.read(key))
            let bytes = try #require(files["provenance.json"])
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            let generation = try #require(json["provenance"] as? Int)
            let models = try #require(json["models"] as? [String])
            #expect(generation >= 1)
            #expect(models.count == 1)
            #expect(objects.contains(ContentKey(digits: models[0])))
            found += 1
        }
        #expect(found > 0)
    }
}
