import Glibc

/// Files that are there whole or not at all, whenever the process or the machine stops.
package enum AtomicFile {
    /// Replaces a file: temporary name in the same folder, flush, rename, flush of the folder.
    ///
    /// Folders that are missing are created. After the return the content survives a power failure.
    /// `staging` is where the temporary file lies, if not beside the result: a folder of the same
    /// file system, which is there and is swept.
    package static func write(
        _ bytes: [UInt8], to path: String, staging: String? = nil
    ) throws(StoreError) {
        let folder = FileSystem.parent(of: path)
        try FileSystem.createFolder(folder)
        while true {
            let temporary = (staging ?? folder) + "/" + Staging.name()
            let number = FileSystem.restarting {
                open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            }
            if number < 0 && errno == EEXIST { continue }
            guard number >= 0 else {
                throw StoreError(.refused(action: "create", code: errno), path: path)
            }
            let file = FileSystem.Descriptor(number: number)
            // A sweeper may have come between the creation and the lock; then a new name is taken.
            guard Staging.lock(file.number) || errno != EWOULDBLOCK,
                Staging.isStill(file.number, at: temporary)
            else { continue }
            do throws(StoreError) {
                try FileSystem.write(bytes, to: file.number, path: path)
                try FileSystem.synchronize(file.number, path: path)
                guard rename(temporary, path) == 0 else {
                    throw StoreError(.refused(action: "replace", code: errno), path: path)
                }
            } catch {
                unlink(temporary)
                throw error
            }
            try FileSystem.synchronize(folder: folder)
            return
        }
    }

    /// Replaces a file by a text, as the other form does.
    package static func write(
        _ text: String, to path: String, staging: String? = nil
    ) throws(StoreError) {
        try write([UInt8](text.utf8), to: path, staging: staging)
    }
}

/// Folders that are there with everything in them or not at all.
package enum AtomicDirectory {
    /// Creates a folder that holds what `fill` puts into it, unless there is one already.
    ///
    /// `fill` writes into a temporary folder beside the others in `staging`, which must be on the
    /// same file system as `path`; what it writes it flushes itself, as `file(_:named:in:)` does.
    ///
    /// - Returns: False when another process or thread had created the folder first, which then
    ///   stands.
    @discardableResult
    package static func create(
        _ path: String, staging: String, fill: (_ folder: String) throws(StoreError) -> Void
    ) throws(StoreError) -> Bool {
        let parent = FileSystem.parent(of: path)
        try FileSystem.createFolder(staging)
        try FileSystem.createFolder(parent)
        while true {
            let temporary = staging + "/" + Staging.name()
            if mkdir(temporary, 0o755) != 0 {
                if errno == EEXIST { continue }
                throw StoreError(.refused(action: "create", code: errno), path: path)
            }
            let number = FileSystem.restarting {
                open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
            // As for a file: a sweeper may have been faster than the lock.
            if number < 0 && errno == ENOENT { continue }
            guard number >= 0 else {
                throw StoreError(.refused(action: "open", code: errno), path: path)
            }
            let folder = FileSystem.Descriptor(number: number)
            guard Staging.lock(folder.number) || errno != EWOULDBLOCK,
                Staging.isStill(folder.number, at: temporary)
            else { continue }
            do throws(StoreError) {
                try fill(temporary)
                try FileSystem.synchronize(folder.number, path: path)
                if rename(temporary, path) != 0 {
                    let code = errno
                    guard code == ENOTEMPTY || code == EEXIST else {
                        throw StoreError(.refused(action: "create", code: code), path: path)
                    }
                    try FileSystem.removeTree(temporary)
                    return false
                }
            } catch {
                try? FileSystem.removeTree(temporary)
                throw error
            }
            try FileSystem.synchronize(folder: parent)
            return true
        }
    }

    /// Removes a folder so that, stopped at any moment, it is there whole or not at all.
    package static func remove(_ path: String, staging: String) throws(StoreError) {
        while true {
            let temporary = staging + "/" + Staging.name()
            if rename(path, temporary) == 0 {
                try FileSystem.removeTree(temporary)
                return
            }
            switch errno {
            case ENOENT: return
            case ENOTEMPTY, EEXIST: continue
            default: throw StoreError(.refused(action: "remove", code: errno), path: path)
            }
        }
    }

    /// Writes and flushes a file of a folder that is being filled.
    static func file(
        _ bytes: [UInt8], named name: String, in folder: String
    ) throws(StoreError) {
        let path = folder + "/" + name
        let file = try FileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL, action: "create")
        try FileSystem.write(bytes, to: file.number, path: path)
        try FileSystem.synchronize(file.number, path: path)
    }
}
