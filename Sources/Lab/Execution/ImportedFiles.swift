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
        /// The object's files, in their order.
        var files: [PathKind.File]
    }

    /// The experiment with names in place of paths.
    package let resolved: ResolvedExperiment
    private let imports: [String: Import]
    /// Files of this machine that were found to be what they are named by.
    private let pinned: Set<String>
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
        let keys = ArmKeys.all(of: resolved.setting).filter { $0.type.holdsPaths }
        for index in resolved.arms.indices where !keys.isEmpty {
            named.arms[index] = try search.naming(keys, in: resolved.arms[index])
        }
        if !keys.isEmpty { search.nameCoordinates(of: &named.arms) }
        self.resolved = named
        imports = search.imports
        pinned = search.pinned
        folders = Mutex(search.folders)
    }

    /// Where the files of a name are now.
    func folder(of name: String) -> ImportedFolder {
        folders.withLock { $0[name] } ?? ImportedFolder(path: name, title: name)
    }

    /// The one file of a name, where it lies now: what a word of a command line stands for.
    ///
    /// - Returns: Nil where a text is no such name, or its file is gone.
    func file(of name: String) -> String? {
        guard Self.key(named: name) != nil else { return nil }
        return try? PathKind.word.files(at: folder(of: name).path).first?.path
    }

    /// Whether a text is the name of a copy, whether that is there or not.
    func isName(_ text: String) -> Bool { Self.key(named: text) != nil }

    /// Whether the file of a word was there and read, and not only named by a record.
    func wasLookedAt(_ word: String) -> Bool { imports[word] != nil || pinned.contains(word) }

    /// Whether the files of a name are now what it says.
    func isWhole(_ name: String) -> Bool {
        guard let files = try? PathKind.word.files(at: folder(of: name).path),
            let object = try? ObjectDescription(of: files.inOrder)
        else { return false }
        return Self.key(named: name) == ContentKey(object.description)
    }

    /// The SHA-256 of the one file of a name, as it was when it was looked at, or as a run's copy says;
    /// nil where neither is there.
    func sha256(of name: String) -> String? {
        if let known = imports[name] { return known.object.files.first?.sha256 }
        let path = folder(of: name).path + "/" + ObjectDescription.fileName
        guard let bytes = try? FileSystem.content(of: path) else { return nil }
        return try? ObjectDescription(sealed: bytes, path: path).files.first?.sha256
    }

    /// Copies what is not there yet into a run; from then on the copies are what is read.
    ///
    /// - Throws: `StoreError` where files are no longer what they were when they were hashed.
    func take(into directory: RunDirectory) throws {
        for name in imports.keys.sorted() {
            guard let imported = imports[name] else { continue }
            let key = try directory.copy(imported.object, from: imported.files)
            folders.withLock { $0[name]?.path = directory.objects.folder(of: key) }
        }
    }

    /// The copies of what the experiment names, which nothing can compute anew.
    var keys: [ContentKey] {
        folders.withLock { $0.keys.sorted() }.compactMap(Self.key)
    }

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
        var pinned: Set<String> = []
        /// What was hashed already, by its kind and path.
        private var found: [String: String] = [:]
        /// The runs by the key in an arm and what was written there, as people call them.
        private var runs: [String: String] = [:]

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
                written throws(SpecificationError) in
                switch written.kind.content {
                case .files(let files): try name(of: written, files)
                case .run(_, let files): try name(ofModelIn: written, files)
                }
            }
            return named
        }

        /// Along a sweep a path stands as what people call it, which tells things apart.
        mutating func nameCoordinates(of arms: inout [ResolvedArm]) {
            let titles = folders.values.map(\.title)
            for (name, folder) in folders where titles.count(where: { $0 == folder.title }) > 1 {
                guard let key = ImportedFiles.key(named: name) else { continue }
                folders[name]?.title += " (\(key.digits.prefix(8)))"
            }
            for arm in arms.indices {
                for (position, coordinate) in arms[arm].coordinates.enumerated() {
                    arms[arm].coordinates[position].value = titled(
                        coordinate.value, at: coordinate.key)
                }
            }
        }

        private func titled(_ value: SpecificationValue, at key: String) -> SpecificationValue {
            switch value {
            case .text(let text):
                let written = "\(key)=\(text)"
                let title = runs[written] ?? names[written].flatMap { folders[$0]?.title }
                return title.map { .text($0) } ?? value
            case .list(let elements):
                return .list(
                    elements.enumerated().map { titled($0.element, at: "\(key).\($0.offset)") })
            case .map(let map):
                return .map(
                    map.entries.map {
                        SpecificationMap.Entry($0.key, titled($0.value, at: "\(key).\($0.key)"))
                    })
            case .null, .boolean, .integer, .number: return value
            }
        }

        private mutating func name(
            of written: WrittenPath, _ files: (String) throws -> [PathKind.File]
        ) throws(SpecificationError) -> String {
            let (kind, text, key) = (written.kind, written.text, written.key)
            if kind.isWord, let word = try word(text, kind, at: key) { return word }
            try checkPath(written)
            let path = place(of: text, kind, files, at: key)
            let known = ImportedFiles.key(named: text)
            if !mayRead, let known {
                folders[text] = ImportedFolder(
                    path: path, title: title(text, known), key: Self.inArm(key))
                return text
            }
            if let name = found["\(kind.name) \(path)"] {
                names[Self.record(of: written)] = name
                return name
            }
            let object: ObjectDescription
            let taken: [PathKind.File]
            do {
                taken = try files(path).inOrder
                object = try ObjectDescription(of: taken)
            } catch {
                let hint =
                    FileSystem.isNamed(path)
                    ? "" : known == nil ? Self.hint(text, kind, root) : Self.hintOfCopy(kind)
                throw self.error("\(error)\(hint)", at: key)
            }
            let hash = ContentKey(object.description)
            guard known == nil || known == hash else {
                throw self.error(
                    "\(path) is damaged: its content is not what its name says; put the "
                        + "\(kind.name) that the run began from there again", at: key)
            }
            let name = ImportedFiles.name(of: hash.digits)
            found["\(kind.name) \(path)"] = name
            take(taken, object, as: name, from: written, at: path, title: title(text, hash))
            return name
        }

        /// The name of a stored model of a run.
        private mutating func name(
            ofModelIn written: WrittenPath,
            _ files: (PathKind.StoredModel) throws -> [PathKind.File]
        ) throws(SpecificationError) -> String {
            try checkPath(written)
            let group = Array(written.key.dropLast())
            let address = ModelAddress(
                run: runPlace(of: written), arm: written.text(of: .arm),
                seed: written.text(of: .seed), generation: written.text(of: .generation))
            runs[Self.record(of: written)] = FileSystem.lastName(of: address.run)
            if let name = found["\(written.kind.name) \(address)"] {
                names[Self.record(of: written)] = name
                return name
            }
            do {
                let run = try RunModels(of: address.run, settings: [resolved.setting])
                let model = try run.model(at: address)
                let taken = try files(run.pathKindModel(model)).inOrder
                let object = try ObjectDescription(of: taken)
                let name = ImportedFiles.name(of: ContentKey(object.description).digits)
                found["\(written.kind.name) \(address)"] = name
                take(taken, object, as: name, from: written, at: model.folder, title: model.title)
                return name
            } catch let error as AddressError {
                throw self.error(error.description, at: group + [error.part.rawValue])
            } catch {
                throw self.error("\(error)", at: written.key)
            }
        }

        private func checkPath(_ written: WrittenPath) throws(SpecificationError) {
            let text = written.text
            guard !text.isEmpty, !text.utf8.contains(0) else {
                throw error("\"\(text.prefix { $0 != "\0" })\" is no path", at: written.key)
            }
        }

        /// Notes files of a name, and where they were found first.
        private mutating func take(
            _ files: [PathKind.File], _ object: ObjectDescription, as name: String,
            from written: WrittenPath, at path: String, title: String
        ) {
            names[Self.record(of: written)] = name
            guard imports[name] == nil else { return }
            imports[name] = Import(object: object, files: files)
            folders[name] = ImportedFolder(
                path: path, title: title, key: Self.inArm(written.key),
                contents: Dictionary(
                    uniqueKeysWithValues: files.compactMap { file in
                        file.content.map { (file.name, $0) }
                    }))
        }

        /// The key as an arm has it, without `arms` and the arm's name.
        private static func inArm(_ key: [String]) -> [String] { Array(key.dropFirst(2)) }

        /// What stands for a path along a sweep: the key in an arm and what was written there.
        private static func record(of written: WrittenPath) -> String {
            "\(DottedPath.text(inArm(written.key)))=\(written.text)"
        }

        /// Where a run lies: by a path as any other, or under its name in `runs/`.
        private func runPlace(of written: WrittenPath) -> String {
            let path = writtenPlace(of: written.text, written.kind, at: written.key)
            return !RunModels.isThere(path) && RunModels.isThere(written.text)
                ? written.text : path
        }

        /// What a word of a command line stands for where no run takes a copy of it: itself, or a file
        /// of this machine with its content; nil where it is a file of which one does.
        private mutating func word(
            _ text: String, _ kind: PathKind, at key: [String]
        ) throws(SpecificationError) -> String? {
            guard !text.utf8.contains(0) else {
                throw error("a program or an argument cannot hold a character of number 0", at: key)
            }
            let pinned = PinnedFile(text)
            guard mayRead || pinned == nil else { return text }
            guard ImportedFiles.key(named: text) == nil else { return nil }
            let path = pinned?.path ?? writtenPlace(of: text, kind, at: key)
            // Streams are no files, whatever stands behind them.
            let isStream = ["/dev/", "/proc/"].contains { path.hasPrefix($0) }
            guard pinned != nil || (!text.isEmpty && !isStream && FileSystem.isFile(path)) else {
                return text
            }
            guard path.hasPrefix("/"), text.hasPrefix("/") || text.hasPrefix("~/") else {
                return nil
            }
            let sha256: String
            do {
                sha256 = try SHA256.digest(ofFile: path).digest.hexadecimal
            } catch {
                throw self.error("\(error)", at: key)
            }
            guard pinned.map({ $0.sha256 == sha256 }) ?? true else {
                throw error(
                    "\(path) has changed: its SHA-256 is \(sha256) now. Put back the file that the "
                        + "specification names, or begin another run with the path alone", at: key)
            }
            let file = PinnedFile(path: path, sha256: sha256).text
            self.pinned.insert(file)
            return file
        }

        /// A plain name is that of a preset, where there is one; and where a run's copy is not there, a
        /// preset of the same content serves.
        private func place(
            of text: String, _ kind: PathKind, _ files: (String) throws -> [PathKind.File],
            at key: [String]
        ) -> String {
            let path = writtenPlace(of: text, kind, at: key)
            guard mayRead, let known = ImportedFiles.key(named: text), !FileSystem.isNamed(path),
                let presets = kind.presetFolder
            else { return path }
            let folder = "\(root)/\(presets)"
            let found = ((try? FileSystem.namesIfAny(in: folder)) ?? []).map { "\(folder)/\($0)" }
            return found.first {
                guard FileSystem.isFolder($0), let files = try? files($0),
                    let object = try? ObjectDescription(of: files.inOrder)
                else { return false }
                return ContentKey(object.description) == known
            } ?? path
        }

        private func writtenPlace(of text: String, _ kind: PathKind, at key: [String]) -> String {
            if text.hasPrefix("/") { return text }
            if text.hasPrefix("~/"), let home = getenv("HOME") {
                return String(cString: home) + text.dropFirst()
            }
            if let folder = kind.presetFolder, !text.contains("/"), text != ".", text != ".." {
                let preset = "\(root)/\(folder)/\(text)"
                if FileSystem.isFolder(preset) { return preset }
            }
            guard case .file(let file)? = resolved.locate(key)?.source, file.contains("/") else {
                return text
            }
            return FileSystem.parent(of: file) + "/" + text
        }

        /// What a plain name could have been.
        private static func hint(_ text: String, _ kind: PathKind, _ root: String) -> String {
            guard !text.contains("/") else {
                return "; a run that has begun goes on from the experiment.yaml in its own folder"
            }
            guard let presets = kind.presetFolder else { return "" }
            let folder = "\(root)/\(presets)"
            let names = ((try? FileSystem.namesIfAny(in: folder)) ?? []).filter {
                FileSystem.isFolder("\(folder)/\($0)")
            }
            guard !names.isEmpty else { return "" }
            return "; the \(kind.name)s of `\(presets)` are "
                + names.sorted().joined(separator: ", ")
        }

        /// A name that leads nowhere is of a run that lacks its copy, or whose file was taken elsewhere.
        private static func hintOfCopy(_ kind: PathKind) -> String {
            "; it is a run's copy of a \(kind.name): put the files there again, or give the path of the "
                + "\(kind.name). A file that was taken from its run names what lies in that run"
        }

        private func title(_ text: String, _ key: ContentKey) -> String {
            resolved.provenance?.sources.first { $0.sha256 == key.digits }?.name
                ?? (ImportedFiles.key(named: text) != nil
                    ? String(key.digits.prefix(12))
                    : FileSystem.lastName(of: text))
        }

        private func error(_ message: String, at key: [String]) -> SpecificationError {
            resolved.error(for: SpecificationIssue(path: key, message: message))
        }
    }
}

