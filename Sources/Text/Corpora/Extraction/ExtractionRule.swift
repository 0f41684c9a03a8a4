/// How the text of a corpus is taken out of its unpacked package.
package enum ExtractionRule: Sendable, Hashable {
    /// Character vectors of an R lazy-load database: each is a part, its lines joined to
    /// paragraphs.
    ///
    /// `database` is the path of the `.rdb` and `.rdx` files, without the extension.
    case rLazyLoad(database: String, variables: [String])
    /// The Markdown files (`.md`, `.md.gz`) of a folder whose names begin with one of `prefixes`,
    /// in the order of their names: each is a part.
    case markdown(folder: String, prefixes: [String])
    /// The paragraphs of HTML pages in one sub-folder per language, languages in the given order
    /// and pages in the order of their names: each page is a part.
    ///
    /// Paragraphs are the `<div>` of the class `paragraphs`. One that `original`'s pages contain
    /// too is not translated and left out.
    case htmlPages(folder: String, languages: [String], paragraphs: String, original: String)
    /// Text files as they are, but for white space at the ends of lines: each is a part.
    case textFiles(paths: [String])
}

extension ExtractionRule: Codable {
    private enum Kind: String, Codable, CaseIterable {
        case rLazyLoad = "r-lazy-load"
        case markdown
        case htmlPages = "html-pages"
        case textFiles = "text-files"
    }

    private enum KindKey: String, CodingKey {
        case kind
    }

    private enum RLazyLoadKeys: String, CodingKey, CaseIterable {
        case kind, database, variables
    }

    private enum MarkdownKeys: String, CodingKey, CaseIterable {
        case kind, folder, prefixes
    }

    private enum HTMLKeys: String, CodingKey, CaseIterable {
        case kind, folder, languages, paragraphs, original
    }

    private enum TextKeys: String, CodingKey, CaseIterable {
        case kind, paths
    }

    package init(from decoder: any Decoder) throws {
        let kind = try decoder.container(keyedBy: KindKey.self)
            .decodeChoice(Kind.self, forKey: .kind)
        switch kind {
        case .rLazyLoad:
            let container = try decoder.strictContainer(keyedBy: RLazyLoadKeys.self)
            self = .rLazyLoad(
                database: try container.decodePath(forKey: .database),
                variables: try container.decodeSome(forKey: .variables))
        case .markdown:
            let container = try decoder.strictContainer(keyedBy: MarkdownKeys.self)
            self = .markdown(
                folder: try container.decodePath(forKey: .folder),
                prefixes: try container.decodeSome(forKey: .prefixes))
        case .htmlPages:
            let container = try decoder.strictContainer(keyedBy: HTMLKeys.self)
            let languages = try container.decodeSome(forKey: .languages)
            let original = try container.decodePath(forKey: .original)
            for language in languages {
                try container.requireInside(language, forKey: .languages)
            }
            self = .htmlPages(
                folder: try container.decodePath(forKey: .folder), languages: languages,
                paragraphs: try container.decode(String.self, forKey: .paragraphs),
                original: original)
        case .textFiles:
            let container = try decoder.strictContainer(keyedBy: TextKeys.self)
            let paths = try container.decodeSome(forKey: .paths)
            for path in paths { try container.requireInside(path, forKey: .paths) }
            self = .textFiles(paths: paths)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .rLazyLoad(let database, let variables):
            var container = encoder.container(keyedBy: RLazyLoadKeys.self)
            try container.encode(Kind.rLazyLoad, forKey: .kind)
            try container.encode(database, forKey: .database)
            try container.encode(variables, forKey: .variables)
        case .markdown(let folder, let prefixes):
            var container = encoder.container(keyedBy: MarkdownKeys.self)
            try container.encode(Kind.markdown, forKey: .kind)
            try container.encode(folder, forKey: .folder)
            try container.encode(prefixes, forKey: .prefixes)
        case .htmlPages(let folder, let languages, let paragraphs, let original):
            var container = encoder.container(keyedBy: HTMLKeys.self)
            try container.encode(Kind.htmlPages, forKey: .kind)
            try container.encode(folder, forKey: .folder)
            try container.encode(languages, forKey: .languages)
            try container.encode(paragraphs, forKey: .paragraphs)
            try container.encode(original, forKey: .original)
        case .textFiles(let paths):
            var container = encoder.container(keyedBy: TextKeys.self)
            try container.encode(Kind.textFiles, forKey: .kind)
            try container.encode(paths, forKey: .paths)
        }
    }
}

extension KeyedDecodingContainer {
    func decodePath(forKey key: Key) throws -> String {
        let path = try decode(String.self, forKey: key)
        try requireInside(path, forKey: key)
        return path
    }

    /// Refuses a path that is absolute, empty or leads upwards.
    fileprivate func requireInside(_ path: String, forKey key: Key) throws {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !components.contains(where: { $0.isEmpty || $0 == ".." }) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\"\(path)\" is not a path inside the package")
        }
    }

    /// A list with at least one element.
    func decodeSome(forKey key: Key) throws -> [String] {
        let list = try decode([String].self, forKey: key)
        guard !list.isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "this list is empty")
        }
        return list
    }
}
