import Glibc

/// The few calls of the operating system that files need, with errors that name the path.
package enum FileSystem {
    /// An open file, closed when the value goes.
    package struct Descriptor: ~Copyable {
        /// The file descriptor, valid as long as this value.
        package let number: Int32

        deinit { close(number) }
    }

    /// An open file that several values share, closed when the last of them goes.
    package final class SharedDescriptor: Sendable {
        private let file: Descriptor
        /// The file descriptor, valid as long as this value.
        package var number: Int32 { file.number }

        package init(_ file: consuming Descriptor) { self.file = file }
    }

    /// Opens a file with the flags of `open(2)`, close-on-exec added; a new file gets the mode
    /// 0644.
    ///
    /// - Throws: ``FileError``; `action` completes its "cannot ...".
    package static func open(
        _ path: String, _ flags: Int32, action: String = "open"
    ) throws(FileError) -> Descriptor {
        let number = restarting { Glibc.open(path, flags | O_CLOEXEC, 0o644) }
        guard number >= 0 else {
            throw FileError(action, path)
        }
        return Descriptor(number: number)
    }

    /// Writes all bytes to an open file, however many calls it takes.
    ///
    /// `path` is for the error only.
    ///
    /// - Throws: ``FileError`` where the system refuses; a part may be written then.
    package static func write(
        _ bytes: [UInt8], to file: Int32, path: String
    ) throws(FileError) {
        try bytes.withUnsafeBufferPointer { memory throws(FileError) in
            try write(UnsafeRawBufferPointer(memory), to: file, path: path)
        }
    }

    /// Writes all bytes of memory to an open file, as the other form does.
    ///
    /// - Throws: ``FileError`` where the system refuses; a part may be written then.
    package static func write(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, path: String
    ) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = restarting {
                Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            }
            guard count > 0 else { throw FileError("write", path) }
            done += count
        }
    }

    /// The content of a regular file, or nil when there is none.
    ///
    /// A pipe or a device in its place is an error: nobody may ever write to it.
    package static func read(_ path: String) throws(FileError) -> [UInt8]? {
        guard !isSpecial(path) else { throw FileError("read", path, code: EINVAL) }
        do throws(FileError) {
            return try content(of: path)
        } catch {
            guard error.code == ENOENT || error.code == ENOTDIR else { throw error }
            return nil
        }
    }

    /// The content of a file that must be there.
    package static func content(of path: String) throws(FileError) -> [UInt8] {
        let file = try open(path, O_RDONLY, action: "read")
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw FileError("read", path) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw FileError("read", path, code: EISDIR)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return try stream(path) }
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
        if let failure { throw FileError("read", path, code: failure) }
        return bytes
    }

    /// The content of a pipe or a device.
    private static func stream(_ path: String) throws(FileError) -> [UInt8] {
        let reader = try BlockReader(path)
        var bytes: [UInt8] = []
        while true {
            let block = try reader.next(1 << 20)
            if block.isEmpty { return bytes }
            bytes += block
        }
    }

    /// Flushes an open file to the disk with `fsync`; `path` is for the error only.
    ///
    /// - Throws: ``FileError`` where the system cannot.
    package static func synchronize(_ file: Int32, path: String) throws(FileError) {
        guard restarting({ fsync(file) }) == 0 else {
            throw FileError("flush to disk", path)
        }
    }

    /// Makes the names in a folder durable.
    package static func synchronize(folder: String) throws(FileError) {
        let file = try open(folder, O_RDONLY | O_DIRECTORY, action: "flush to disk")
        try synchronize(file.number, path: folder)
    }

    /// Creates a folder and those above it that are missing, durably.
    ///
    /// Of the folders above it, `root` and those above `root` must be there: what has been moved
    /// away is not made again.
    package static func createFolder(
        _ path: String, below root: String? = nil
    ) throws(FileError) {
        if isFolder(path) { return }
        guard path != root else { throw FileError("write to", path, code: ENOENT) }
        let parent = parent(of: path)
        if parent != path { try createFolder(parent, below: root) }
        guard mkdir(path, 0o755) == 0 || (errno == EEXIST && isFolder(path)) else {
            throw FileError("create the folder", path)
        }
        try synchronize(folder: parent)
    }

    /// Whether the path leads to a folder; links are followed.
    package static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

    /// Whether the path leads to a regular file; links are followed.
    package static func isFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

    /// The bytes of a file; nil for anything else, and where nothing is.
    package static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            ? Int(status.st_size) : nil
    }

    /// Whether the path leads to something that is neither a file nor a folder: a device, a pipe.
    package static func isSpecial(_ path: String) -> Bool {
        kind(of: path).map { $0 != S_IFREG && $0 != S_IFDIR } ?? false
    }

    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Whether two paths lead to the same file or folder, which is there.
    package static func areSame(_ first: String, _ second: String) -> Bool {
        var left = stat()
        var right = stat()
        return stat(first, &left) == 0 && stat(second, &right) == 0 && left.st_ino == right.st_ino
            && left.st_dev == right.st_dev
    }

    /// Whether a path leads to an open file, not to another one that took its place.
    package static func leads(_ path: String, to file: Int32) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(file, &opened) == 0 && lstat(path, &named) == 0
            && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    /// Whether the path itself is a symbolic link, wherever it leads.
    package static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The path from the root, without links, or the path as it is when it leads nowhere.
    package static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether the path leads to anything; false for a link that leads nowhere.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a folder has something of the path's name, be it a link that leads nowhere.
    package static func isNamed(_ path: String) -> Bool { exists(path) || isLink(path) }

    /// The names in a folder, sorted by their bytes; none when there is no such folder.
    package static func namesIfAny(in folder: String) throws(FileError) -> [String] {
        isFolder(folder) ? try names(in: folder) : []
    }

    /// The names in a folder, sorted by their bytes.
    package static func names(in folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw FileError("list", folder) }
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
    package static func removeTree(_ path: String) throws(FileError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try removeTree(path + "/" + name) }
            guard rmdir(path) == 0 || errno == ENOENT else {
                throw FileError("remove", path)
            }
        } else {
            guard unlink(path) == 0 || errno == ENOENT else {
                throw FileError("remove", path)
            }
        }
    }

    /// Puts a finished file in the place of another, or where there is none.
    package static func move(_ path: String, to destination: String) throws(FileError) {
        guard rename(path, destination) == 0 else { throw FileError("replace", destination) }
    }

    /// The path up to its last slash, from the text alone: `.` where it has none, `/` for a name
    /// directly in the root.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        let parent = path[..<slash]
        return parent.isEmpty ? "/" : String(parent)
    }

    /// What people call a file or folder: the last part of its path that is a name.
    package static func lastName(of path: String) -> String {
        path.split(separator: "/").last { $0 != "." && $0 != ".." }.map(String.init) ?? path
    }

    /// The result of a call, made again while signals interrupt it.
    package static func restarting<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
