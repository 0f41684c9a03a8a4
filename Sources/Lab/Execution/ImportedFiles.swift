import Collapse
import Glibc
import Support
import Synchronization

/// The files from outside that an experiment names: models and tokenizers that it begins from.
///
/// Each has a name that follows from its content, the path of its copy in a run directory, which
/// takes the place of the path that was written: equal names mean equal files, wherever they lie.
package final class ImportedFiles: Sendable {
    /// What lies at a path.
    private struct Import {
        var object: ObjectDescription
        /// Where the object's files lie, in their order.
        var paths: [String]
    }

    /// The experiment with names in place of paths.
    package let resolved: ResolvedExperiment
    private let imports: [String: Import]
    private let folders: Mutex<[String: ImportedFolder]>

    /// Finds and hashes what an experiment names.
    ///
    /// - Parameters:
    ///   - resolved: The experiment, with paths relative to the file that they are written in, or
    ///     to the working directory where they are overrides.
    ///   - root: The folder of the presets.
    ///   - mayRead: Whether what is named is looked at; an experiment that was recorded has names
    ///     already, and its files may be gone.
    /// - Throws: ``SpecificationError`` where there is nothing that can be used.
    init(of resolved: ResolvedExperiment, root: String, mayRead: Bool) throws(SpecificationError) {
        var search = Search(resolved: resolved, root: root, mayRead: mayRead)
        var named = resolved
        let keys = resolved.setting.keys.filter { $0.type.holdsPaths }
        for index in resolved.arms.indices where !keys.isEmpty {
            named.arms[index] = try search.naming(keys, in: resolved.arms[index])
        }
        self.resolved = named
        imports = search.imports
        folders = Mutex(search.folders)
    }

    /// Where the files of a name are now.
    func folder(of name: String) -> ImportedFolder {
        folders.withLock { $0[name] } ?? ImportedFolder(path: name, title: name)
    }

    /// Copies what is not there yet into a run's store; from then on the copies are what is read.
    ///
    /// - Throws: `StoreError` where files are no longer what they were when they were hashed.
    func take(into store: ObjectStore) throws {
        for name in imports.keys.sorted() {
            guard let imported = imports[name] else { continue }
            let key = try store.copy(imported.object, from: imported.paths)
            folders.withLock { $0[name]?.path = store.folder(of: key) }
        }
    }

    /// Whether an object is the copy of something that the experiment names, which nothing can compute
    /// anew.
    func hold(_ key: ContentKey) -> Bool { imports[Self.name(of: key.digits)] != nil }

    /// The name of the copy of an object, its path in a run directory.
    private static func name(of digits: some StringProtocol) -> String {
        "objects/" + ObjectStore.place(of: digits)
    }

    /// The key that a text names, if it is such a name.
    private static func key(named text: String) -> ContentKey? {
        guard let last = text.split(separator: "/").last else { return nil }
        let key = ContentKey(digits: String(last))
        return key.isHash && text == name(of: last) ? key : nil
    }

    // MARK: Finding

    private struct Search {
        var resolved: ResolvedExperiment
        var root: String
        var mayRead: Bool
        /// By the key in an arm and what was written there.
        var names: [String: String] = [:]
        var imports: [String: Import] = [:]
        var folders: [String: ImportedFolder] = [:]
        /// What was hashed already, by its kind and path.
        private var found: [String: String] = [:]

        init(resolved: ResolvedExperiment, root: String, mayRead: Bool) {
            self.resolved = resolved
            self.root = root
            self.mayRead = mayRead
        }

        /// An arm with names in place of the paths of some keys.
        mutating func naming(
            _ keys: [KeyDeclaration], in arm: ResolvedArm
        ) throws(SpecificationError) -> ResolvedArm {
            var named = arm
            named.values = try keys.replacingPaths(in: arm.values, at: ["arms", arm.name]) {
                kind, text, path throws(SpecificationError) in
                try name(of: text, kind, at: path)
            }
            // Along a sweep a path stands as what people call it.
            for (position, coordinate) in arm.coordinates.enumerated() {
                guard case .text(let text) = coordinate.value,
                    let name = names["\(coordinate.key)=\(text)"], let title = folders[name]?.title
                else { continue }
                named.coordinates[position].value = .text(title)
            }
            return named
        }

        private mutating func name(
            of text: String, _ kind: PathKind, at key: [String]
        ) throws(SpecificationError) -> String {
            let path = place(of: text, kind, at: key)
            let known = ImportedFiles.key(named: text)
            if !mayRead, let known {
                folders[text] = ImportedFolder(path: path, title: title(text, known))
                return text
            }
            let written = "\(DottedPath.text(Array(key.dropFirst(2))))=\(text)"
            if let name = found["\(kind.name) \(path)"] {
                names[written] = name
                return name
            }
            let object: ObjectDescription
            let files: [PathKind.File]
            do {
                files = try kind.files(path).sorted {
                    $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
                }
                object = try ObjectDescription(of: files)
            } catch {
                throw self.error("\(error)\(Self.hint(text, kind, root))", at: key)
            }
            let hash = ContentKey(object.description)
            guard known == nil || known == hash else {
                throw self.error(
                    "\(path) is damaged: its content is not what its name says; put the "
                        + "\(kind.name) that the run began from there again", at: key)
            }
            let name = ImportedFiles.name(of: hash.digits)
            names[written] = name
            found["\(kind.name) \(path)"] = name
            imports[name] = Import(object: object, paths: files.map(\.path))
            folders[name] = ImportedFolder(path: path, title: title(text, hash))
            return name
        }

        /// A plain name is that of a preset, where there is one.
        private func place(of text: String, _ kind: PathKind, at key: [String]) -> String {
            if text.hasPrefix("/") { return text }
            if text.hasPrefix("~/"), let home = getenv("HOME") {
                return String(cString: home) + text.dropFirst()
            }
            if !text.contains("/"), text != ".", text != ".." {
                let preset = "\(root)/\(kind.presetFolder)/\(text)"
                if FileSystem.isFolder(preset) { return preset }
            }
            guard case .file(let file)? = resolved.locate(key)?.source, file.contains("/") else {
                return text
            }
            return FileSystem.parent(of: file) + "/" + text
        }

        /// What a plain name could have been.
        private static func hint(_ text: String, _ kind: PathKind, _ root: String) -> String {
            guard !text.contains("/") else { return "" }
            let folder = "\(root)/\(kind.presetFolder)"
            let names = ((try? FileSystem.namesIfAny(in: folder)) ?? []).filter {
                FileSystem.isFolder("\(folder)/\($0)")
            }
            guard !names.isEmpty else { return "" }
            return "; the \(kind.name)s of `\(kind.presetFolder)` are "
                + names.sorted().joined(separator: ", ")
        }

        private func title(_ text: String, _ key: ContentKey) -> String {
            resolved.provenance?.sources.first { $0.sha256 == key.digits }?.name
                ?? (ImportedFiles.key(named: text) != nil
                    ? String(key.digits.prefix(12))
                    : text.split(separator: "/").last { $0 != "." && $0 != ".." }.map(String.init))
                ?? text
        }

        private func error(_ message: String, at key: [String]) -> SpecificationError {
            resolved.error(for: SpecificationIssue(path: key, message: message))
        }
    }
}

extension ObjectDescription {
    /// Files from outside as an object: it is named by their names and content.
    fileprivate init(of files: [PathKind.File]) throws {
        let described = try files.map { file in
            guard File.isName(file.name) else {
                throw StoreError(.unusableName, path: file.path)
            }
            let (digest, length) = try SHA256.digest(ofFile: file.path)
            return File(name: file.name, length: length, sha256: digest.hexadecimal)
        }
        let lines = described.map { "\($0.name) \($0.length) \($0.sha256)" }
        self.init(
            kind: .input, description: (["input"] + lines).joined(separator: "\n") + "\n",
            files: described)
    }
}
