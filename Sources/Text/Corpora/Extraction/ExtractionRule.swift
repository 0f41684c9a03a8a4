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
    ///
    /// The paragraphs of those that are `prose` are joined to one line each. Where
    /// `dropsLineNumbers`, numbers in the margins of lines go.
    case textFiles(paths: [String], prose: [String] = [], dropsLineNumbers: Bool = false)
    /// Rows of a data frame in a file of R's: the lines of each part are joined to paragraphs.
    case rDataFrame(path: String, RDataFrame.Selection)
    /// A file with a JSON object on every line: neighbouring lines with equal values make a part,
    /// and inside it a paragraph.
    case jsonLines(path: String, keys: JSONLinesText.Keys)
    /// The folder of a SWORD module in the form zText, marked up in OSIS: each book is a part.
    case sword(folder: String)
}

extension ExtractionRule: Codable {
    private enum Kind: String, Codable, CaseIterable {
        case rLazyLoad = "r-lazy-load"
        case markdown
        case htmlPages = "html-pages"
        case textFiles = "text-files"
        case rDataFrame = "r-data-frame"
        case jsonLines = "json-lines"
        case sword
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
        case kind, paths, prose
        case dropsLineNumbers = "drop-line-numbers"
    }

    private enum RDataFrameKeys: String, CodingKey, CaseIterable {
        case kind, path, variable, text, part, parts, omit
    }

    private enum JSONLinesKeys: String, CodingKey, CaseIterable {
        case kind, path, text, part, paragraph
    }

    private enum SwordKeys: String, CodingKey, CaseIterable {
        case kind, folder
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
            let prose = try container.decodeIfPresent([String].self, forKey: .prose) ?? []
            for path in prose where !paths.contains(path) {
                throw DecodingError.dataCorruptedError(
                    forKey: .prose, in: container, debugDescription: "\"\(path)\" is not in paths")
            }
            self = .textFiles(
                paths: paths, prose: prose,
                dropsLineNumbers: try container.decodeIfPresent(
                    Bool.self, forKey: .dropsLineNumbers) ?? false)
        case .rDataFrame:
            let container = try decoder.strictContainer(keyedBy: RDataFrameKeys.self)
            self = .rDataFrame(
                path: try container.decodePath(forKey: .path),
                RDataFrame.Selection(
                    variable: try container.decode(String.self, forKey: .variable),
                    text: try container.decode(String.self, forKey: .text),
                    part: try container.decode(String.self, forKey: .part),
                    parts: try container.decodeSome(forKey: .parts),
                    omit: container.contains(.omit) ? try container.decodeSome(forKey: .omit) : []))
        case .jsonLines:
            let container = try decoder.strictContainer(keyedBy: JSONLinesKeys.self)
            self = .jsonLines(
                path: try container.decodePath(forKey: .path),
                keys: JSONLinesText.Keys(
                    text: try container.decode(String.self, forKey: .text),
                    part: try container.decode(String.self, forKey: .part),
                    paragraph: try container.decode(String.self, forKey: .paragraph)))
        case .sword:
            let container = try decoder.strictContainer(keyedBy: SwordKeys.self)
            self = .sword(folder: try container.decodePath(forKey: .folder))
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
        case .textFiles(let paths, let prose, let dropsLineNumbers):
            var container = encoder.container(keyedBy: TextKeys.self)
            try container.encode(Kind.textFiles, forKey: .kind)
            try container.encode(paths, forKey: .paths)
            if !prose.isEmpty { try container.encode(prose, forKey: .prose) }
            if dropsLineNumbers { try container.encode(true, forKey: .dropsLineNumbers) }
        case .rDataFrame(let path, let selection):
            var container = encoder.container(keyedBy: RDataFrameKeys.self)
            try container.encode(Kind.rDataFrame, forKey: .kind)
            try container.encode(path, forKey: .path)
            try container.encode(selection.variable, forKey: .variable)
            try container.encode(selection.text, forKey: .text)
            try container.encode(selection.part, forKey: .part)
            try container.encode(selection.parts, forKey: .parts)
            if !selection.omit.isEmpty { try container.encode(selection.omit, forKey: .omit) }
        case .jsonLines(let path, let keys):
            var container = encoder.container(keyedBy: JSONLinesKeys.self)
            try container.encode(Kind.jsonLines, forKey: .kind)
            try container.encode(path, forKey: .path)
            try container.encode(keys.text, forKey: .text)
            try container.encode(keys.part, forKey: .part)
            try container.encode(keys.paragraph, forKey: .paragraph)
        case .sword(let folder):
            var container = encoder.container(keyedBy: SwordKeys.self)
            try container.encode(Kind.sword, forKey: .kind)
            try container.encode(folder, forKey: .folder)
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
