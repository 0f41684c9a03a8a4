import Support

/// How the user's own text becomes a corpus.
package struct ImportOptions: Sendable, Hashable {
    /// The corpus's name; derived from the path if nil.
    package var name: String?
    /// One line for a list; the name if nil.
    package var title: String?
    /// The licence of the text in words; `not stated` if nil.
    package var licence: String?
    /// Where documents end. If nil: passages for one `.txt`, whole files for a folder, whole lines
    /// for `.jsonl`.
    package var documents: DocumentRule?
    /// What is done to the characters; where it strips controls, NUL bytes are allowed in the
    /// files.
    package var normalization: UnicodeNormalizer
    /// The expected shares of the splits.
    package var split: SplitRule
    /// Whether another corpus of the same name, imported before, is replaced.
    package var replacesExisting: Bool

    package init(
        name: String? = nil, title: String? = nil, licence: String? = nil,
        documents: DocumentRule? = nil, normalization: UnicodeNormalizer = UnicodeNormalizer(),
        split: SplitRule = .standard, replacesExisting: Bool = false
    ) {
        self.name = name
        self.title = title
        self.licence = licence
        self.documents = documents
        self.normalization = normalization
        self.split = split
        self.replacesExisting = replacesExisting
    }
}

extension CorpusLibrary {
    /// Makes a corpus of the user's text: a `.txt` file, a folder of them, or a `.jsonl` file.
    ///
    /// A folder is searched with its sub-folders, in the order of the paths; hidden files and links
    /// to folders are left out. Line ends become line feeds and a byte order mark goes.
    ///
    /// - Returns: The corpus, which from now on is listed and loaded like any other.
    /// - Throws: ``CorpusError``: what the path lacks, bytes that are not UTF-8 (file and offset),
    ///   a malformed line (file and line), a train or test part without documents.
    @discardableResult
    package func importText(
        from path: String, options: ImportOptions = ImportOptions()
    ) throws -> Corpus {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let name = try importName(path, options)
        let source = try ImportSource(path, allowsNUL: options.normalization.stripsControls)
        let rules = CorpusRules(
            normalization: options.normalization,
            documents: options.documents ?? source.usualRule, split: options.split)
        let documents: SplitDocuments
        do {
            documents = try CorpusBuilder.build(parts: source.parts, rules: rules)
        } catch {
            throw CorpusError(.notUTF8(file: path, byteOffset: error.byteOffset))
        }
        let corpus = Corpus(
            name: name, title: options.title ?? name,
            licence: options.licence ?? "not stated", rules: rules, documents: documents)
        try corpus.requireUsable(contextLength: 1)

        if let existing = try? folder(name).record(), existing.contentHash == corpus.contentHash,
            let loaded = try? load(name), loaded.title == corpus.title,
            loaded.licence == corpus.licence, loaded.rules == corpus.rules
        {
            return loaded
        }
        let isTaken = FileSystem.isFolder(folder(name).path)
        guard options.replacesExisting || !isTaken else {
            throw CorpusError(.nameTaken(name: name, isShipped: false))
        }
        _ = try? Staging.sweep(cache)
        let working = try StagingFolder(in: cache)
        try install(
            corpus,
            record: CorpusRecord(
                of: corpus, origin: .imported(path: path), textSHA256: source.sha256,
                textBytes: source.byteCount),
            text: nil, working)
        return corpus
    }

    private func importName(
        _ path: String, _ options: ImportOptions
    ) throws -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        let stem = last.lastIndex(of: ".").flatMap { $0 > last.startIndex ? last[..<$0] : nil }
        let name = options.name ?? CorpusName.derived(from: String(stem ?? last[...]))
        guard let name, CorpusName.isValid(name) else {
            throw CorpusError(.invalidName(name ?? last))
        }
        guard try !manifestNames().contains(name) else {
            throw CorpusError(.nameTaken(name: name, isShipped: true))
        }
        return name
    }
}

/// The parts of the text at a path.
private struct ImportSource {
    var parts: [[UInt8]]
    /// The rule for documents unless the user gives one.
    var usualRule: DocumentRule
    /// The SHA-256 of the files' bytes, one after the other.
    var sha256: String
    var byteCount: Int

    init(_ path: String, allowsNUL: Bool) throws {
        let files: [String]
        if FileSystem.isFolder(path) {
            files = try Self.textFiles(in: path)
            guard !files.isEmpty else {
                throw CorpusError(
                    .nothingToImport(path: path, problem: "the folder has no .txt files"))
            }
            usualRule = .wholePart
            parts = try files.map { (file) throws in
                try TextFile.read(file, allowsNUL: allowsNUL)
            }
        } else {
            guard FileSystem.isFile(path) else {
                throw CorpusError(
                    .nothingToImport(path: path, problem: "there is no such file or folder"))
            }
            files = [path]
            let lowered = path.lowercased()
            if lowered.hasSuffix(".jsonl") {
                usualRule = .wholePart
                parts = try TextFile.jsonLines(path, allowsNUL: allowsNUL)
            } else if lowered.hasSuffix(".txt") {
                usualRule = .standard
                parts = [try TextFile.read(path, allowsNUL: allowsNUL)]
            } else {
                throw CorpusError(
                    .nothingToImport(path: path, problem: "is neither .txt nor .jsonl"))
            }
        }
        var contents: [UInt8] = []
        for file in files { contents += try FileSystem.content(of: file) }
        sha256 = SHA256.digest(of: contents).hexadecimal
        byteCount = contents.count
    }

    private static func textFiles(in folder: String) throws -> [String] {
        var files: [String] = []
        for name in try FileSystem.names(in: folder) where !name.hasPrefix(".") {
            let path = folder + "/" + name
            if FileSystem.isFolder(path) {
                if !FileSystem.isLink(path) { files += try textFiles(in: path) }
            } else if name.lowercased().hasSuffix(".txt") {
                files.append(path)
            }
        }
        return files
    }
}
