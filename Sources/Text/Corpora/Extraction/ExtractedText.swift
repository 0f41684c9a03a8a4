import Support

/// The text of a corpus before it is cut into documents: parts, such as novels, pages or files.
///
/// As a file, the parts follow each other, each ending in a line feed, with a line that holds only
/// a form feed (byte 12) between any two. Form feeds inside parts become spaces.
struct ExtractedText: Equatable {
    var parts: [[UInt8]]

    private static let separator: [UInt8] = [0x0C, 0x0A]

    init(parts: [[UInt8]]) {
        self.parts = parts.filter { !$0.isEmpty }.map { part in
            part.contains(0x0C) ? part.map { $0 == 0x0C ? 0x20 : $0 } : part
        }
    }

    /// Reads the file form.
    init(file bytes: [UInt8]) {
        parts = bytes.split(separator: 0x0C).map { part in
            let isSeparated = part.startIndex > 0
            return Array(part.dropFirst(isSeparated ? 1 : 0).dropLast())
        }
    }

    /// The file form.
    var fileBytes: [UInt8] {
        Array(parts.map { $0 + [0x0A] }.joined(separator: Self.separator))
    }
}

extension ExtractionRule {
    /// Takes the text out of a package.
    ///
    /// - Parameters:
    ///   - root: The folder that the package was unpacked into.
    ///   - file: The package, for errors.
    /// - Returns: The parts that are not empty.
    /// - Throws: What the package lacks or which file in it is damaged.
    func extract(from root: String, file: String) throws -> ExtractedText {
        let parts: [[UInt8]]
        switch self {
        case .rLazyLoad(let database, let variables):
            parts = try Self.novels(
                in: root + "/" + database, variables: variables, file: "\(file): \(database)")
        case .markdown(let folder, let prefixes):
            let names = try FileSystem.names(in: root + "/" + folder).filter {
                Self.isMarkdown($0, prefixes)
            }
            parts = try names.map { (name) throws in
                let path = root + "/" + folder + "/" + name
                return Paragraphs.joined(MarkdownText.paragraphs(of: try Self.content(of: path)))
            }
        case .htmlPages(let folder, let languages, let paragraphs, let original):
            parts = try Self.pages(
                in: root + "/" + folder, languages: languages, paragraphs: paragraphs,
                original: original)
        case .textFiles(let paths, let prose, let dropsLineNumbers):
            parts = try paths.map { (path) throws in
                let content = TextFile.plain(try FileSystem.content(of: root + "/" + path))
                let text = Self.tidied(
                    dropsLineNumbers ? VerseLines.withoutNumbers(content) : content)
                return prose.contains(path) ? Self.unwrapped(text) : text
            }
        case .rDataFrame(let path, let selection):
            let frame = try RDataFrame(
                of: FileSystem.content(of: root + "/" + path), variable: selection.variable,
                file: "\(file): \(path)")
            parts = try selection.parts.map { (part) throws in
                let lines = try frame.lines(
                    ofColumn: selection.text, where: selection.part, is: part)
                return Self.unwrapped(
                    Array(lines.joined(separator: [0x0A])), omitting: selection.omit)
            }
        case .jsonLines(let path, let keys):
            let lines = try FileSystem.content(of: root + "/" + path)
            parts = try JSONLinesText.parts(in: lines, keys: keys, file: "\(file): \(path)")
                .map(Paragraphs.joined)
        case .sword(let folder):
            parts = try SwordModule.testaments.flatMap { (testament) throws in
                let name = folder + "/" + testament
                let contents = try SwordModule.extensions.map {
                    try FileSystem.content(of: "\(root)/\(name).\($0)")
                }
                let module = SwordModule(
                    blocks: contents[0], entries: contents[1], compressed: contents[2],
                    file: "\(file): \(name)")
                return OSISText.books(in: try module.text()).map(Paragraphs.joined)
            }
        }
        let text = ExtractedText(parts: parts)
        guard !text.parts.isEmpty else {
            throw CorpusError(.malformedPackage(file: file, problem: "holds no text"))
        }
        return text
    }

    /// Whether the text is taken from the file at this path in the package.
    func reads(_ path: String) -> Bool {
        let parent = path.contains("/") ? FileSystem.parent(of: path) : ""
        let name = String(path.split(separator: "/").last ?? "")
        switch self {
        case .rLazyLoad(let database, _):
            return path == database + ".rdx" || path == database + ".rdb"
        case .markdown(let folder, let prefixes):
            return parent == folder && Self.isMarkdown(name, prefixes)
        case .htmlPages(let folder, let languages, _, let original):
            return name.hasSuffix(".html")
                && (languages + [original]).contains { parent == "\(folder)/\($0)" }
        case .textFiles(let paths, _, _): return paths.contains(path)
        case .rDataFrame(let file, _), .jsonLines(let file, _): return path == file
        case .sword(let folder):
            return SwordModule.testaments.contains { testament in
                SwordModule.extensions.contains { path == "\(folder)/\(testament).\($0)" }
            }
        }
    }

    private static func isMarkdown(_ name: String, _ prefixes: [String]) -> Bool {
        (name.hasSuffix(".md") || name.hasSuffix(".md.gz"))
            && prefixes.contains { name.hasPrefix($0) }
    }

    private static func novels(
        in path: String, variables: [String], file: String
    ) throws -> [[UInt8]] {
        let database = try RLazyLoadDatabase(
            index: FileSystem.content(of: path + ".rdx"),
            records: FileSystem.content(of: path + ".rdb"),
            file: file)
        return try variables.map { (variable) throws in
            let lines = try database.lines(ofVariable: variable)
            return unwrapped(Array(lines.joined(separator: [0x0A])))
        }
    }

    /// The text with each paragraph in one line, without those in which one of `words` occurs.
    private static func unwrapped(_ text: [UInt8], omitting words: [String] = []) -> [UInt8] {
        let paragraphs = Paragraphs.of(text).map(Paragraphs.unwrapped)
        return Paragraphs.joined(
            paragraphs.filter { paragraph in
                !words.contains { paragraph.firstRange(of: Array($0.utf8)) != nil }
            })
    }

    private static func pages(
        in folder: String, languages: [String], paragraphs name: String, original: String
    ) throws -> [[UInt8]] {
        func texts(_ language: String) throws -> [[[UInt8]]] {
            let path = folder + "/" + language
            return try FileSystem.names(in: path).filter { $0.hasSuffix(".html") }
                .map { (page) throws in
                    HTMLParagraphs.texts(
                        in: try FileSystem.content(of: path + "/" + page), ofClass: name)
                }
        }
        let untranslated = Set(try texts(original).joined())
        var parts: [[UInt8]] = []
        for language in languages {
            for page in try texts(language) {
                parts.append(Paragraphs.joined(page.filter { !untranslated.contains($0) }))
            }
        }
        return parts
    }

    /// A file's bytes, uncompressed when its name ends in `.gz`.
    private static func content(of path: String) throws -> [UInt8] {
        let bytes = try FileSystem.content(of: path)
        guard path.hasSuffix(".gz") else { return bytes }
        do {
            return try Inflation.inflate(bytes)
        } catch {
            throw CorpusError(.malformedPackage(file: path, problem: error.problem))
        }
    }

    /// A text with plain line ends without white space at the ends of lines.
    private static func tidied(_ text: [UInt8]) -> [UInt8] {
        let lines = Paragraphs.lines(of: text).map { line in
            line[...(line.lastIndex { !Paragraphs.isSpace($0) } ?? line.startIndex - 1)]
        }
        return Array(Paragraphs.trimmed(Array(lines.joined(separator: [0x0A]))[...]))
    }
}
