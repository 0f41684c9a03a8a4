/// The name of a stored object: a hash of everything that determines its content.
public struct ContentKey: Hashable, Sendable, Codable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public let digits: String

    public init(digits: String) {
        self.digits = digits
    }

    public init(from decoder: any Decoder) throws {
        digits = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digits)
    }

    public var description: String { digits }
}

/// What kind of object this is; the word is written beside it.
public enum ObjectKind: String, Sendable {
    /// A fitted model, the examples that a model drew, or the metrics of one evaluation.
    case model, samples, evaluation
    /// A base model that was fitted for the experiment.
    case base
    /// Files from outside that the experiment begins from.
    case input
}

/// What the loop asks of storage: objects named by what determined them, written whole or not at
/// all.
///
/// Implementations are used from several threads at once.
public protocol GenerationStore: Sendable {
    /// SHA-256 of a canonical description.
    func key(for description: String) -> ContentKey

    /// Whether there is an object of this name, without a check of its content.
    func contains(_ key: ContentKey) -> Bool

    /// The files of an object, or nil when there is no such object.
    ///
    /// - Throws: When the object is there but damaged.
    func read(_ key: ContentKey) throws -> [String: [UInt8]]?

    /// Stores an object atomically; storing one that exists does nothing.
    ///
    /// `description` is the text whose hash the key is; it is kept beside the files, so that a
    /// person can see what is in the key.
    func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws

    /// Runs `body` while no other thread of this process runs one for the same key, so that
    /// chains that share a prefix compute it once.
    func exclusively<Result>(_ key: ContentKey, _ body: () throws -> Result) rethrows -> Result

    /// As ``exclusively(_:_:)``, and among the processes that share the store as well; for what `body`
    /// reads from the store or makes and stores there.
    ///
    /// - Throws: ``MadeElsewhere`` where another process makes the object now, and what `body` throws.
    func exclusivelyEverywhere<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) throws -> Result
}

extension GenerationStore {
    /// A store that no other process writes to.
    public func exclusivelyEverywhere<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) throws -> Result { try exclusively(key, body) }
}

/// Another process makes an object at this moment that a chain needs: it is not worth making twice.
public struct MadeElsewhere: Error, Sendable {
    /// The object's name.
    public var key: ContentKey

    public init(_ key: ContentKey) { self.key = key }
}
