package import Collapse
import Glibc
package import Support

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
    private let access: Access

    /// Opens a run to write to it, creating what is missing and sweeping what killed runs left.
    ///
    /// `shared` is a folder whose `objects/` runs share, such as another run.
    ///
    /// `besideWorkers` says whether processes that have joined the run may go on.
    ///
    /// - Throws: A `StoreError`, of kind `inUse` when another process or another value holds the
    ///   run, `workedOn` when processes that have joined it work there.
    package init(
        opening path: String, sharing shared: String? = nil, besideWorkers: Bool = false
    ) throws {
        self.path = path
        try FileSystem.createFolder(path)
        access = .alone(try Self.claim(path))
        let workers = try WorkFolder(of: path).liveWorkers()
        if !besideWorkers, let worker = workers.first {
            throw StoreError(.workedOn(by: worker), path: path)
        }
        for folder in ["records", "figures"] {
            try FileSystem.createFolder(path + "/" + folder)
            try Staging.sweep(path + "/" + folder)
        }
        if workers.isEmpty { try Staging.sweep(path + "/records", isAlone: true) }
        try Staging.sweep(path)
        objects = try ObjectStore(at: path + "/objects")
        if let shared, !FileSystem.areSame(shared, path) {
            store = LayeredStore(own: objects, shared: try ObjectStore(at: shared + "/objects"))
        } else {
            store = objects
        }
    }

    /// Opens a run to work on it beside other processes, of this machine or others: nothing that
    /// another process may need is removed.
    ///
    /// `claims` is where the processes claim the objects that they make; `name` is this one's, among
    /// them.
    package init(
        joining path: String, as name: String, claims: ClaimFolder, sharing shared: String? = nil
    ) throws {
        self.path = path
        access = .joined(
            FileSystem.SharedDescriptor(try FileSystem.open(path, O_RDONLY | O_DIRECTORY)),
            name: name)
        for folder in ["records", Self.eventFolder] {
            try FileSystem.createFolder(path + "/" + folder, below: path)
        }
        objects = try ObjectStore(at: path + "/objects", claims: claims)
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
        access = .reading
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

    // MARK: Who else is here

    /// What the holder of this value may do.
    private enum Access {
        case reading
        /// Nobody else writes here but processes that have joined.
        case alone(Claim)
        /// Beside others; the folder as it was opened.
        case joined(FileSystem.SharedDescriptor, name: String)
    }

    /// Whether a process has the directory at a path for itself now.
    package static func isHeld(_ path: String) -> Bool { holder(of: path) != nil }

    /// The process that has the directory at a path for itself now; nil where there is none, or where
    /// its claim does not say.
    package static func onlyHolder(of path: String) -> ClaimHolder? { holder(of: path)?.holder }

    private static func holder(of path: String) -> (holder: ClaimHolder?, age: Double?)? {
        ClaimFolder(at: path).holder(of: claimFile)
    }

    /// Whether other processes may write here at the same time.
    package var isShared: Bool {
        if case .joined = access { true } else { false }
    }

    /// The file of the claim on a run directory, and of the one on its figures and page.
    private static let (claimFile, reportClaimFile) = (".lock", ".report-lock")

    /// The claim on the directory.
    ///
    /// - Throws: `StoreError` of kind `inUse` where another holds it.
    private static func claim(_ path: String) throws -> Claim {
        switch try ClaimFolder(at: path).take(claimFile) {
        case .taken(let claim):
            try ClaimFolder(at: path).sweep()
            return claim
        case .held(let holder, let age):
            throw StoreError(.inUse(by: holder, age: age), path: path)
        }
    }

    /// - Throws: `StoreError` of kind `movedAway` when the path does not lead to the directory that
    ///   was opened, `inUse` when another machine has taken the directory over.
    package func checkInPlace() throws {
        switch access {
        case .reading: preconditionFailure("\(path) was opened to read it")
        case .alone(let claim):
            if claim.isHeld { return }
            if let (holder, age) = ClaimFolder(at: path).holder(of: Self.claimFile) {
                throw StoreError(.inUse(by: holder, age: age), path: path)
            }
            throw StoreError(.movedAway, path: path)
        case .joined(let folder, _):
            guard FileSystem.leads(path, to: folder.number) else {
                throw StoreError(.movedAway, path: path)
            }
        }
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

    /// Removes records that nobody will finish any more: to be called when no other process works on the
    /// run.
    func sweepRecords() throws {
        try Staging.sweep(path + "/records", isAlone: true)
    }

    /// The blocks that have no file of records.
    func missing(_ blocks: [RecordBlock]) -> [RecordBlock] {
        blocks.filter { !FileSystem.exists(path(of: $0)) }
    }

    // MARK: Events, report

    /// Where processes that work on the run together have a log each, until they are joined.
    private static let eventFolder = "events"

    /// Joins the logs of processes that worked on the run together to `events.jsonl`, by the time of
    /// their lines.
    ///
    /// Stopped anywhere, it is done again: a line that is there already is not added.
    package func joinEvents() throws {
        let folder = path + "/" + Self.eventFolder
        let names = try FileSystem.namesIfAny(in: folder).filter { $0.hasSuffix(".jsonl") }
        guard !names.isEmpty else { return }
        let own = try FileSystem.read(eventsPath).map(Event.lines(of:)) ?? []
        let known = Set(own)
        var lines = own
        for name in names {
            lines += try FileSystem.read(folder + "/" + name).map(Event.lines(of:)) ?? []
        }
        let further = lines.dropFirst(own.count).filter { !known.contains($0) }
        let timed = (own + further).enumerated().map {
            ($0.offset, Event.time(of: $0.element), $0.element)
        }
        let sorted = timed.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        try write(Array(sorted.flatMap { $0.2 + [10] }), to: "events.jsonl")
        try FileSystem.removeTree(folder)
    }

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
        try checkInPlace()
        if case .joined(_, let name) = access {
            return try EventLog(at: "\(path)/\(Self.eventFolder)/\(name).jsonl")
        }
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
        try FileSystem.createFolder(path + "/figures", below: path)
        let claims = ClaimFolder(at: path)
        while true {
            switch try claims.take(reportClaimFile) {
            case .taken(let claim):
                defer { claim.release() }
                try claims.sweep()
                return try body()
            case .held: usleep(50_000)
            }
        }
    }
}
