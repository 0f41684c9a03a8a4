package import Collapse
import Glibc
package import Support

/// Objects on disk, named by what determined them.
///
/// An object is a folder `ab/abcdef.../` with its files and `object.json`, which holds the kind,
/// the text whose hash the key is, and the length and SHA-256 of each file. A folder is renamed
/// into place when everything in it is on the disk, so an object is there whole or not at all.
/// Several threads, processes and machines may use one store at once: the one that comes second
/// with an object finds it there.
package final class ObjectStore: GenerationStore {
    /// The folder that holds the objects.
    package let path: String
    private let exclusion = KeyedExclusion()
    /// Where processes that write to one store at once claim what they make; nil where there is one
    /// process.
    private let claims: ClaimFolder?

    /// Opens the store in a folder, which is created when it is missing, and removes what killed
    /// runs left in it.
    package init(at path: String, claims: ClaimFolder? = nil) throws {
        self.path = path
        self.claims = claims
        try FileSystem.createFolder(path)
        try Staging.sweep(path)
    }

    /// A store to read from, which is not touched; a folder that is missing is an empty store.
    package init(reading path: String) {
        self.path = path
        claims = nil
    }

    // MARK: GenerationStore

    package func key(for description: String) -> ContentKey {
        ContentKey(description)
    }

    /// Whether the object is there; its files are not checked.
    package func contains(_ key: ContentKey) -> Bool {
        key.isHash && FileSystem.exists(file(ObjectDescription.fileName, of: key))
    }

    /// The files of an object, each checked against its length and sum, or nil when there is none.
    package func read(_ key: ContentKey) throws -> [String: [UInt8]]? {
        guard let object = try description(of: key) else { return nil }
        var files: [String: [UInt8]] = [:]
        for file in object.files { files[file.name] = try content(of: file, of: key) }
        return files
    }

    /// Holds each file of an object against its length and sum, one after another.
    ///
    /// - Throws: `StoreError` where one is not what was written; nothing where there is no object.
    package func check(_ key: ContentKey) throws {
        for file in try description(of: key)?.files ?? [] { _ = try content(of: file, of: key) }
    }

    package func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws {
        precondition(
            key == self.key(for: description),
            "object \(key) is not named by the hash of its description")
        if contains(key) { return try check(files, against: key) }
        let names = files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var contents: [(name: String, bytes: [UInt8])] = []
        for name in names {
            precondition(
                ObjectDescription.File.isName(name),
                "an object cannot hold a file \"\(name)\"")
            contents.append((name, files[name] ?? []))
        }
        let object = ObjectDescription(
            kind: kind, description: description,
            files: contents.map {
                .init(
                    name: $0.name, length: $0.bytes.count,
                    sha256: SHA256.digest(of: $0.bytes).hexadecimal)
            })
        try place(object, contents, as: key)
    }

    /// Holds files against the object of their name that another thread or process stored meanwhile.
    ///
    /// - Throws: `StoreError` of kind `differentResult`: what determines an object must determine its
    ///   bytes.
    private func check(_ files: [String: [UInt8]], against key: ContentKey) throws {
        // One that cannot be read is found by whoever reads it.
        guard let object = try? description(of: key) else { return }
        let isSame =
            object.files.count == files.count
            && object.files.allSatisfy { file in
                files[file.name].map { SHA256.digest(of: $0).hexadecimal == file.sha256 } ?? false
            }
        guard isSame else { throw StoreError(.differentResult, path: folder(of: key)) }
    }

    /// Stores an object as a copy of files that lie elsewhere, unless it is there.
    ///
    /// - Parameters:
    ///   - object: What the files are, with their lengths and sums.
    ///   - files: The files, in the order of the object's.
    /// - Returns: The object's key.
    /// - Throws: `StoreError` where a file is not what it is said to be; nothing is stored then.
    func copy(_ object: ObjectDescription, from files: [PathKind.File]) throws -> ContentKey {
        let key = ContentKey(object.description)
        if (try? read(key)) != nil { return key }
        let contents = try zip(object.files, files).map { file, source in
            let bytes = try source.content ?? FileSystem.content(of: source.path)
            guard SHA256.digest(of: bytes).hexadecimal == file.sha256 else {
                throw StoreError(.changedInput, path: source.path)
            }
            return (name: file.name, bytes: bytes)
        }
        // A copy that has lost its description is whole, and may be the only one.
        if let first = files.first(where: { $0.content == nil }),
            FileSystem.areSame(FileSystem.parent(of: first.path), folder(of: key))
        {
            try AtomicFile.write(
                object.sealed, to: self.file(ObjectDescription.fileName, of: key),
                staging: self.path)
            return key
        }
        // One that is damaged is made anew while what it was made from is at hand.
        try remove(key)
        try place(object, contents, as: key)
        return key
    }

    /// Writes an object's folder: its files and its description.
    private func place(
        _ object: ObjectDescription, _ contents: [(name: String, bytes: [UInt8])],
        as key: ContentKey
    ) throws {
        try place(key) { folder in
            for (name, bytes) in contents {
                try AtomicDirectory.file(bytes, named: name, in: folder)
            }
            try AtomicDirectory.file(
                object.sealed, named: ObjectDescription.fileName, in: folder)
        }
    }

    /// Creates an object's folder, in place of one that has lost its `object.json`.
    private func place(_ key: ContentKey, fill: (_ folder: String) throws -> Void) throws {
        let isNew = try AtomicDirectory.create(folder(of: key), staging: path, fill: fill)
        guard !isNew, !contains(key) else { return }
        try remove(key)
        try AtomicDirectory.create(folder(of: key), staging: path, fill: fill)
    }

    /// Keys that are no hashes, which settings without stored objects use, exclude nobody.
    package func exclusively<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) rethrows -> Result {
        guard key.isHash else { return try body() }
        return try exclusion(key, body)
    }

    package func exclusivelyEverywhere<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) throws -> Result {
        try exclusively(key) {
            guard let claims, key.isHash, !contains(key) else { return try body() }
            guard case .taken(let claim) = try claims.take(key.digits) else {
                throw MadeElsewhere(key)
            }
            defer { claim.release() }
            return try body()
        }
    }

    // MARK: What is in it

    /// Where the files of an object are, whether it is there or not.
    package func folder(of key: ContentKey) -> String {
        path + "/" + Self.place(of: key.digits)
    }

    /// Where an object lies below the store's folder.
    static func place(of digits: some StringProtocol) -> String {
        "\(digits.prefix(2))/\(digits)"
    }

    /// What `object.json` says, or nil when there is no such object.
    package func description(of key: ContentKey) throws -> ObjectDescription? {
        guard key.isHash else { return nil }
        let path = file(ObjectDescription.fileName, of: key)
        guard let bytes = try FileSystem.read(path) else { return nil }
        let object = try ObjectDescription(sealed: bytes, path: path)
        guard self.key(for: object.description) == key else {
            throw StoreError(.damagedObject("it describes another object"), path: path)
        }
        return object
    }

    /// The kind of an object, or nil when there is no such object.
    ///
    /// - Throws: `StoreError` of kind `damagedObject` when `object.json` is not what was written,
    ///   `FileError` when it cannot be read.
    package func kind(of key: ContentKey) throws -> ObjectKind? {
        try description(of: key)?.kind
    }

    /// Every object, sorted by its digits.
    package func allKeys() throws -> [ContentKey] { try allFolders().filter(contains) }

    /// Every folder that an object can have, sorted by its digits; one that was damaged may have no
    /// `object.json`.
    package func allFolders() throws -> [ContentKey] {
        var keys: [ContentKey] = []
        for group in try FileSystem.namesIfAny(in: path) where group.utf8.count == 2 {
            for name in try FileSystem.namesIfAny(in: path + "/" + group) {
                let key = ContentKey(digits: name)
                if name.hasPrefix(group) && key.isHash { keys.append(key) }
            }
        }
        return keys
    }

    /// Removes an object, if it is there; killed meanwhile, it is there whole or not at all.
    package func remove(_ key: ContentKey) throws {
        guard key.isHash else { return }
        try AtomicDirectory.remove(folder(of: key), staging: path)
    }

    /// Removes the objects of a kind that are not among `keys`; a damaged object is left alone.
    ///
    /// - Returns: What was removed, sorted by digits, and the bytes that its files had.
    @discardableResult
    package func prune(
        _ kind: ObjectKind, keeping keys: Set<ContentKey>
    ) throws -> (removed: [ContentKey], bytes: Int) {
        var removed: [ContentKey] = []
        var bytes = 0
        for key in try allKeys() where !keys.contains(key) {
            guard let found = try? self.kind(of: key), found == kind else { continue }
            bytes += try size(of: key)
            try remove(key)
            removed.append(key)
        }
        return (removed, bytes)
    }

    /// Takes an object over from another store, as hard links or, across file systems, as copies.
    ///
    /// It is checked first, unless the caller trusts it.
    ///
    /// - Returns: False when the other store has no such object.
    /// - Throws: When the object is damaged there; it is then not taken over.
    @discardableResult
    package func adopt(
        _ key: ContentKey, from other: ObjectStore, isTrusted: Bool = false
    ) throws -> Bool {
        if contains(key) { return true }
        guard let object = try other.description(of: key) else { return false }
        if !isTrusted {
            for file in object.files { _ = try other.content(of: file, of: key) }
        }
        try place(key) { folder in
            for name in object.files.map(\.name) + [ObjectDescription.fileName] {
                let source = other.file(name, of: key)
                if link(source, folder + "/" + name) == 0 { continue }
                guard let bytes = try FileSystem.read(source) else {
                    throw StoreError(.damagedObject("the file is missing"), path: source)
                }
                try AtomicDirectory.file(bytes, named: name, in: folder)
            }
        }
        return true
    }

    // MARK: Files

    private func file(_ name: String, of key: ContentKey) -> String {
        folder(of: key) + "/" + name
    }

    private func size(of key: ContentKey) throws -> Int {
        let object = try description(of: key)
        return object?.files.reduce(0) { $0 + $1.length } ?? 0
    }

    private func content(
        of file: ObjectDescription.File, of key: ContentKey
    ) throws -> [UInt8] {
        let path = self.file(file.name, of: key)
        guard let bytes = try FileSystem.read(path) else {
            throw StoreError(.damagedObject("the file is missing"), path: path)
        }
        guard bytes.count == file.length else {
            throw StoreError(
                .damagedObject("it has \(bytes.count) bytes, \(file.length) were written"),
                path: path)
        }
        guard SHA256.digest(of: bytes).hexadecimal == file.sha256 else {
            throw StoreError(
                .damagedObject("its SHA-256 is not that of what was written"), path: path)
        }
        return bytes
    }
}

extension ContentKey {
    /// The key of what a text determines.
    init(_ description: String) {
        self.init(digits: SHA256.digest(of: description.utf8).hexadecimal)
    }

    /// Whether the key is 64 lower-case hexadecimal digits, as the key of a stored object is.
    var isHash: Bool {
        digits.utf8.count == 64
            && digits.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
