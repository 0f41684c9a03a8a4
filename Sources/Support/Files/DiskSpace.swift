import Glibc

/// What files take of a disk, and what it has left.
package enum DiskSpace {
    /// The bytes of all files below a folder; what cannot be read counts for nothing.
    package static func used(below folder: String) -> Int {
        ((try? FileSystem.names(in: folder)) ?? []).reduce(0) { sum, name in
            let path = folder + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { return sum }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return sum + used(below: path)
            case S_IFREG: return sum + Int(status.st_size)
            default: return sum
            }
        }
    }

    /// The bytes that this user may still write where a path is or will be; nil where that is not known.
    package static func free(at path: String) -> Double? {
        var folder = FileSystem.absolute(path)
        while !FileSystem.isFolder(folder), folder != "/" { folder = FileSystem.parent(of: folder) }
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Double(status.f_bavail) * Double(status.f_frsize)
    }
}
