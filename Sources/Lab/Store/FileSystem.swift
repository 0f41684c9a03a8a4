import Glibc

/// The few calls of the operating system that storage is made of, with errors that name the path.
enum FileSystem {
    /// An open file, closed when the value goes.
    struct Descriptor: ~Copyable {
        let number: Int32

        deinit { close(number) }
    }

    static func open(
        _ path: String, _ flags: Int32, action: String = "open"
    ) throws(StoreError) -> Descriptor {
        let number = restarting { Glibc.open(path, flags | O_CLOEXEC, 0o644) }
        guard number >= 0 else {
            throw StoreError(.refused(action: action, code: errno), path: path)
        }
        return Descriptor(number: number)
    }

    static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { memory in
                restarting {
                    Glibc.write(file, memory.baseAddress.map { $0 + done }, memory.count - done)
                }
            }
            guard count > 0 else {
                throw StoreError(.refused(action: "write", code: errno), path: path)
            }
            done += count
        }
    }

    /// The content of a file, or nil when there is none.
    static func read(_ path: String) throws(StoreError) -> [UInt8]? {
        let number = restarting { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        if number < 0 && (errno == ENOENT || errno == ENOTDIR) { return nil }
        guard number >= 0 else {
            throw StoreError(.refused(action: "open", code: errno), path: path)
        }
        let file = Descriptor(number: number)
        var status = stat()
        guard fstat(file.number, &status) == 0 else {
            throw StoreError(.refused(action: "read", code: errno), path: path)
        }
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { memory, filled in
            while filled < memory.count {
                let count = restarting {
                    Glibc.read(
                        file.number, memory.baseAddress.map { $0 + filled }, memory.count - filled)
                }
                if count < 0 { failure = errno }
                guard count > 0 else { return }
                filled += count
            }
        }
        if let failure { throw StoreError(.refused(action: "read", code: failure), path: path) }
        return bytes
    }

    static func synchronize(_ file: Int32, path: String) throws(StoreError) {
        guard restarting({ fsync(file) }) == 0 else {
            throw StoreError(.refused(action: "flush to disk", code: errno), path: path)
        }
    }

    /// Makes the names in a folder durable.
    static func synchronize(folder: String) throws(StoreError) {
        let file = try open(folder, O_RDONLY | O_DIRECTORY, action: "flush to disk")
        try synchronize(file.number, path: folder)
    }

    /// Creates a folder and those above it that are missing, durably.
    static func createFolder(_ path: String) throws(StoreError) {
        if isFolder(path) { return }
        let parent = parent(of: path)
        if parent != path { try createFolder(parent) }
        guard mkdir(path, 0o755) == 0 || (errno == EEXIST && isFolder(path)) else {
            throw StoreError(.refused(action: "create the folder", code: errno), path: path)
        }
        try synchronize(folder: parent)
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether two paths lead to the same file or folder, which is there.
    static func areSame(_ first: String, _ second: String) -> Bool {
        var left = stat()
        var right = stat()
        return stat(first, &left) == 0 && stat(second, &right) == 0 && left.st_ino == right.st_ino
            && left.st_dev == right.st_dev
    }

    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The path from the root, without links, or the path as it is when it leads nowhere.
    static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder, sorted by their bytes; none when there is no such folder.
    static func names(in folder: String) throws(StoreError) -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw StoreError(.refused(action: "list", code: errno), path: folder)
        }
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

    /// Removes a file, a link or a folder with everything in it; links are not followed.
    static func removeTree(_ path: String) throws(StoreError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try removeTree(path + "/" + name) }
            guard rmdir(path) == 0 || errno == ENOENT else {
                throw StoreError(.refused(action: "remove", code: errno), path: path)
            }
        } else {
            guard unlink(path) == 0 || errno == ENOENT else {
                throw StoreError(.refused(action: "remove", code: errno), path: path)
            }
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        let parent = path[..<slash]
        return parent.isEmpty ? "/" : String(parent)
    }

    /// The result of a call, made again while signals interrupt it.
    static func restarting<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
