import Collapse
import Foundation
import Synchronization

/// Mutual exclusion for each key apart: threads with different keys do not wait for each other.
final class KeyedExclusion: Sendable {
    private struct Gate {
        let lock = NSLock()
        var users = 0
    }

    private let gates = Mutex<[ContentKey: Gate]>([:])

    /// Runs `body` while no other thread runs one for the same key.
    ///
    /// The lock is not recursive: `body` must not ask for the key that it holds.
    func callAsFunction<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) rethrows -> Result {
        let lock = gates.withLock { gates in
            gates[key, default: Gate()].users += 1
            return gates[key, default: Gate()].lock
        }
        lock.lock()
        defer {
            lock.unlock()
            gates.withLock { gates in
                guard var gate = gates[key] else { return }
                gate.users -= 1
                gates[key] = gate.users == 0 ? nil : gate
            }
        }
        return try body()
    }
}
