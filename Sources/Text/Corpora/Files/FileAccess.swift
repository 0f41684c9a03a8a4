import Glibc

/// The few calls of the operating system that corpora are made of, with errors that name the path.
enum FileAccess {
    /// The content of a file.
    static func read(_ path: String) throws(CorpusError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw refused("read", path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw refused("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CorpusError(.inaccessible(path: path, action: "read", reason: "it is no file"))
        }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { memory, filled in
            while filled < memory.count {
                let count = Glibc.read(
                    file, memory.baseAddress.map { $0 + filled }, memory.count - filled)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { code = errno }
                guard count > 0 else { return }
                filled += count
            }
        }
        guard code == 0 else { throw refused("read", path, code) }
        return bytes
    }

    /// Creates a file whose content survives a power failure once the folder is flushed too.
    static func create(_ path: String, _ bytes: [UInt8]) throws(CorpusError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw refused("create", path) }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { memory in
                write(file, memory.baseAddress.map { $0 + done }, memory.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw refused("write", path) }
            done += count
        }
        guard fsync(file) == 0 else { throw refused("flush", path) }
    }

    /// The names in a folder, sorted by their bytes.
    static func names(in folder: String) throws(CorpusError) -> [String] {
        guard let stream = opendir(folder) else { throw refused("list", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

    static func isFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Creates a folder and those above it that are missing.
    static func createFolder(_ path: String) throws(CorpusError) {
        if isFolder(path) { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try createFolder(String(path[..<slash]))
        }
        guard mkdir(path, 0o755) == 0 || isFolder(path) else { throw refused("create", path) }
    }

    /// Makes the names in a folder durable.
    static func flushFolder(_ path: String) throws(CorpusError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw refused("flush", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw refused("flush", path) }
    }

    /// Removes a file, a link or a folder with everything in it; what is not there is no error.
    static func removeTree(_ path: String) {
        if isFolder(path), !isLink(path) {
            for name in (try? names(in: path)) ?? [] { removeTree(path + "/" + name) }
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    static func refused(_ action: String, _ path: String, _ code: Int32 = errno) -> CorpusError {
        CorpusError(
            .inaccessible(path: path, action: action, reason: String(cString: strerror(code))))
    }
}
