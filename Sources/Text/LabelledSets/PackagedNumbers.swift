import Support

/// One file of numbers that is built from tables in a package, kept with the sum of its bytes.
struct PackagedNumbers {
    /// The set's name.
    var name: String
    /// What it is of, in words: `images`.
    var content: String
    /// The folder of everything that was built.
    var cache: String
    /// The file below ``cache``: a folder of the set's own, and the name in it.
    var folder: String
    var fileName: String
    /// The SHA-256 of the file.
    var sha256: String
    /// Where the tables come from.
    var package: CorpusPackage
    /// The paths of the tables inside the package; those that end in .gz are inflated.
    var tables: [String]

    private var path: String { "\(cache)/\(folder)/\(fileName)" }

    /// Whether the file is there. Its sum is verified when it is loaded.
    var isBuilt: Bool { FileSystem.isFile(path) }

    /// The file's bytes, verified.
    ///
    /// - Throws: ``CorpusError``.
    func load() throws -> [UInt8] {
        guard isBuilt else { throw CorpusError(.notFetched(name: name)) }
        let bytes = try FileSystem.content(of: path)
        guard isWhole(bytes) else {
            throw CorpusError(
                .damaged(name: name, problem: "\(fileName) does not match its sum"))
        }
        return bytes
    }

    /// Builds the file, unless it is there already.
    ///
    /// - Parameters:
    ///   - file: The package file, if it is already here; nil downloads it.
    ///   - progress: Called before each step.
    ///   - build: Makes the bytes of the file out of the bytes of the tables.
    /// - Returns: The file's bytes.
    /// - Throws: ``CorpusError``: no network, wrong sums, a table that holds something else.
    func fetch(
        package file: String?, progress: (CorpusLibrary.FetchStage) -> Void,
        build: ([[UInt8]]) throws(TableProblem) -> [UInt8]
    ) throws -> [UInt8] {
        if let bytes = try? load() {
            progress(.alreadyHere)
            return bytes
        }
        _ = try? Staging.sweep(cache)
        try FileSystem.createFolder(cache)
        let working = try StagingFolder(in: cache)
        let found: PackageFile
        if let file {
            found = try PackageFile(at: file, of: package)
        } else {
            progress(.downloading(package))
            found = try PackageFile(downloading: package, for: name, into: working.path)
        }
        progress(.unpacking)
        let root = try found.unpack(into: working.path) { tables.contains($0) }
        progress(.extracting)
        let bytes = try bytes(root: root, package: found.path, build)
        let built = working.path + "/built"
        try FileSystem.createFolder(built)
        try AtomicFile.write(bytes, to: built + "/" + fileName)
        try working.replace(cache + "/" + folder, by: "built")
        return bytes
    }

    private func bytes(
        root: String, package: String, _ build: ([[UInt8]]) throws(TableProblem) -> [UInt8]
    ) throws -> [UInt8] {
        func malformed(_ table: String, _ problem: String) -> CorpusError {
            CorpusError(.malformedPackage(file: package, problem: "\(table): \(problem)"))
        }
        var contents: [[UInt8]] = []
        for table in tables {
            guard var content = try FileSystem.read(root + "/" + table) else {
                throw malformed(table, "there is no such file")
            }
            do {
                if table.hasSuffix(".gz") { content = try Inflation.inflate(content) }
            } catch {
                throw malformed(table, error.problem)
            }
            contents.append(content)
        }
        let bytes: [UInt8]
        do throws(TableProblem) {
            bytes = try build(contents)
        } catch {
            throw malformed(tables[error.table], "line \(error.line) \(error.problem)")
        }
        guard isWhole(bytes) else {
            throw CorpusError(
                .wrongSum(
                    what: "the \(content) extracted for \(name)", file: package, expected: sha256,
                    found: SHA256.digest(of: bytes).hexadecimal))
        }
        return bytes
    }

    private func isWhole(_ bytes: [UInt8]) -> Bool {
        SHA256.digest(of: bytes).hexadecimal == sha256
    }
}
