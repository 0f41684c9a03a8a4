/// The name of a stored object: a hash of everything that determines its content.
package struct ContentKey: Hashable, Sendable, Codable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package let digits: String

    package init(digits: String) {
        self.digits = digits
    }

    package init(from decoder: any Decoder) throws {
        digits = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digits)
    }

    package var description: String { digits }
}

/// What kind of thing an object is; the word is written beside it.
package enum ObjectKind: String, Sendable {
    case model, samples, evaluation
}

/// What the loop asks of storage: objects named by what determined them, written whole or not at all.
///
/// Implementations are used from several threads at once.
package protocol GenerationStore: Sendable {
    /// SHA-256 of a canonical description.
    func key(for description: String) -> ContentKey

    func contains(_ key: ContentKey) -> Bool

    /// The files of an object, or nil when there is no such object.
    ///
    /// - Throws: When the object is there but damaged.
    func read(_ key: ContentKey) throws -> [String: [UInt8]]?

    /// Stores an object atomically; storing one that exists does nothing.
    ///
    /// `description` is the text whose hash the key is; it is kept beside the files, so that a person
    /// can see what is in the key.
    func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws

    /// Runs `body` while no other thread of this process runs one for the same key, so that
    /// chains that share a prefix compute it once.
    func exclusively<Result>(_ key: ContentKey, _ body: () throws -> Result) rethrows -> Result
}

/// A store that keeps nothing on disk, for settings whose models cost less than a file.
package struct VolatileStore: GenerationStore {
    private let hash: @Sendable (String) -> ContentKey

    /// A store that names objects with the given hash.
    package init(hash: @escaping @Sendable (String) -> ContentKey) {
        self.hash = hash
    }

    package func key(for description: String) -> ContentKey { hash(description) }
    package func contains(_ key: ContentKey) -> Bool { false }
    package func read(_ key: ContentKey) throws -> [String: [UInt8]]? { nil }
    package func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws {}
    package func exclusively<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) rethrows -> Result { try body() }
}
