package import Collapse
import Support

/// A run's own store in front of one that runs share.
///
/// What is found in the shared store is linked or copied into the run's own, so that the run
/// directory is complete without the shared one; what is written goes to both.
package final class LayeredStore: GenerationStore {
    /// The run's own store, which is read first.
    package let own: ObjectStore
    /// The store that runs share; read where the run's own has no such object.
    package let shared: ObjectStore

    package init(own: ObjectStore, shared: ObjectStore) {
        self.own = own
        self.shared = shared
    }

    package func key(for description: String) -> ContentKey { own.key(for: description) }

    /// Whether the object is there; if only the shared store has it, the run's own has it
    /// afterwards.
    ///
    /// An object that is damaged in the shared store is not there.
    package func contains(_ key: ContentKey) -> Bool {
        own.contains(key) || (try? own.adopt(key, from: shared)) == true
    }

    package func read(_ key: ContentKey) throws -> [String: [UInt8]]? {
        if let files = try own.read(key) { return files }
        // The take-over only links what the next line checks.
        guard try own.adopt(key, from: shared, isTrusted: true) else { return nil }
        do {
            return try own.read(key)
        } catch {
            try own.remove(key)
            // Says where the damage is: in the shared store.
            return try shared.read(key)
        }
    }

    package func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws {
        try own.write(files, as: key, kind: kind, description: description)
        try shared.adopt(key, from: own, isTrusted: true)
    }

    /// As ``ObjectStore/copy(_:from:)``, and the shared store has the object afterwards, too.
    func copy(_ object: ObjectDescription, from files: [PathKind.File]) throws -> ContentKey {
        _ = contains(ContentKey(object.description))
        let key = try own.copy(object, from: files)
        try shared.adopt(key, from: own, isTrusted: true)
        return key
    }

    package func exclusively<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) rethrows -> Result { try own.exclusively(key, body) }

    package func exclusivelyEverywhere<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) throws -> Result {
        // One that the shared store has need not be waited for.
        _ = contains(key)
        return try own.exclusivelyEverywhere(key, body)
    }
}
