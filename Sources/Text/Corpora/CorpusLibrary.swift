import Compute
import Support

/// The corpora of a repository: those that ship as manifests and those the user imported.
///
/// Manifests lie in `ROOT/corpora/NAME.json`; what has been built lies in
/// `ROOT/corpora/.cache/NAME/`, laid out as ``CorpusFolder`` says.
package struct CorpusLibrary: Sendable {
    /// The folder of the manifests.
    package let manifestFolder: String
    /// The folder of the corpora that have been built.
    package let cache: String

    /// The library of the repository at `root`.
    ///
    /// - Parameters:
    ///   - root: The root of the repository.
    ///   - cache: Where built corpora lie; `corpora/.cache` under the root if nil.
    package init(root: String, cache: String? = nil) {
        manifestFolder = root + "/corpora"
        self.cache = cache ?? root + "/corpora/.cache"
    }

    /// One line of ``list()``.
    package struct Entry: Sendable, Hashable {
        /// Whether the corpus can be loaded.
        package enum State: Sendable, Hashable {
            /// Built and, as far as its record tells, whole.
            case ready(CorpusRecord)
            /// There is a manifest, but nothing built from it as it is now.
            case notFetched
            /// Its manifest or its record cannot be read, for the reason given.
            case damaged(String)
        }

        /// The corpus's name.
        package var name: String
        /// One line for a list; empty where neither manifest nor record was read.
        package var title: String
        /// The licence in words; empty where neither manifest nor record was read.
        package var licence: String
        /// Whether the corpus has a manifest; otherwise it was imported.
        package var isShipped: Bool
        /// Whether the corpus can be loaded, and why not.
        package var state: State
    }

    /// All corpora, by name. Nothing is verified: that is left to ``load(_:)``.
    ///
    /// - Throws: A folder that cannot be read.
    package func list() throws -> [Entry] {
        let shipped = try manifestNames()
        let built =
            FileSystem.isFolder(cache)
            ? try FileSystem.names(in: cache).filter(CorpusName.isValid) : []
        let names = Set(shipped + built).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var entries: [Entry] = []
        for name in names {
            var manifest: CorpusManifest?
            do throws {
                manifest = try self.manifest(name)
                let record = try folder(name).record()
                guard manifest != nil || record != nil else { continue }
                let isCurrent = try record.map { record in
                    try manifest.map { try self.isCurrent(record, $0) } ?? true
                }
                entries.append(
                    Entry(
                        name: name, title: manifest?.title ?? record?.title ?? "",
                        licence: manifest?.licence ?? record?.licence ?? "",
                        isShipped: manifest != nil,
                        state: record.flatMap { isCurrent == true ? .ready($0) : nil }
                            ?? .notFetched))
            } catch {
                entries.append(
                    Entry(
                        name: name, title: manifest?.title ?? "", licence: manifest?.licence ?? "",
                        isShipped: shipped.contains(name), state: .damaged("\(error)")))
            }
        }
        return entries
    }

    /// The manifest of a corpus that ships with one; nil if `name` has none.
    package func manifest(_ name: String) throws -> CorpusManifest? {
        let file = manifestFile(name)
        guard CorpusName.isValid(name), FileSystem.isFile(file) else { return nil }
        let manifest = try CorpusManifest(reading: try FileSystem.content(of: file), file: file)
        guard manifest.name == name else {
            throw CorpusError(
                .malformedFile(
                    file: file, position: "name",
                    problem: "\"\(manifest.name)\" is not the name of the file"))
        }
        return manifest
    }

    /// The corpus of this name, verified byte for byte.
    ///
    /// - Throws: ``CorpusError`` when there is no such corpus (with the nearest name), when it has
    ///   not been fetched, and when its files are damaged.
    package func load(_ name: String) throws -> Corpus {
        let manifest = try manifest(name)
        guard CorpusName.isValid(name), let record = try folder(name).record() else {
            guard manifest == nil else { throw CorpusError(.notFetched(name: name)) }
            throw try unknown(name)
        }
        if let manifest, try !isCurrent(record, manifest) {
            throw CorpusError(.notFetched(name: name))
        }
        return try folder(name).corpus(record)
    }

    /// The sizes of a corpus and what its held-out text shares with train.
    package func statistics(_ name: String) throws -> CorpusStatistics {
        CorpusStatistics(of: try load(name).documents)
    }

    /// Removes the text of a corpus from this machine; one that ships can be fetched again.
    ///
    /// - Throws: ``CorpusError`` when there is no such text.
    package func remove(_ name: String) throws {
        guard CorpusName.isValid(name), FileSystem.isFolder(folder(name).path) else {
            if try manifest(name) != nil { throw CorpusError(.notFetched(name: name)) }
            throw try unknown(name)
        }
        try FileSystem.removeTree(folder(name).path)
    }

    func manifestFile(_ name: String) -> String {
        manifestFolder + "/" + name + ".json"
    }

    func folder(_ name: String) -> CorpusFolder {
        CorpusFolder(path: cache + "/" + name)
    }

    /// The names of the manifests, sorted. Those of image sets have a dot, which no corpus's name
    /// has.
    func manifestNames() throws -> [String] {
        guard FileSystem.isFolder(manifestFolder) else { return [] }
        return try FileSystem.names(in: manifestFolder).filter { $0.hasSuffix(".json") }
            .map { String($0.dropLast(5)) }.filter { !$0.contains(".") }
    }

    func unknown(_ name: String) throws -> CorpusError {
        let choices = try list().map(\.name)
        return CorpusError(
            .unknown(name: name, suggestion: NearestWord.find(name, in: choices), choices: choices))
    }

    /// Whether what was built is what the manifest asks for now.
    func isCurrent(_ record: CorpusRecord, _ manifest: CorpusManifest) throws -> Bool {
        guard record.name == manifest.name else { return false }
        switch manifest.source {
        case .package(let text):
            return record.text?.sha256 == text.sha256 && record.rules == text.rules
        case .corpora(let names):
            return try builtMembers(of: manifest, names).map { record.origin == .corpora($0) }
                ?? false
        }
    }
}
