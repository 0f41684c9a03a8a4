import Support

/// What a setting finds around it: folders, the means to fill them, and what the arms of an
/// experiment share of their content.
public struct SettingResources: Sendable {
    /// The folder that holds `corpora/` and `models/`.
    public var root: String
    /// Whether what is missing there is fetched; otherwise it is ``MissingResource``.
    public var mayFetch: Bool
    /// The folder with the files that a key of type path names in a resolved specification.
    public var imported: @Sendable (_ name: String) -> ImportedFolder
    /// Says something to the user.
    public var report: @Sendable (String) -> Void
    private let opened = BoundedCache<String, any Sendable>(capacity: .max)

    public init(
        root: String, mayFetch: Bool = true,
        imported: @escaping @Sendable (_ name: String) -> ImportedFolder = {
            ImportedFolder(path: $0, title: $0)
        },
        report: @escaping @Sendable (String) -> Void
    ) {
        self.root = root
        self.mayFetch = mayFetch
        self.imported = imported
        self.report = report
    }

    /// What `open` makes of a file or folder, once for all arms that name it.
    ///
    /// - Throws: What `open` throws; the next that asks tries again.
    public func shared<Value: Sendable>(
        _ name: String, open: () throws -> Value
    ) throws -> Value {
        guard let value = try opened.value(for: name, make: open) as? Value else {
            preconditionFailure("\(name) names resources of two types")
        }
        return value
    }
}

/// Files that a specification names, where they lie now.
public struct ImportedFolder: Hashable, Sendable {
    /// The folder, or the file where it is a single one that no run has taken yet.
    public var path: String
    /// What people call it.
    public var title: String
    /// The key of an arm that names it, for messages; empty where that is not known.
    public var key: [String]
    /// Files that a run's copy has and that do not lie at the path, by their names.
    public var contents: [String: [UInt8]]

    public init(
        path: String, title: String, key: [String] = [], contents: [String: [UInt8]] = [:]
    ) {
        self.path = path
        self.title = title
        self.key = key
        self.contents = contents
    }
}

/// Real data that is not on this machine, where nothing may be fetched.
public struct MissingResource: Error, Hashable, Sendable, CustomStringConvertible {
    /// What it is, such as `the corpus austen`.
    public var name: String

    public init(_ name: String) { self.name = name }

    public var description: String { "\(name) is not on this machine" }
}
