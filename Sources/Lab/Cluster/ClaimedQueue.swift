import Collapse
import Glibc
import Support
import Synchronization

/// The units of a run that several processes do together: each is taken by a claim in a file.
///
/// Every process goes through the list from another place, so that they begin with different seeds;
/// what another holds it comes back to until everything is done.
final class ClaimedQueue: UnitQueue {
    private enum State {
        case open
        /// A thread of this process tries to take it, or works on it.
        case ours(Claim?)
        /// Another process makes an object that it needs.
        case waiting(for: ContentKey)
        case over
    }

    private struct Content {
        var states: [State]
        var start: Int
    }

    /// After so many holders in a row were lost with nothing to show, a unit is not tried again.
    static let mostLosses = 3
    /// Seconds between two looks at what others hold, at first and at most.
    private static let (shortestPause, longestPause) = (0.1, 5.0)

    private let units: [ListedUnit]
    private let places: [WorkUnit: Int]
    private let folder: WorkFolder
    private let claims: ClaimFolder
    private let objects: ClaimFolder
    private let idleExit: Double
    private let isEnding: @Sendable () -> Bool
    private let note: @Sendable (UnitFailure, ClaimHolder?) -> RecordedFailure
    private let content: Mutex<Content>
    private let failed = Mutex<[RecordedFailure]>([])

    /// - Parameters:
    ///   - units: What was missing when the run was prepared.
    ///   - folder: Where claims are.
    ///   - claims: The claims of units.
    ///   - objects: The claims of objects.
    ///   - start: Where this process begins in the list.
    ///   - idleExit: Seconds after which a process that finds nothing to do leaves.
    ///   - isEnding: Whether this process is to take nothing more.
    ///   - note: What is recorded of a failure.
    init(
        _ units: [ListedUnit], in folder: WorkFolder, claims: ClaimFolder, objects: ClaimFolder,
        start: Int, idleExit: Double, isEnding: @escaping @Sendable () -> Bool,
        note: @escaping @Sendable (UnitFailure, ClaimHolder?) -> RecordedFailure
    ) {
        self.units = units
        places = Dictionary(
            units.enumerated().map { ($0.element.work, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        self.folder = folder
        self.claims = claims
        self.objects = objects
        self.idleExit = idleExit
        self.isEnding = isEnding
        self.note = note
        content = Mutex(
            Content(
                states: Array(repeating: .open, count: units.count),
                start: units.isEmpty ? 0 : start % units.count))
    }

    /// What this process could not do.
    var failures: [RecordedFailure] { failed.withLock { $0 } }

    /// How many units are neither done nor given up, by any process.
    var left: Int {
        content.withLock { content in
            content.states.indices.count { !isOver($0, &content) }
        }
    }

    // MARK: UnitQueue

    func next() -> WorkUnit? {
        var pause = Self.shortestPause
        var idle = 0.0
        while !isEnding() {
            if let unit = takeAny() { return unit }
            let (isAnyOpen, isAnyWaiting) = content.withLock { content in
                var found = (open: false, waiting: false)
                for state in content.states {
                    switch state {
                    case .open: found.open = true
                    case .waiting: found.waiting = true
                    case .ours, .over: break
                    }
                }
                return found
            }
            guard isAnyWaiting || (isAnyOpen && idle < idleExit) else { return nil }
            // Processes that wait for the same thing should not all ask at once.
            let length = min(pause * Double.random(in: 0.75...1.25), max(0.02, idleExit - idle))
            usleep(UInt32(length * 1e6))
            // Something will come of what is waited for.
            if !isAnyWaiting { idle += length }
            pause = min(Self.longestPause, pause * 1.5)
        }
        return nil
    }

    func noteProgress(of unit: WorkUnit) {
        guard let place = places[unit] else { return }
        content.withLock { content in
            if case .ours(let claim?) = content.states[place] { claim.noteProgress() }
        }
    }

    func end(_ unit: WorkUnit, _ outcome: UnitOutcome) {
        guard let place = places[unit] else { return }
        // What fails while the process is being ended may fail because of that.
        var outcome = outcome
        if case .failed = outcome, isEnding() { outcome = .givenBack }
        let claim: Claim? = content.withLock { content in
            guard case .ours(let claim) = content.states[place] else { return nil }
            switch outcome {
            case .completed, .failed: content.states[place] = .over
            case .waiting(let key): content.states[place] = .waiting(for: key)
            case .givenBack: content.states[place] = .open
            }
            return claim
        }
        switch outcome {
        case .completed:
            // Where the mark cannot be made the records say the same, at more cost.
            try? claim?.release(movingTo: folder.donePath(of: units[place].unit))
        case .failed(let failure): give(up: place, failure, nil)
        case .waiting, .givenBack: break
        }
        claim?.release()
    }

    // MARK: Taking

    /// The first unit from where this process stands that nobody holds.
    private func takeAny() -> WorkUnit? {
        let first = content.withLock { $0.start }
        for offset in units.indices {
            let place = (first + offset) % units.count
            guard reserve(place) else { continue }
            let claim = take(place)
            content.withLock { content in
                // The other outcomes were noted where they were found.
                guard case .ours = content.states[place] else { return }
                content.states[place] = claim.map { .ours($0) } ?? .open
                if claim != nil { content.start = (place + 1) % units.count }
            }
            if claim != nil { return units[place].work }
        }
        return nil
    }

    /// Keeps the other threads of this process off a unit that may be free.
    private func reserve(_ place: Int) -> Bool {
        content.withLock { content in
            guard !isOver(place, &content) else { return false }
            switch content.states[place] {
            case .over, .ours: return false
            case .waiting(let key):
                guard objects.holder(of: key.digits) == nil else { return false }
            case .open: break
            }
            content.states[place] = .ours(nil)
            return true
        }
    }

    /// Whether a unit is done or given up, by any process; one that is stays so.
    private func isOver(_ place: Int, _ content: inout Content) -> Bool {
        switch content.states[place] {
        case .over: return true
        case .ours: return false
        case .open, .waiting: break
        }
        guard isOver(place) else { return false }
        content.states[place] = .over
        return true
    }

    private func isOver(_ place: Int) -> Bool {
        let unit = units[place].unit
        return FileSystem.exists(folder.donePath(of: unit))
            || FileSystem.exists(folder.failurePath(of: unit))
    }

    private func take(_ place: Int) -> Claim? {
        // A folder that does not answer is asked again later.
        guard case .taken(let claim)? = try? claims.take(units[place].unit) else { return nil }
        // It may have been done since it was looked at.
        if isOver(place) {
            claim.release()
            content.withLock { $0.states[place] = .over }
            return nil
        }
        guard claim.losses < Self.mostLosses else {
            let seed = units[place].seeds.first ?? 0
            let failure = UnitFailure(
                arm: units[place].arm, seed: seed,
                message:
                    "the worker died \(Self.times(claim.losses)) while it worked on this and nothing "
                    + "came of it, which is mostly too little memory")
            content.withLock { $0.states[place] = .over }
            give(up: place, failure, claim.lost)
            claim.release()
            return nil
        }
        return claim
    }

    private static func times(_ count: Int) -> String {
        count == 3 ? "three times" : "\(count) times"
    }

    private func give(up place: Int, _ failure: UnitFailure, _ lost: ClaimHolder?) {
        let recorded = note(failure, lost)
        failed.withLock { $0.append(recorded) }
        // Where it cannot be noted, another process meets it again.
        try? folder.write(recorded, of: units[place].unit)
    }
}
