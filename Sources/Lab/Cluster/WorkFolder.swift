import Foundation
import Glibc
package import Support

/// `work/` of a run directory: what processes that work on one run together tell each other.
///
///     plan.json      what they must be: program, kernels, specification
///     units.jsonl    what was missing when the run was prepared, a unit a line
///     claims/UNIT    who works on a unit now
///     done/UNIT      the claim of who has done it
///     failed/UNIT.json  why it could not be done, and where
///     objects/KEY    who makes an object now that several units need
///     workers/NAME   a process that is there
///     fits/KEY       the state of a fit that was put down
///     jobs.jsonl     what a scheduler was given; logs/ what that says
///     cancelled      that everybody is to stop
package struct WorkFolder: Sendable {
    /// The path of the run directory.
    package let directory: String
    /// The name of the folder in it.
    package static let name = "work"

    package init(of directory: String) { self.directory = directory }

    package var path: String { directory + "/" + Self.name }
    private func path(_ name: String) -> String { path + "/" + name }

    // MARK: Plan

    /// Writes what there is to do, for processes that join from now on, and forgets what became of an
    /// earlier plan.
    func write(_ plan: WorkPlan, _ units: [ListedUnit]) throws {
        try FileSystem.createFolder(path, below: directory)
        for folder in ["failed", "done"] { try FileSystem.removeTree(path(folder)) }
        for folder in ["claims", "objects", "workers", "done", "failed", "logs"] {
            try FileSystem.createFolder(path(folder), below: directory)
            try Staging.sweep(path(folder))
        }
        try FileSystem.removeTree(path("cancelled"))
        var lines: [UInt8] = []
        for unit in units { lines += try Self.line(unit) }
        try AtomicFile.write(lines, to: path("units.jsonl"), staging: directory)
        try AtomicFile.write(try Self.line(plan), to: path("plan.json"), staging: directory)
    }

    /// Whether the run was ever prepared for processes that join it.
    package var isPrepared: Bool { FileSystem.exists(path("plan.json")) }

    /// What processes that join must be.
    ///
    /// - Throws: ``WorkRefusal`` where there is no plan, or none that this version reads.
    package func plan() throws -> WorkPlan {
        guard let bytes = try FileSystem.read(path("plan.json")) else {
            throw WorkRefusal.notPrepared(directory: directory)
        }
        guard let plan = try? JSONDecoder().decode(WorkPlan.self, from: Data(bytes)), plan.isUsable
        else { throw WorkRefusal.unreadable(directory: directory) }
        return plan
    }

    /// What was missing when the run was prepared.
    package func units() throws -> [ListedUnit] { try lines("units.jsonl") }

    // MARK: Claims

    func claims(_ terms: LeaseTerms, job: String? = nil) -> ClaimFolder {
        ClaimFolder(at: path("claims"), terms: terms, job: job)
    }

    func objects(_ terms: LeaseTerms, job: String? = nil) -> ClaimFolder {
        ClaimFolder(at: path("objects"), terms: terms, job: job)
    }

    func workers(_ terms: LeaseTerms, job: String? = nil) -> ClaimFolder {
        ClaimFolder(at: path("workers"), terms: terms, job: job)
    }

    /// The processes that work on the run now.
    package func liveWorkers() throws -> [ClaimHolder] {
        guard isPrepared else { return [] }
        let folder = workers((try? plan())?.terms ?? .usual)
        return try folder.names().compactMap { folder.holder(of: $0)?.holder }
    }

    // MARK: What became of units

    func donePath(of unit: String) -> String { path("done/" + unit) }
    func failurePath(of unit: String) -> String { path("failed/" + unit + ".json") }

    /// Whether there is a unit that is neither done nor given up.
    package func isAnythingLeft() -> Bool {
        guard let units = try? units() else { return false }
        return units.contains {
            !FileSystem.exists(donePath(of: $0.unit))
                && !FileSystem.exists(failurePath(of: $0.unit))
        }
    }

    /// When each unit of this plan that is done was done, in seconds by the file system's clock.
    func finishTimes() throws -> [Double] {
        try FileSystem.namesIfAny(in: path("done")).compactMap {
            FileClock.lastChange(of: donePath(of: $0))
        }
    }

    /// Notes that a unit could not be done.
    func write(_ failure: RecordedFailure, of unit: String) throws {
        try AtomicFile.write(
            try Self.line(failure), to: failurePath(of: unit), staging: path("failed"))
    }

    /// The units that could not be done, sorted by their names.
    package func failures() throws -> [RecordedFailure] {
        try FileSystem.namesIfAny(in: path("failed")).compactMap { name in
            guard name.hasSuffix(".json"), let bytes = try FileSystem.read(path("failed/" + name))
            else { return nil }
            return try? JSONDecoder().decode(RecordedFailure.self, from: Data(bytes))
        }
    }

    // MARK: Jobs

    /// What a scheduler was given for the run since it was prepared.
    package func jobs() throws -> [SubmittedJob] { try lines("jobs.jsonl") }

    package func write(_ jobs: [SubmittedJob]) throws {
        let lines = try jobs.flatMap { try Self.line($0) }
        try AtomicFile.write(lines, to: path("jobs.jsonl"), staging: directory)
    }

    /// Where a scheduler puts what workers say.
    package var logs: String { path("logs") }

    /// Whether everybody has been told to stop.
    package var isCancelled: Bool { FileSystem.exists(path("cancelled")) }

    /// Tells everybody to stop.
    package func cancel() throws {
        try AtomicFile.write([], to: path("cancelled"), staging: directory)
    }

    /// Gives back the claims of some processes, which do nothing more.
    package func release(where isOver: (ClaimHolder) -> Bool) throws {
        let terms = (try? plan())?.terms ?? .usual
        for folder in [claims(terms), objects(terms), workers(terms)] {
            try folder.removeAll(where: isOver)
        }
    }

    // MARK: The end

    /// What a scheduler was given, and what it said.
    private static let kept: Set<String> = [
        "jobs.jsonl", "logs", "worker.sbatch", "collect.sbatch",
    ]

    /// Removes what nobody needs any more once everything is recorded; what a scheduler said stays.
    func tidy() throws {
        for name in try FileSystem.namesIfAny(in: path)
        where !Self.kept.contains(name) {
            try FileSystem.removeTree(path(name))
        }
        // Where nothing is left, nothing remains.
        _ = rmdir(logs)
        _ = rmdir(path)
    }

    // MARK: Lines

    private static func line(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [10]
    }

    private func lines<Value: Decodable>(_ name: String) throws -> [Value] {
        let bytes = try FileSystem.read(path(name)) ?? []
        let decoder = JSONDecoder()
        return try bytes.split(separator: 10).map { line in
            guard let value = try? decoder.decode(Value.self, from: Data(line)) else {
                throw WorkRefusal.unreadable(directory: directory)
            }
            return value
        }
    }
}
