import Collapse
import Foundation
import Lab
import Settings
import Support
import Synchronization
import TestSupport
import Testing

/// Work that several processes do together: here by several sessions, which are to each other as
/// processes are.
@Suite struct WorkerSessionTests: Sendable {
    private static let settings = [LanguageSetting.declaration]
    private static let program = ProgramIdentity(version: "test", sha256: "abc")

    private static let text = """
        name: shared
        setting: language
        corpus: made-up
        tokenizer: {kind: word, minimum-count: 1}
        model: {kind: ngram, order: 2, smoothing: witten-bell}
        sampling: {maximum-document-length: 60}
        evaluation: {bootstrap: 50}
        sample-size: 1500
        generations: 2
        seeds: 0..2
        arms:
          replace: {workflow: replace}
          accumulate: {workflow: accumulate}
        """

    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func resolved(_ text: String = Self.text) throws -> ResolvedExperiment {
        try ExperimentFile.load(
            text: text, path: "test.yaml", overrides: [], settings: Self.settings)
    }

    private func recorded(_ name: String) throws -> ResolvedExperiment {
        try #require(
            try ExperimentFile.recorded(
                in: workshop.root + "/" + name, settings: Self.settings))
    }

    @discardableResult
    private func prepare(
        _ name: String, _ text: String = Self.text
    ) throws -> (missing: [WorkUnit], units: Int) {
        let path = workshop.root + "/" + name
        return try ExperimentSession<LanguageSetting>(
            resolved(text),
            existing: try ExperimentFile.recorded(in: path, settings: Self.settings), at: path,
            sharing: nil, mayExtend: true, execution: workshop.execution()
        ).prepare(
            for: Self.program, sharing: nil, terms: LeaseTerms(heartbeat: 0.5, expiry: 2))
    }

    @discardableResult
    private func work(
        _ name: String, workers: Int = 1, program: ProgramIdentity = Self.program,
        isEnding: @escaping @Sendable () -> Bool = { false },
        observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> WorkerOutcome {
        try WorkerSession<LanguageSetting>(
            recorded(name), joining: workshop.root + "/" + name, as: program, job: nil,
            patience: 0, execution: workshop.execution(workers: workers, observer: observer)
        ).run(WorkerStay(idleExit: 0.5, isEnding: isEnding))
    }

    private func collect(_ name: String) throws -> RecordedRun<LanguageSetting>.Collected {
        try RecordedRun<LanguageSetting>(recorded(name), execution: workshop.execution())
            .collect(in: workshop.root + "/" + name)
    }

    /// What one process makes of it.
    private func alone(_ name: String) throws -> [String: [UInt8]] {
        _ = try workshop.measured(Self.text, name)
        return try contents(name)
    }

    /// Records, objects, metrics and theory.
    private func contents(_ name: String) throws -> [String: [UInt8]] {
        let root = URL(fileURLWithPath: workshop.root + "/" + name)
        var contents: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root.path)
        where path.hasPrefix("records/") || path.hasPrefix("objects/") || path.hasSuffix(".csv") {
            if let data = try? Data(contentsOf: root.appendingPathComponent(path)) {
                contents[path] = Array(data)
            }
        }
        return contents
    }

    @Test("Plan, work and collection leave what one process does", arguments: [1, 3])
    func equality(workers: Int) throws {
        let whole = try alone("alone")
        let (missing, units) = try prepare("shared")
        #expect(missing.count == 6)
        #expect(units == 6)
        let outcome = try work("shared", workers: workers)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.left == 0)
        let collected = try collect("shared")
        #expect(collected.missing == 0)
        #expect(try contents("shared") == whole)
        let run = try RunDirectory(reading: workshop.root + "/shared")
        #expect(try run.summary()?.isFinished == true)
        #expect(!FileManager.default.fileExists(atPath: workshop.root + "/shared/work"))
        #expect(!FileManager.default.fileExists(atPath: workshop.root + "/shared/events"))
    }

    @Test("Several at once do each unit once between them, and come to the same")
    func together() throws {
        let whole = try alone("alone")
        try prepare("shared")
        let recorded = Mutex<[String: Int]>([:])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            let watch: @Sendable (RunEvent) -> Void = { event in
                guard case .recorded(let generations, let seconds?) = event, seconds >= 0 else {
                    return
                }
                for generation in generations {
                    let name = "\(generation.arm) \(generation.seed) \(generation.generation)"
                    recorded.withLock { $0[name, default: 0] += 1 }
                }
            }
            _ = try? work("shared", observer: watch)
        }
        #expect(try collect("shared").missing == 0)
        #expect(try contents("shared") == whole)
        let counts = recorded.withLock { $0 }
        #expect(counts.count == 18)
        #expect(counts.values.allSatisfy { $0 == 1 })
    }

    @Test("A worker that ends gives back what it holds, and the next goes on")
    func handingOver() throws {
        let whole = try alone("alone")
        try prepare("shared")
        let count = Mutex(0)
        let outcome = try work(
            "shared", isEnding: { count.withLock { value in value >= 4 } },
            observer: { event in
                if case .recorded = event { count.withLock { $0 += 1 } }
            })
        #expect(outcome.left > 0)
        let unfinished = try collect("shared")
        #expect(unfinished.missing > 0)
        #expect(unfinished.failures.isEmpty)
        // What is done need not be done again.
        #expect(try prepare("shared").missing.count == outcome.left)
        #expect(try work("shared").left == 0)
        #expect(try collect("shared").missing == 0)
        #expect(try contents("shared") == whole)
    }

    @Test("A unit of a worker that died is taken over, and given up after three deaths in a row")
    func deaths() throws {
        try prepare("shared")
        let dead = ProcessIdentity(
            machine: ProcessIdentity.current.machine, number: 1, start: 0)
        func plant(_ unit: String, losses: Int) throws {
            try """
            {"v":1,"token":"t","host":"node7","machine":"\(dead.machine)","process":1,"start":0,\
            "losses":\(losses),"has_got_on":false}
            """.write(
                toFile: "\(workshop.root)/shared/work/claims/\(unit)", atomically: true,
                encoding: .utf8)
        }
        try plant("replace_seed-0", losses: 1)
        try plant("accumulate_seed-1", losses: 2)
        let outcome = try work("shared")
        #expect(outcome.left == 0)
        #expect(outcome.failures.map(\.arm) == ["accumulate"])
        let collected = try collect("shared")
        #expect(collected.missing == 3)
        let failure = try #require(collected.failures.first)
        #expect(failure.seed == 1)
        #expect(failure.host == "node7")
        #expect(failure.message.contains("died three times"))
        // The same command again tries it once more.
        #expect(try prepare("shared").missing.map(\.name) == ["accumulate_seed-1"])
        #expect(try work("shared").failures.isEmpty)
        #expect(try collect("shared").missing == 0)
    }

    @Test("What another process makes is waited for, and other units are done meanwhile")
    func sharedObjects() throws {
        try prepare("shared")
        let objects = ClaimFolder(
            at: workshop.root + "/shared/work/objects", terms: LeaseTerms(heartbeat: 0.5, expiry: 2)
        )
        // Everything that generation 0 of every seed comes to is claimed by nobody who makes it.
        let whole = try alone("alone")
        let keys = whole.keys.filter { $0.hasPrefix("objects/") }.compactMap {
            $0.split(separator: "/").dropFirst(2).first.map(String.init)
        }
        let key = try #require(Set(keys).sorted().first)
        guard case .taken(let claim) = try objects.take(key) else {
            Issue.record("not taken")
            return
        }
        let released = Mutex(false)
        let outcome = try work(
            "shared",
            observer: { event in
                guard case .recorded = event else { return }
                if released.withLock({ was in
                    defer { was = true }; return !was
                }) {
                    claim.release()
                }
            })
        claim.release()
        #expect(outcome.failures.isEmpty)
        _ = try work("shared")
        #expect(try collect("shared").missing == 0)
        #expect(try contents("shared") == whole)
    }

    @Test("Two results for one record are an alarm, and the first is kept")
    func alarm() throws {
        _ = try alone("other")
        try prepare("shared")
        let record = "records/replace/seed-0/generation-002.json"
        // As another machine would have left it that computes something else.
        let block = RecordBlock(arm: "replace", seeds: [0], generations: 2...2)
        var records = try #require(
            try RunDirectory(reading: workshop.root + "/other").records(of: block))
        records[0].metrics[0].value += 1
        let text = String(decoding: RecordFile.encode(records, of: block), as: UTF8.self)
        let outcome = try work(
            "shared",
            observer: { event in
                guard case .progress(let progress) = event, progress.arm == "replace",
                    progress.seed == 0, progress.generation == 2
                else { return }
                let path = "\(workshop.root)/shared/\(record)"
                try? FileManager.default.createDirectory(
                    atPath: (path as NSString).deletingLastPathComponent,
                    withIntermediateDirectories: true)
                try? text.write(toFile: path, atomically: true, encoding: .utf8)
            })
        let failure = try #require(outcome.failures.first)
        #expect(failure.message.contains("DETERMINISM ALARM"))
        #expect(
            try String(contentsOfFile: "\(workshop.root)/shared/\(record)", encoding: .utf8) == text
        )
        #expect(try collect("shared").failures.count == 1)
    }

    @Test("Who cannot come to the same bits is refused, and told what to do")
    func refusals() throws {
        try prepare("shared")
        let path = workshop.root + "/shared"
        let other = ProgramIdentity(version: "test", sha256: "def")
        #expect(throws: WorkRefusal.self) { try work("shared", program: other) }
        var execution = workshop.execution()
        execution.fingerprint = "other"
        let error = try #require(throws: WorkRefusal.self) {
            try WorkerSession<LanguageSetting>(
                recorded("shared"), joining: path, as: Self.program, job: nil, patience: 0,
                execution: execution)
        }
        #expect(error.description.contains("OPENBLAS_CORETYPE"))
        _ = try alone("alone")
        #expect(throws: WorkRefusal.notPrepared(directory: workshop.root + "/alone")) {
            try work("alone")
        }
        // The directory belongs to a process that has it for itself, or to those that joined it.
        let session = try WorkerSession<LanguageSetting>(
            recorded("shared"), joining: path, as: Self.program, job: nil, patience: 0,
            execution: workshop.execution())
        let inUse = try #require(throws: StoreError.self) { try RunDirectory(opening: path) }
        #expect(inUse.description.contains("collapselab cancel"))
        _ = try session.run(WorkerStay(idleExit: 0, isEnding: { true }))
        let held = try RunDirectory(opening: path)
        #expect(throws: StoreError.self) { try work("shared") }
        try held.checkInPlace()
    }

    @Test("A plan of another format or a damaged one is refused and can be written anew")
    func damagedPlans() throws {
        try prepare("shared")
        for text in ["", "{}", "{\"format\":9}", "x"] {
            try text.write(
                toFile: workshop.root + "/shared/work/plan.json", atomically: true, encoding: .utf8)
            #expect(throws: WorkRefusal.unreadable(directory: workshop.root + "/shared")) {
                try work("shared")
            }
        }
        try prepare("shared")
        #expect(try work("shared").left == 0)
    }

    @Test func whoeverIsToldToStopTakesNothingMore() throws {
        try prepare("shared")
        try WorkFolder(of: workshop.root + "/shared").cancel()
        #expect(try work("shared").left == 6)
        try prepare("shared")
        #expect(try work("shared").left == 0)
    }

    @Test func theStatusSaysHowFarTheRunIs() throws {
        try prepare("shared")
        let path = workshop.root + "/shared"
        @Sendable func status() throws -> WorkStatus {
            try WorkStatus(
                of: PreparedExperiment<LanguageSetting>(
                    recorded("shared"), execution: workshop.execution(), mayFetch: false), in: path)
        }
        var seen = try status()
        #expect(
            (seen.units, seen.done, seen.waiting, seen.recorded, seen.planned) == (6, 0, 6, 0, 18))
        #expect(seen.isPrepared)
        let during = Mutex<WorkStatus?>(nil)
        _ = try work(
            "shared",
            observer: { event in
                if case .recorded = event { during.withLock { $0 = $0 ?? (try? status()) } }
            })
        let middle = try #require(during.withLock { $0 })
        #expect(middle.running.count == 1)
        #expect(middle.running.first?.recorded == 1)
        #expect(middle.workers.count == 1)
        seen = try status()
        #expect((seen.done, seen.recorded) == (6, 18))
        #expect(seen.workers.isEmpty)
        #expect(!seen.isFinished)
        _ = try collect("shared")
        #expect(try status().isFinished)
    }
}
