import Support

/// The sets of labelled images of a repository, built from packages like corpora.
///
/// Manifests lie in `ROOT/corpora/NAME.images.json`. What has been built lies in
/// `ROOT/corpora/.cache/NAME.images/images.u8`: for each image its label and then its pixels, a
/// byte each. In numpy: `numpy.fromfile("images.u8", "u1").reshape(-1, 1 + width * height)`.
package struct ImageLibrary: Sendable {
    private let manifestFolder: String
    private let cache: String

    private static let suffix = ".images"
    private static let fileName = "images.u8"

    /// The library of the repository at `root`; built sets lie in `corpora/.cache` under it if
    /// `cache` is nil.
    package init(root: String, cache: String? = nil) {
        manifestFolder = root + "/corpora"
        self.cache = cache ?? root + "/corpora/.cache"
    }

    /// The manifests, by name.
    package func list() throws -> [ImageManifest] {
        let ending = Self.suffix + ".json"
        return try FileSystem.namesIfAny(in: manifestFolder).filter { $0.hasSuffix(ending) }
            .compactMap { try manifest(String($0.dropLast(ending.count))) }
    }

    /// The manifest of a set; nil if there is none of this name.
    package func manifest(_ name: String) throws -> ImageManifest? {
        let file = "\(manifestFolder)/\(name)\(Self.suffix).json"
        guard CorpusName.isValid(name), FileSystem.isFile(file) else { return nil }
        let manifest = try ImageManifest(reading: try FileSystem.content(of: file), file: file)
        guard manifest.name == name else {
            throw CorpusError(
                .malformedFile(
                    file: file, position: "name",
                    problem: "\"\(manifest.name)\" is not the beginning of the file's name"))
        }
        return manifest
    }

    /// Whether a set has been built. Its sum is verified when it is loaded.
    package func isBuilt(_ manifest: ImageManifest) -> Bool {
        FileSystem.isFile(path(manifest))
    }

    /// The images of a set that has been built, verified byte for byte.
    package func load(_ manifest: ImageManifest) throws -> ImageSet {
        guard isBuilt(manifest) else { throw CorpusError(.notFetched(name: manifest.name)) }
        let rows = try FileSystem.content(of: path(manifest))
        guard isWhole(rows, manifest) else {
            throw CorpusError(
                .damaged(name: manifest.name, problem: "\(Self.fileName) does not match its sum"))
        }
        return ImageSet(manifest, rows: rows)
    }

    /// Builds a set from its package, unless it is there already.
    ///
    /// - Parameters:
    ///   - manifest: The set.
    ///   - file: The package file, if it is already here; nil downloads it.
    ///   - progress: Called before each step.
    /// - Returns: The images.
    /// - Throws: ``CorpusError``: no network, wrong sums, a table that holds no images.
    @discardableResult
    package func fetch(
        _ manifest: ImageManifest, package file: String? = nil,
        progress: (CorpusLibrary.FetchStage) -> Void = { _ in }
    ) throws -> ImageSet {
        if let images = try? load(manifest) {
            progress(.alreadyHere)
            return images
        }
        _ = try? Staging.sweep(cache)
        try FileSystem.createFolder(cache)
        let working = try StagingFolder(in: cache)
        let package: PackageFile
        if let file {
            package = try PackageFile(at: file, of: manifest.package)
        } else {
            progress(.downloading(manifest.package))
            package = try PackageFile(
                downloading: manifest.package, for: manifest.name, into: working.path)
        }
        progress(.unpacking)
        let root = try package.unpack(into: working.path) { $0 == manifest.table }
        progress(.extracting)
        let rows = try rows(of: manifest, root: root, package: package.path)
        let built = working.path + "/built"
        try FileSystem.createFolder(built)
        try AtomicFile.write(rows, to: built + "/" + Self.fileName)
        try working.replace(cache + "/" + manifest.name + Self.suffix, by: "built")
        return ImageSet(manifest, rows: rows)
    }

    private func rows(
        of manifest: ImageManifest, root: String, package: String
    ) throws -> [UInt8] {
        func malformed(_ problem: String) -> CorpusError {
            CorpusError(
                .malformedPackage(file: package, problem: "\(manifest.table): \(problem)"))
        }
        guard var table = try FileSystem.read(root + "/" + manifest.table) else {
            throw malformed("there is no such file")
        }
        do {
            if manifest.table.hasSuffix(".gz") { table = try Inflation.inflate(table) }
        } catch {
            throw malformed(error.problem)
        }
        let rows: [UInt8]
        do {
            rows = try ImageSet.rows(manifest, table: table)
        } catch {
            throw malformed("line \(error.line) \(error.problem)")
        }
        guard isWhole(rows, manifest) else {
            throw CorpusError(
                .wrongSum(
                    what: "the images extracted for \(manifest.name)", file: package,
                    expected: manifest.imagesSHA256,
                    found: SHA256.digest(of: rows).hexadecimal))
        }
        return rows
    }

    private func isWhole(_ rows: [UInt8], _ manifest: ImageManifest) -> Bool {
        SHA256.digest(of: rows).hexadecimal == manifest.imagesSHA256
    }

    private func path(_ manifest: ImageManifest) -> String {
        "\(cache)/\(manifest.name)\(Self.suffix)/\(Self.fileName)"
    }
}
