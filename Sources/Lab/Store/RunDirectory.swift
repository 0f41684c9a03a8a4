package import Collapse
import Glibc
import Support

/// An experiment on disk: everything that a run needs, made, and says, in one folder.
///
///     experiment.yaml      the resolved specification
///     events.jsonl         what happened, a line each
///     metrics.csv          the measurements in tidy form, made from the records
///     theory.csv           each prediction beside its measurement
///     effective-sample.csv what the real data of each arm and generation are worth
///     records/ARM/...      a file for each block of generations and seeds; the truth
///     objects/ab/abcd.../  models, samples and evaluations, named by what determined them
///     work/fits/           the states of fits that were stopped; gone when the run is complete
///     figures/*.svg  report.html  run.json
///     SHA256SUMS           the sums of all that is made from the records
///
/// Every file but the event log is replaced whole, so a run killed at any moment leaves a directory
/// that the next one continues.
package final class RunDirectory: Sendable {
    /// The path of the folder, as it was given.
    package let path: String
    /// The run's own objects.
    package let objects: ObjectStore
    /// What the loop writes to and reads from: the run's own objects, before the shared ones if
    /// any.
    package let store: any GenerationStore
    private let lock: DirectoryLock?

    /// Opens a run to write to it, creating what is missing and sweeping what killed runs left.
    ///
    /// `shared` is a folder whose `objects/` runs share, such as another run.
    ///
    /// - Throws: A `StoreError`, of kind `inUse` when another process or another value holds the
    ///   run.
    package init(opening path: String, sharing shared: String? = nil) throws {
        self.path = path
        try FileSystem.createFolder(path)
        lock = try DirectoryLock(path)
        for folder in ["records", "figures"] {
            try FileSystem.createFolder(path + "/" + folder)
            try Staging.sweep(path + "/" + folder)
        }
        try Staging.sweep(path)
        objects = try ObjectStore(at: path + "/objects")
        if let shared, !FileSystem.areSame(shared, path) {
            store = LayeredStore(own: objects, shared: try ObjectStore(at: shared + "/objects"))
        } else {
            store = objects
        }
    }

    /// Opens a run to read it, which never waits for nor disturbs the process that writes it.
    package init(reading path: String) throws {
        guard FileSystem.isFolder(path) else {
            throw FileError("open the run directory", path, code: ENOENT)
        }
        self.path = path
        lock = nil
        objects = ObjectStore(reading: path + "/objects")
        store = objects
    }

    /// Stores a copy of files from outside, as ``ObjectStore/copy(_:from:)`` does; runs that share a
    /// store share it.
    func copy(_ object: ObjectDescription, from files: [PathKind.File]) throws -> ContentKey {
        guard let shared = store as? LayeredStore else {
            return try objects.copy(object, from: files)
        }
        return try shared.copy(object, from: files)
    }

    // MARK: Specification and summary

    /// The copy of `experiment.yaml`, by its path in the run.
    static let copyOfSpecification = "records/.experiment.yaml"

    /// The path of `experiment.yaml`, whether it is there or not.
    private var specificationPath: String { path + "/experiment.yaml" }

    /// The text of `experiment.yaml`, or nil when no run has begun here.
    package func specification() throws -> String? {
        try FileSystem.read(specificationPath).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Replaces `experiment.yaml`, and then its copy beside the records, from which a damaged one
    /// is mended.
    ///
    /// The run must have been opened to write to it.
    ///
    /// - Throws: `FileError` when the file cannot be written.
    package func write(specification: String) throws {
        for name in ["experiment.yaml", Self.copyOfSpecification] {
            try write(Array(specification.utf8), to: name)
        }
    }

    /// What `run.json` says, or nil when there is none.
    package func summary() throws -> RunSummary? {
        try RunSummary.read(in: path)
    }

    /// Whether another process is kept from running here at the same time: not where the file
    /// system has no locks.
    package var isLocked: Bool { lock?.isEffective ?? false }

    /// - Throws: `StoreError` of kind `movedAway` when the path does not lead to the directory that
    ///   was opened.
    package func checkInPlace() throws {
        requireLock()
        guard lock?.isInPlace ?? true else { throw StoreError(.movedAway, path: path) }
    }

    // MARK: Records

    /// Where the records of a block are, whether they are there or not.
    package func path(of block: RecordBlock) -> String {
        "\(path)/records/\(RecordFile.path(of: block))"
    }

    /// Records a block in one atomic, durable write, in place of an earlier record of it.
    /// There is one for each of its seeds and generations, in any order.
    package func write(
        _ records: [GenerationRecord], of block: RecordBlock
    ) throws {
        try checkInPlace()
        try AtomicFile.write(
            RecordFile.encode(records, of: block), to: path(of: block), staging: path + "/records")
    }

    /// The records of a block by seed and, within a seed, by generation; nil when there are none.
    ///
    /// - Throws: A `StoreError` of kind `damagedRecord` when the file is not what was written.
    package func records(of block: RecordBlock) throws -> [GenerationRecord]? {
        let path = path(of: block)
        guard let bytes = try FileSystem.read(path) else { return nil }
        return try RecordFile.decode(bytes, of: block, path: path)
    }

    /// How many of the blocks have no file of records.
    func missing(of blocks: [RecordBlock]) -> Int {
        blocks.count { !FileSystem.exists(path(of: $0)) }
    }

    // MARK: Events, report

    /// The path of `events.jsonl`, whether it is there or not.
    private var eventsPath: String { path + "/events.jsonl" }

    /// The day on which the run began, as its log says it: `2026-11-30`; nil where it says none.
    package var firstDay: String? {
        guard let file = try? FileSystem.open(eventsPath, O_RDONLY) else { return nil }
        // The first line is all that is asked for, and the log may be long.
        var opening = [UInt8](repeating: 0, count: 4_096)
        let count = FileSystem.restarting { read(file.number, &opening, opening.count) }
        let text = String(decoding: opening.prefix(max(0, count)), as: UTF8.self)
        guard let field = text.firstRange(of: "\"time\":\"") else { return nil }
        let day = text[field.upperBound...].prefix(10)
        return day.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) == nil ? nil : String(day)
    }

    /// The event log, opened to append to it; a torn last line is dropped.
    package func openEventLog() throws -> EventLog {
        requireLock()
        return try EventLog(at: eventsPath)
    }

    /// Replaces any file of the run, by its path in the run.
    package func write(_ bytes: [UInt8], to name: String) throws {
        try checkInPlace()
        try AtomicFile.write(bytes, to: path + "/" + name, staging: path)
    }

    /// Runs `body`, which writes figures and page, while no other process does so in this folder.
    ///
    /// Nobody holds this lock but for the seconds of a report, so that the next waits.
    package static func writingReport<Result>(
        in path: String, _ body: () throws -> Result
    ) throws -> Result {
        let folder = path + "/figures"
        try FileSystem.createFolder(folder, below: path)
        let file = try FileSystem.open(folder, O_RDONLY | O_DIRECTORY)
        // A file system without locks keeps nobody out; every file is whole there, too.
        _ = FileSystem.restarting { flock(file.number, LOCK_EX) }
        return try body()
    }

    private func requireLock() {
        precondition(lock != nil, "\(path) was opened to read it")
    }
}
