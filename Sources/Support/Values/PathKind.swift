/// What a path in a specification leads to: files of which a run takes a copy, and whose content is
/// what names its results.
public struct PathKind: Sendable {
    /// One of the files that are taken.
    public struct File: Hashable, Sendable {
        /// The name that the copy has; a plain name without folders.
        public var name: String
        /// Where the file lies.
        public var path: String

        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// What lies there, for messages: `model`, `tokenizer`.
    public var name: String
    /// The folder of the repository in which a plain name is looked up before it is taken for a
    /// path; nil for none.
    public var presetFolder: String?
    /// Whether it is a word of a command line: a text that leads to no file stands for itself, and a
    /// file with an absolute path stays where it is, as a ``PinnedFile``.
    public var isWord: Bool
    /// The files that make up what lies at a path, by the names in the folder.
    ///
    /// - Throws: Why what lies there cannot be used.
    public var files: @Sendable (_ path: String) throws -> [File]

    public init(
        name: String, presetFolder: String? = nil, isWord: Bool = false,
        files: @escaping @Sendable (_ path: String) throws -> [File]
    ) {
        self.name = name
        self.presetFolder = presetFolder
        self.isWord = isWord
        self.files = files
    }
}

extension Shape where Value == String {
    /// A path to files of which a run takes a copy. What is read is the name of the copy, which
    /// follows from the content.
    public static func path(_ kind: PathKind) -> Shape {
        Shape(.path(kind), read: { $0.textValue }, write: { .text($0) })
    }
}