extension WrittenPath {
    /// A value beside a run directory, as it was written; nil where none was.
    fileprivate func text(of part: AddressError.Part) -> String? {
        switch beside[part.rawValue] {
        case .text(let text): text
        case .integer(let number): "\(number)"
        default: nil
        }
    }
}

extension RunModels {
    /// A model as the keys of a setting meet it.
    fileprivate func pathKindModel(_ model: Model) -> PathKind.StoredModel {
        let run = path
        return PathKind.StoredModel(
            folder: model.folder, arm: model.arm.values, isBase: model.generation == .base,
            sources: (resolved.provenance?.sources ?? []).map {
                .init(kind: $0.kind, name: $0.name, sha256: $0.sha256)
            }, imported: { "\(run)/\($0)" })
    }
}

extension [PathKind.File] {
    /// In the order in which an object names its files.
    fileprivate var inOrder: [PathKind.File] {
        sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

extension ObjectDescription {
    /// Files from outside as an object: it is named by their names and content.
    fileprivate init(of files: [PathKind.File]) throws {
        let described = try files.map { file in
            guard File.isName(file.name) else {
                throw StoreError(.unusableName, path: file.path)
            }
            if let content = file.content {
                return File(
                    name: file.name, length: content.count,
                    sha256: SHA256.digest(of: content).hexadecimal)
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
