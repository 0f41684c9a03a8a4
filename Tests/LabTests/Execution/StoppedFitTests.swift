import Collapse
import Foundation
import Lab
import Settings
import Synchronization
import TestSupport
import Testing

/// Fits that are stopped between two steps and made again by another runner.
@Suite struct StoppedFitTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    /// What a fit keeps between steps beside its parameters, in every combination that matters.
    private static let arms = """
          carried: {workflow: replace, start-from: previous, optimizer-state: carry-over}
          adapted: {workflow: replace, start-from: base, model: {training: {adapters: {rank: 2}}}}
          ended:
            workflow: accumulate
            model: {training: {early-stopping: {interval: 3, patience: 1}, average-decay: 0.5}}
          rough:
            workflow: replace
            model: {precision: bfloat16, training: {optimizer: sgd, learning-rate: 0.1, dropout: 0.1}}
          parallel: {workflow: replace, parallel-models: 2}
        """

    private static func experiment(
        arms: String = arms, checkpoints: String = "all", lines: String = ""
    ) -> String {
        """
        setting: language
        corpus: made-up
        base: {corpus: made-up, size: 700}
        sample-size: 600
        generations: 1
        seeds: 0..0
        checkpoints: \(checkpoints)
        tokenizer: {kind: bpe, vocabulary: 280}
        model: {kind: transformer, layers: 1, width: 8, heads: 2, context-length: 16, training: {batch-size: 4}}
        budget: {unit: steps, amount: 14}
        evaluation: {contexts: 10, sample-tokens: 200, bootstrap: 10}
        arms:
        \(arms)
        \(lines)
        """
    }

    // MARK: Chains that are abandoned after some steps

    private struct Abandoned: Error {}

    /// Lets so many steps be made, each of which is kept, and abandons the fit after the next.
    private final class Abandoning: FitCheckpoints {
        private let folder: FitFolder
        private let left: Mutex<Int>

        init(_ folder: FitFolder, after steps: Int) {
            self.folder = folder
            left = Mutex(steps)
        }

        private struct Checkpoint: FitCheckpoint {
            let all: Abandoning
            let inner: any FitCheckpoint

            func begin() -> [UInt8]? { inner.begin() }
            func resume(at step: Int, of steps: Int) { inner.resume(at: step, of: steps) }
            func refuse(_ problem: String) { inner.refuse(problem) }
            func part(_ index: Int) -> any FitCheckpoint {
                Checkpoint(all: all, inner: inner.part(index))
            }
            func saveIfDue(isFinished: Bool, _ state: () throws -> [UInt8]) throws {
                try inner.saveIfDue(isFinished: isFinished, state)
                // An end is no step, and may be found as it was kept.
                if isFinished { return }
                let isOver = all.left.withLock { left in
                    left -= 1
                    return left < 0
                }
                if isOver { throw Abandoned() }
            }
        }

        func checkpoint(of key: ContentKey, title: String, isStored: Bool) -> any FitCheckpoint {
            Checkpoint(
                all: self,
                inner: folder.checkpoint(of: key, title: title, isStored: isStored))
        }
        func end(_ key: ContentKey) { folder.end(key) }
        func remove(_ key: ContentKey) { folder.remove(key) }
    }

    /// What an experiment makes: its records, and the files of its objects.
    private struct Made: Equatable {
        var records: [GenerationRecord] = []
        var objects: [String: [UInt8]] = [:]
    }

    /// What is recorded, which no later runner computes again.
    private final class Recorded: Sendable {
        let all = Mutex<[String: GenerationRecord]>([:])
    }
    private let recorded = Recorded()

    /// The remarks that were made.
    private final class Notes: Sendable {
        let all = Mutex<[String]>([])
    }
    private let notes = Notes()

    /// Computes the chains of an experiment one after another, as a runner that lives for so many
    /// steps; nil where it did not come to the end.
    private func made(
        _ text: String, in name: String, steps: Int? = nil
    ) throws -> Made? {
        let resolved = try ExperimentFile.load(
            text: text, path: "test.yaml", overrides: [],
            settings: [LanguageSetting.declaration])
        var execution = workshop.execution(workers: 1) { [notes] event in
            if case .note(let note) = event { notes.all.withLock { $0.append(note) } }
        }
        execution.checkpointInterval = 0
        let prepared = try PreparedExperiment<LanguageSetting>(resolved, execution: execution)
        let directory = try RunDirectory(opening: workshop.root + "/" + name)
        let environment = StoreEnvironment<LanguageSetting>(
            store: directory.store, storesModels: prepared.checkpoints != .none, workers: 1,
            fingerprint: "test", cachedModels: 2,
            checkpoints: steps.map { Abandoning(directory.fits(execution), after: $0) })
        var made = Made()
        do {
            for arm in prepared.arms {
                let chain = try prepared.storedChain(
                    of: arm, seed: 0, storage: try #require(arm.setting.storage),
                    environment: environment)
                for t in -1...1 {
                    let place = "\(name)/\(arm.specification.name)/\(t)"
                    let known = recorded.all.withLock { $0[place] }
                    let record = try known ?? chain.record(of: t)
                    made.records.append(record)
                    if known == nil { chain.removeCheckpoint(of: t) }
                    recorded.all.withLock { $0[place] = record }
                }
            }
        } catch is Abandoned {
            return nil
        }
        for key in try directory.objects.allKeys() {
            for (file, bytes) in try directory.objects.read(key) ?? [:] {
                made.objects["\(key)/\(file)"] = bytes
            }
        }
        return made
    }

    private func states(of name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
    }

    private func path(_ name: String) -> String { "\(workshop.root)/\(name)/work/fits" }

    @Test(
        "A fit that is stopped after any number of steps comes to the same bits",
        arguments: [6, 30])
    func anySteps(steps: Int) throws {
        let text = Self.experiment()
        let whole = try #require(try made(text, in: "whole"))
        #expect(whole.records.count == 15 && whole.objects.count > 30)
        var runners = 1
        var found = try made(text, in: "run", steps: steps)
        while found == nil, runners < 400 {
            #expect(!states(of: "run").isEmpty)
            runners += 1
            found = try made(text, in: "run", steps: steps)
        }
        #expect(found == whole)
        #expect(runners > 60 / (steps + 1), "\(runners)")
        #expect(states(of: "run") == [])
        let notes = notes.all.withLock { $0 }
        let resumed = notes.filter { $0.contains("the fit goes on from step") }
        #expect(resumed.count >= runners - 1, "\(notes)")
    }

    @Test(
        "Where no model is stored the last state of a fit stands for it until its record is there")
    func withoutModels() throws {
        let text = Self.experiment(
            arms:
                "  replace: {workflow: replace}\n  parallel: {workflow: replace, parallel-models: 2}",
            checkpoints: "none")
        let whole = try #require(try made(text, in: "whole"))
        var found: Made?
        var runners = 0
        while found == nil, runners < 60 {
            runners += 1
            found = try made(text, in: "run", steps: 30)
        }
        #expect(found == whole)
        #expect(runners > 1)
    }

    @Test(
        "A state that cannot be gone on from is removed with a remark, and the fit begins again",
        arguments: ["damaged", "cut", "foreign", "empty", "older"])
    func unusable(kind: String) throws {
        let text = Self.experiment(arms: "  replace: {workflow: replace}")
        let whole = try #require(try made(text, in: "whole"))
        // The base makes 11 steps, the generation 14.
        #expect(try made(text, in: "run", steps: 15) == nil)
        let file = try #require(states(of: "run").first)
        let url = URL(fileURLWithPath: path("run") + "/" + file)
        var bytes = try Data(contentsOf: url)
        let words: String
        switch kind {
        case "damaged":
            bytes[bytes.count - 5] ^= 4
            words = "is damaged"
        case "cut":
            bytes.removeLast(bytes.count / 2)
            words = file
        case "empty":
            bytes = Data()
            words = file
        case "older":
            let version = Data(#"\"version\":3"#.utf8)
            let range = try #require(bytes.range(of: version))
            bytes[range.upperBound - 1] = UInt8(ascii: "2")
            words = "is not the state of a fit that this version can continue"
        default:
            let other = text.replacing("amount: 14", with: "amount: 15")
            #expect(try made(other, in: "other", steps: 15) == nil)
            let foreign = try #require(states(of: "other").first)
            bytes = try Data(contentsOf: URL(fileURLWithPath: path("other") + "/" + foreign))
            words = "is of a fit with another number of steps: 15 there, 14 here"
        }
        try bytes.write(to: url)
        notes.all.withLock { $0 = [] }
        #expect(try made(text, in: "run", steps: 1_000) == whole)
        #expect(
            notes.all.withLock { $0 }.contains {
                $0.contains(words) && $0.contains("it is removed, and the fit of")
            }, "\(notes.all.withLock { $0 })")
        #expect(states(of: "run") == [])
    }

    @Test("A state that cannot be written costs a remark and no result")
    func unwritable() throws {
        let text = Self.experiment(arms: "  replace: {workflow: replace}")
        let whole = try #require(try made(text, in: "whole"))
        let folder = workshop.root + "/run/work"
        try FileManager.default.createDirectory(
            atPath: workshop.root + "/run", withIntermediateDirectories: true)
        try "not a folder".write(toFile: folder, atomically: true, encoding: .utf8)
        #expect(try made(text, in: "run", steps: 1_000) == whole)
        #expect(
            notes.all.withLock { $0 }.contains { $0.contains("the state of a fit cannot be kept") })
    }

    // MARK: Runs

    private func run(_ text: String, in name: String, interval: Double) throws -> [String] {
        let resolved = try ExperimentFile.load(
            text: text, path: "test.yaml", overrides: [],
            settings: [LanguageSetting.declaration])
        var execution = workshop.execution()
        execution.checkpointInterval = interval
        let (_, failures) = try ExperimentSession<LanguageSetting>(
            resolved, existing: nil, at: workshop.root + "/" + name, sharing: nil, mayExtend: true,
            execution: execution
        ).run()
        #expect(execution.interruption.progress > 0)
        return failures.map(\.message)
    }

    @Test("A complete run leaves no state, whoever left it, and what it made has the same bytes")
    func completeRuns() throws {
        let text = Self.experiment()
        #expect(try run(text, in: "whole", interval: 600) == [])
        try FileManager.default.createDirectory(
            atPath: path("run"), withIntermediateDirectories: true)
        try "left".write(
            toFile: path("run") + "/00.safetensors", atomically: true, encoding: .utf8)
        #expect(try run(text, in: "run", interval: 0) == [])
        #expect(!FileManager.default.fileExists(atPath: workshop.root + "/run/work"))
        for name in ["metrics.csv", "theory.csv", "records", "objects"] {
            #expect(
                FileManager.default.contentsEqual(
                    atPath: workshop.root + "/run/" + name,
                    andPath: workshop.root + "/whole/" + name), "\(name)")
        }
    }

    @Test("A run in which a chain fails keeps the states that others may go on from")
    func failedRuns() throws {
        let text = Self.experiment(
            arms: """
                  replace: {workflow: replace}
                  diverging:
                    workflow: replace
                    model: {training: {learning-rate: 10, optimizer: sgd, gradient-clip: 0, z-loss: 1e6}}
                """)
        try FileManager.default.createDirectory(
            atPath: path("run"), withIntermediateDirectories: true)
        try "left".write(
            toFile: path("run") + "/00.safetensors", atomically: true, encoding: .utf8)
        let failures = try run(text, in: "run", interval: 0)
        #expect(failures.count == 1)
        #expect(states(of: "run").contains("00.safetensors"))
    }

    @Test("The folder of states is the run's own, and verification has nothing against it")
    func verification() throws {
        let text = Self.experiment(arms: "  replace: {workflow: replace}")
        #expect(try run(text, in: "run", interval: 600) == [])
        try FileManager.default.createDirectory(
            atPath: path("run"), withIntermediateDirectories: true)
        try "left".write(
            toFile: path("run") + "/00.safetensors", atomically: true, encoding: .utf8)
        try RunSums.write(in: workshop.root + "/run")
        let resolved = try #require(
            try ExperimentFile.recorded(
                in: workshop.root + "/run", settings: [LanguageSetting.declaration]))
        let prepared = try PreparedExperiment<LanguageSetting>(
            resolved, execution: workshop.execution())
        let findings = try RunVerification(
            prepared, in: RunDirectory(reading: workshop.root + "/run")
        ).outcome().findings
        #expect(findings.isEmpty)
        #expect(RunDirectory.owner(of: path("run") + "/x") == workshop.root + "/run")
    }
}
