import Glibc
import Synchronization

/// The process groups of programs that run now, where a signal handler can find them.
///
/// A handler may neither lock nor allocate: the groups stand in a fixed table.
enum ProcessGroups {
    private static let slots = 1_024
    nonisolated(unsafe) private static let table: UnsafeMutablePointer<pid_t> = {
        let table = UnsafeMutablePointer<pid_t>.allocate(capacity: slots)
        table.initialize(repeating: 0, count: slots)
        return table
    }()
    private static let isTaken = Mutex([Bool](repeating: false, count: slots))

    /// To be called before a handler is: it may not be the first to use the table, which allocates.
    static func prepare() { _ = table }

    /// Notes a group.
    ///
    /// - Returns: What ``forget(_:)`` takes, or nil where the table is full.
    static func note(_ group: pid_t) -> Int? {
        isTaken.withLock { isTaken in
            guard let slot = isTaken.firstIndex(of: false) else { return nil }
            isTaken[slot] = true
            table[slot] = group
            return slot
        }
    }

    /// Forgets a group, before its leader is waited for: its number may belong to others then.
    static func forget(_ slot: Int) {
        isTaken.withLock { isTaken in
            table[slot] = 0
            isTaken[slot] = false
        }
    }

    /// Kills every process of the groups; for signal handlers.
    static func killAll() {
        for slot in 0..<slots where table[slot] > 0 { kill(-table[slot], SIGKILL) }
    }
}
