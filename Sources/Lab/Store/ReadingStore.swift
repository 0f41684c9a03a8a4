import Collapse

/// A run's objects to read from, in front of computations of which nothing is kept.
final class ReadingStore: GenerationStore {
    private let objects: ObjectStore

    init(_ objects: ObjectStore) { self.objects = objects }

    func key(for description: String) -> ContentKey { objects.key(for: description) }

    func contains(_ key: ContentKey) -> Bool { objects.contains(key) }

    func read(_ key: ContentKey) throws -> [String: [UInt8]]? { try objects.read(key) }

    func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) {}

    func exclusively<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) rethrows -> Result { try objects.exclusively(key, body) }
}
