import Glibc

/// A folder under construction: what is made in it takes its place whole, and the rest goes with
/// the value.
///
/// It has a name by which ``Staging/sweep(_:isAlone:)`` knows whether its owner lives.
package struct StagingFolder: ~Copyable {
    /// The temporary path, to fill before the folder is placed.
    package let path: String
    private let folder: FileSystem.Descriptor
    private var isPlaced = false

    /// Begins a folder in `staging`, which is there.
    ///
    /// - Throws: What the file system refuses.
    package init(in staging: String) throws(FileError) {
        while true {
            let path = staging + "/" + Staging.name()
            if mkdir(path, 0o755) != 0 {
                if errno == EEXIST { continue }
                throw FileError("create", path)
            }
            let number = FileSystem.restarting { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            guard number >= 0 else { throw FileError("open", path) }
            self.path = path
            folder = FileSystem.Descriptor(number: number)
            return
        }
    }

    deinit {
        if !isPlaced { try? FileSystem.removeTree(path) }
    }

    /// Puts the folder itself where nothing is yet.
    ///
    /// - Returns: False when another process or thread has a folder there, which then stands.
    package mutating func place(at destination: String) throws(FileError) -> Bool {
        try FileSystem.synchronize(folder.number, path: destination)
        guard rename(path, destination) == 0 else {
            if errno == ENOTEMPTY || errno == EEXIST { return false }
            throw FileError("create", destination)
        }
        isPlaced = true
        try FileSystem.synchronize(folder: FileSystem.parent(of: destination))
        return true
    }

    /// Puts a folder that lies in this one in the place of another, or where there is none.
    ///
    /// A reader finds the old content, for an instant nothing, then the new content; never a part.
    package borrowing func replace(_ destination: String, by name: String) throws(FileError) {
        let folder = path + "/" + name
        try FileSystem.synchronize(folder: folder)
        var attempt = 0
        while rename(folder, destination) != 0 {
            guard errno == ENOTEMPTY || errno == EEXIST, attempt < 100 else {
                throw FileError("create", destination)
            }
            // The old content goes into this folder, and away with it.
            _ = rename(destination, "\(path)/replaced-\(attempt)")
            attempt += 1
        }
        try FileSystem.synchronize(folder: FileSystem.parent(of: destination))
    }
}
