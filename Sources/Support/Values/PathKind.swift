/// What a path in a specification leads to: files of which a run takes a copy, and whose content is
/// what names its results.
public struct PathKind: Sendable {
    /// One of the files that are taken.
    public struct File: Hashable, Sendable {
        /// The name that the copy has; a plain name without folders.
        public var name: String
        /// Where the file lies.
        public var path: String
        /// What is taken in place of what lies there; nil for the file's own content.
        public var content: [UInt8]?

        public init(name: String, path: String, content: [UInt8]? = nil) {
            self.name = name
            self.path = path
            self.content = content
        }
    }

    /// A stored model of a run, as a key that begins from it meets it.
    public struct StoredModel: Sendable {
        /// Something that the run read, by its content.
        public struct Source: Hashable, Sendable {
            public var kind: String
            public var name: String
            public var sha256: String

            public init(kind: String, name: String, sha256: String) {
                self.kind = kind
                self.name = name
                self.sha256 = sha256
            }
        }

        /// The folder of the model's files.
        public var folder: String
        /// The values of the arm that made it.
        public var arm: SpecificationValue
        /// Whether it is the base model of that arm.
        public var isBase: Bool
        /// What the run read for all its arms.
        public var sources: [Source]
        /// The folder of what the run took a copy of, by the name that stands for it in `arm`.
        public var imported: @Sendable (_ name: String) -> String

        public init(
            folder: String, arm: SpecificationValue, isBase: Bool, sources: [Source],
            imported: @escaping @Sendable (_ name: String) -> String
        ) {
            self.folder = folder
            self.arm = arm
            self.isBase = isBase
            self.sources = sources
            self.imported = imported
        }
    }

    /// What a path leads to.
    public enum Content: Sendable {
        /// Files by the names in the folder; it throws why what lies there cannot be used.
        case files(@Sendable (_ path: String) throws -> [File])
        /// A run directory. Beside it the keys `arm`, `seed` and `generation` say which of its stored
        /// models is taken; what is read in the end is the key `becomes` beside them, as if its path
        /// had led to the files.
        case run(becomes: String, files: @Sendable (_ model: StoredModel) throws -> [File])
    }

    /// What lies there, for messages: `model`, `tokenizer`.
    public var name: String
    /// The folder of the repository in which a plain name is looked up before it is taken for a
    /// path; nil for none.
    public var presetFolder: String?
    /// Whether it is a word of a command line: a text that leads to no file stands for itself, and a
    /// file with an absolute path stays where it is, as a ``PinnedFile``.
    public var isWord: Bool
    /// What is taken.
    public var content: Content

    public init(
        name: String, presetFolder: String? = nil, isWord: Bool = false, content: Content
    ) {
        self.name = name
        self.presetFolder = presetFolder
        self.isWord = isWord
        self.content = content
    }

    /// A kind whose files lie at the path.
    public init(
        name: String, presetFolder: String? = nil, isWord: Bool = false,
        files: @escaping @Sendable (_ path: String) throws -> [File]
    ) {
        self.init(
            name: name, presetFolder: presetFolder, isWord: isWord, content: .files(files))
    }

    /// The files of a kind whose files lie at the path; none of a run directory, where an address
    /// leads further.
    ///
    /// - Throws: Why what lies there cannot be used.
    public func files(at path: String) throws -> [File] {
        guard case .files(let files) = content else { return [] }
        return try files(path)
    }
}

extension Shape where Value == String {
    /// A path to files of which a run takes a copy. What is read is the name of the copy, which
    /// follows from the content.
    public static func path(_ kind: PathKind) -> Shape {
        Shape(.path(kind), read: { $0.textValue }, write: { .text($0) })
    }
}
