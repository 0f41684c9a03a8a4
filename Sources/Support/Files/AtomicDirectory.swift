import Glibc

/// Folders that are there with everything in them or not at all.
package enum AtomicDirectory {
    /// Creates a folder that holds what `fill` puts into it, unless there is one already.
    ///
    /// `fill` writes into a temporary folder beside the others in `staging`, which is there, above
    /// `path` and on the same file system; what it writes it flushes itself, as `file(_:named:in:)` does.
    ///
    /// - Returns: False when another process or thread had created the folder first, which then
    ///   stands.
    @discardableResult
    package static func create(
        _ path: String, staging: String, fill: (_ folder: String) throws -> Void
    ) throws -> Bool {
        try FileSystem.createFolder(FileSystem.parent(of: path), below: staging)
        var folder = try StagingFolder(in: staging)
        try fill(folder.path)
        return try folder.place(at: path)
    }

    /// Removes a folder so that, stopped at any moment, it is there whole or not at all.
    package static func remove(_ path: String, staging: String) throws(FileError) {
        while true {
            let temporary = staging + "/" + Staging.name()
            if rename(path, temporary) == 0 {
                try FileSystem.removeTree(temporary)
                return
            }
            switch errno {
            case ENOENT: return
            case ENOTEMPTY, EEXIST: continue
            default: throw FileError("remove", path)
            }
        }
    }

    /// Writes and flushes a file of a folder that is being filled.
    package static func file(
        _ bytes: [UInt8], named name: String, in folder: String
    ) throws(FileError) {
        let path = folder + "/" + name
        let file = try FileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL, action: "create")
        try FileSystem.write(bytes, to: file.number, path: path)
        try FileSystem.synchronize(file.number, path: path)
    }
}
