import Support

/// How the user's own text becomes a corpus.
package struct ImportOptions: Sendable, Hashable {
    /// The corpus's name; derived from the path if nil.
    package var name: String?
    /// One line for a list; the name if nil.
    package var title: String?
    /// The licence of the text in words; `not stated` if nil.
    package var licence: String?
    /// Where documents end. If nil: at `<|endoftext|>` where the text has that mark, else whole
    /// lines of `.jsonl`, else passages of about 2,000 characters.
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
    /// Makes a corpus of the user's text: a `.txt`, `.md` or `.jsonl` file, or a folder of them.
    ///
    /// A folder is searched with its sub-folders, in the order of the paths; hidden files and links
    /// to folders are left out. Line ends become line feeds and a byte order mark goes.
    ///
    /// `report` gets what is worth knowing of the import: the files that were left out.
    ///
    /// - Returns: The corpus, which from now on is listed and loaded like any other.
    /// - Throws: ``CorpusError``: what the path lacks, bytes that are not UTF-8 (file and offset),
    ///   a malformed line (file and line), a train or test part without documents.
    @discardableResult
    package func importText(
        from path: String, options: ImportOptions = ImportOptions(),
        report: (String) -> Void = { _ in }
    ) throws -> Corpus {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let name = try importName(path, options)
        let source = try ImportSource(path, allowsNUL: options.normalization.stripsControls)
        for line in source.skippedSummaries { report(line) }
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

        _ = try? Staging.sweep(cache)
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
        try FileSystem.createFolder(cache)
        let working = try StagingFolder(in: cache)
        try install(
            corpus,
            record: CorpusRecord(
                of: corpus, origin: .imported(path: path),
                text: CorpusRecord.Text(sha256: source.sha256, bytes: source.byteCount)),
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

    /// What was found in a folder and is not read.
    private var skipped = Skipped()

    init(_ path: String, allowsNUL: Bool) throws {
        var files = [path]
        let isFolder = FileSystem.isFolder(path)
        if isFolder {
            files = []
            try Self.find(in: path, &files, &skipped)
            guard !files.isEmpty else {
                throw CorpusError(
                    .nothingToImport(
                        path: path, problem: "the folder has no .txt, .md or .jsonl files"))
            }
        } else if !FileSystem.isFile(path) {
            let problem =
                path == "-" || FileSystem.exists(path)
                ? "is no file: write its text to a file first" : "there is no such file or folder"
            throw CorpusError(.nothingToImport(path: path, problem: problem))
        } else if Self.kind(of: path) == nil {
            throw CorpusError(
                .nothingToImport(path: path, problem: "is neither .txt, .md nor .jsonl"))
        }
        parts = []
        for file in files {
            switch Self.kind(of: file) {
            case .json: parts += try TextFile.jsonLines(file, allowsNUL: allowsNUL)
            default: parts.append(try TextFile.read(file, allowsNUL: allowsNUL))
            }
        }
        let mark = Array(DocumentRule.usualSeparator.utf8)
        if parts.contains(where: { !$0.isEmpty && $0.firstRange(of: mark) != nil }) {
            usualRule = .separator(DocumentRule.usualSeparator)
        } else if files.allSatisfy({ Self.kind(of: $0) == .json }) {
            usualRule = .wholePart
        } else {
            usualRule = .cutPassages(characters: 2_000)
        }
        var contents: [UInt8] = []
        for file in files { contents += try FileSystem.content(of: file) }
        sha256 = SHA256.digest(of: contents).hexadecimal
        byteCount = contents.count
    }

    private enum Kind { case text, json }

    private static func kind(of path: String) -> Kind? {
        let lowered = path.lowercased()
        if lowered.hasSuffix(".jsonl") { return .json }
        return [".txt", ".md"].contains(where: lowered.hasSuffix) ? .text : nil
    }

    private static func find(
        in folder: String, _ files: inout [String], _ skipped: inout Skipped
    ) throws {
        for name in try FileSystem.names(in: folder) where !name.hasPrefix(".") {
            let path = folder + "/" + name
            if FileSystem.isFolder(path) {
                if !FileSystem.isLink(path) { try find(in: path, &files, &skipped) }
            } else if !FileSystem.isFile(path) {
                // Reading a pipe waits for its writer, and a device need not end.
                skipped.noFiles.append(path)
            } else if kind(of: path) != nil {
                files.append(path)
            } else {
                skipped.otherKinds.append(path)
            }
        }
    }

    /// What was left out of a folder, a sentence for each reason.
    var skippedSummaries: [String] {
        [
            (skipped.otherKinds, "not .txt, .md or .jsonl"),
            (skipped.noFiles, "pipes, devices or links that lead to no file"),
        ].compactMap { paths, reason in
            guard !paths.isEmpty else { return nil }
            let named = paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? ", ..." : "")
            return "left out: \(paths.count) files that are \(reason) (\(named))"
        }
    }

    private struct Skipped {
        /// Files by whose names they are no texts.
        var otherKinds: [String] = []
        /// Pipes, devices and links that lead to no file.
        var noFiles: [String] = []
    }
}
