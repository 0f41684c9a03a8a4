import Support

/// The sets of labelled rows with several views of a repository, built from packages like corpora.
///
/// Manifests lie in `ROOT/corpora/NAME.features.json`. What has been built lies in
/// `ROOT/corpora/.cache/NAME.features/features.f64`: for each row its label and then the columns of
/// each view, 64-bit little-endian floats. In numpy: `numpy.fromfile("features.f64",
/// "<f8").reshape(-1, 1 + columns)`.
package struct FeatureLibrary: Sendable {
    private let manifestFolder: String
    private let cache: String

    private static let suffix = ".features"

    /// The library of the repository at `root`; built sets lie in `corpora/.cache` under it if
    /// `cache` is nil.
    package init(root: String, cache: String? = nil) {
        manifestFolder = root + "/corpora"
        self.cache = cache ?? root + "/corpora/.cache"
    }

    /// The manifests, by name.
    package func list() throws -> [FeatureManifest] {
        let ending = Self.suffix + ".json"
        return try FileSystem.namesIfAny(in: manifestFolder).filter { $0.hasSuffix(ending) }
            .compactMap { try manifest(String($0.dropLast(ending.count))) }
    }

    /// The manifest of a set; nil if there is none of this name.
    package func manifest(_ name: String) throws -> FeatureManifest? {
        let file = "\(manifestFolder)/\(name)\(Self.suffix).json"
        guard CorpusName.isValid(name), FileSystem.isFile(file) else { return nil }
        let manifest = try FeatureManifest(reading: try FileSystem.content(of: file), file: file)
        guard manifest.name == name else {
            throw CorpusError(
                .malformedFile(
                    file: file, position: "name",
                    problem: "\"\(manifest.name)\" is not the beginning of the file's name"))
        }
        return manifest
    }

    /// Whether a set has been built. Its sum is verified when it is loaded.
    package func isBuilt(_ manifest: FeatureManifest) -> Bool { numbers(of: manifest).isBuilt }

    /// The rows of a set that has been built, verified byte for byte.
    package func load(_ manifest: FeatureManifest) throws -> FeatureSet {
        FeatureSet(manifest, bytes: try numbers(of: manifest).load())
    }

    /// Builds a set from its package, unless it is there already.
    ///
    /// - Parameters:
    ///   - manifest: The set.
    ///   - file: The package file, if it is already here; nil downloads it.
    ///   - progress: Called before each step.
    /// - Returns: The rows.
    /// - Throws: ``CorpusError``: no network, wrong sums, tables that hold other rows.
    @discardableResult
    package func fetch(
        _ manifest: FeatureManifest, package file: String? = nil,
        progress: (CorpusLibrary.FetchStage) -> Void = { _ in }
    ) throws -> FeatureSet {
        let bytes = try numbers(of: manifest).fetch(package: file, progress: progress) {
            tables throws(PackagedNumbers.TableProblem) in
            try FeatureSet.bytes(manifest, tables: tables)
        }
        return FeatureSet(manifest, bytes: bytes)
    }

    private func numbers(of manifest: FeatureManifest) -> PackagedNumbers {
        PackagedNumbers(
            name: manifest.name, content: "features", cache: cache,
            folder: manifest.name + Self.suffix, fileName: "features.f64",
            sha256: manifest.featuresSHA256, package: manifest.package,
            tables: manifest.views.map(\.table))
    }
}
