import Synchronization

/// Values that are costly to make and needed by several threads: each is made once while it stays,
/// and the oldest goes first when there are too many.
public final class BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Entry: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private struct Content {
        var entries: [Key: Entry] = [:]
        var order: [Key] = []
    }

    private let capacity: Int
    private let content = Mutex(Content())

    /// A cache of at most `capacity` values.
    public init(capacity: Int) {
        self.capacity = capacity
    }

    /// The value of a key. A second thread that asks while it is made waits for it; one that could
    /// not be made is tried again by the next that asks.
    public func value(for key: Key, make: () throws -> Value) throws -> Value {
        let entry = content.withLock { content in
            if let entry = content.entries[key] { return entry }
            let entry = Entry()
            content.entries[key] = entry
            content.order.append(key)
            if content.order.count > capacity {
                content.entries[content.order.removeFirst()] = nil
            }
            return entry
        }
        return try entry.value.withLock { value in
            if let value { return value }
            let made = try make()
            value = made
            return made
        }
    }
}
