import Glibc
import Synchronization

/// The paths of files that are being written, and of folders for them, where a signal handler can find them.
///
/// A handler may neither lock nor allocate: the paths stand in a fixed table. A file that has no
/// space in it is swept by a later command instead.
enum UnfinishedFiles {
    private static let slots = 64
    private static let length = 1024
    nonisolated(unsafe) private static let table: UnsafeMutablePointer<CChar> = {
        let table = UnsafeMutablePointer<CChar>.allocate(capacity: slots * length)
        table.initialize(repeating: 0, count: slots * length)
        return table
    }()
    private static let isTaken = Mutex([Bool](repeating: false, count: slots))

    /// To be called before a handler is: it may not be the first to use the table, which allocates.
    static func prepare() { _ = table }

    /// Notes a path.
    ///
    /// - Returns: What ``forget(_:)`` takes, or nil where the table is full.
    static func note(_ path: String) -> Int? {
        let bytes = Array(path.utf8CString)
        guard bytes.count <= length else { return nil }
        return isTaken.withLock { isTaken in
            guard let slot = isTaken.firstIndex(of: false) else { return nil }
            isTaken[slot] = true
            let start = table + slot * length
            for index in bytes.indices.dropFirst() { start[index] = bytes[index] }
            // With its first byte the path is there.
            atomicMemoryFence(ordering: .releasing)
            start[0] = bytes[0]
            return slot
        }
    }

    /// Forgets a path whose file is finished or gone.
    static func forget(_ slot: Int) {
        isTaken.withLock { isTaken in
            table[slot * length] = 0
            isTaken[slot] = false
        }
    }

    /// Removes the files, and the folders that are empty then; for signal handlers.
    static func removeAll() {
        for slot in 0..<slots where table[slot * length] != 0 { unlink(table + slot * length) }
        for slot in 0..<slots where table[slot * length] != 0 { rmdir(table + slot * length) }
    }
}
