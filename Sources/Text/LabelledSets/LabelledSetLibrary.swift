import Support

/// The sets of labelled images of a repository: `corpora/NAME.images.json`, built as `images.u8`:
/// for each image its label and then its pixels, a byte each. In numpy:
/// `numpy.fromfile("images.u8", "u1").reshape(-1, 1 + width * height)`.
package typealias ImageLibrary = LabelledSetLibrary<ImageSet>

/// The sets of labelled rows with several views of a repository: `corpora/NAME.features.json`, built
/// as `features.f64`: for each row its label and then the columns of each view, 64-bit little-endian
/// floats. In numpy: `numpy.fromfile("features.f64", "<f8").reshape(-1, 1 + columns)`.
package typealias FeatureLibrary = LabelledSetLibrary<FeatureSet>

/// The labelled sets of one kind of a repository, built from packages like corpora.
///
/// Manifests lie in `ROOT/corpora/NAME.CONTENT.json`. What has been built lies in
/// `ROOT/corpora/.cache/NAME.CONTENT/`.
package struct LabelledSetLibrary<Content: LabelledSet>: Sendable {
    private let root: String
    private let cache: String

    private static var suffix: String { ".\(Content.content)" }

    /// The library of the repository at `root`; built sets lie in `corpora/.cache` under it if
    /// `cache` is nil.
    package init(root: String, cache: String? = nil) {
        self.root = root
        self.cache = cache ?? root + "/corpora/.cache"
    }

    /// The manifests, by name.
    package func list() throws -> [Content.Manifest] {
        let ending = Self.suffix + ".json"
        return try FileSystem.namesIfAny(in: root + "/corpora").filter { $0.hasSuffix(ending) }
            .compactMap { try manifest(String($0.dropLast(ending.count))) }
    }

    /// Where the manifest of a set lies, below the repository's root.
    package static func manifestPath(_ name: String) -> String { "corpora/\(name)\(suffix).json" }

    /// The manifest of a set; nil if there is none of this name.
    package func manifest(_ name: String) throws -> Content.Manifest? {
        let file = "\(root)/\(Self.manifestPath(name))"
        guard CorpusName.isValid(name), FileSystem.isFile(file) else { return nil }
        let manifest = try Content.Manifest(
            reading: try FileSystem.content(of: file), file: file)
        guard manifest.name == name else {
            throw CorpusError(
                .malformedFile(
                    file: file, position: "name",
                    problem: "\"\(manifest.name)\" is not the beginning of the file's name"))
        }
        return manifest
    }

    /// Whether a set has been built. Its sum is verified when it is loaded.
    package func isBuilt(_ manifest: Content.Manifest) -> Bool { numbers(of: manifest).isBuilt }

    /// A set that has been built, verified byte for byte.
    package func load(_ manifest: Content.Manifest) throws -> Content {
        try content(of: manifest, try numbers(of: manifest).load())
    }

    /// Builds a set from its package, unless it is there already.
    ///
    /// - Parameters:
    ///   - manifest: The set.
    ///   - file: The package file, if it is already here; nil downloads it.
    ///   - progress: Called before each step.
    /// - Returns: The set.
    /// - Throws: ``CorpusError``: no network, wrong sums, tables that hold something else.
    @discardableResult
    package func fetch(
        _ manifest: Content.Manifest, package file: String? = nil,
        progress: (CorpusLibrary.FetchStage) -> Void = { _ in }
    ) throws -> Content {
        let bytes = try numbers(of: manifest).fetch(package: file, progress: progress) {
            tables throws(TableProblem) in
            try Content.bytes(manifest, tables: tables)
        }
        return try content(of: manifest, bytes)
    }

    private func content(
        of manifest: Content.Manifest, _ bytes: [UInt8]
    ) throws(CorpusError) -> Content {
        do {
            return try Content(manifest, bytes: bytes)
        } catch {
            throw CorpusError(
                .malformedFile(
                    file: "\(root)/\(Self.manifestPath(manifest.name))", position: error.key,
                    problem: error.problem))
        }
    }

    private func numbers(of manifest: Content.Manifest) -> PackagedNumbers {
        PackagedNumbers(
            name: manifest.name, content: Content.content, cache: cache,
            folder: manifest.name + Self.suffix, fileName: Content.fileName,
            sha256: manifest.sha256, package: manifest.package, tables: manifest.tables)
    }
}
