import Glibc

/// Time as the file system tells it, in seconds: on a shared one that is the clock of its server,
/// whatever the clocks of the machines say.
package enum FileClock {
    /// The time now, by a file that is made in the folder for it; nil where none can be made.
    package static func now(in folder: String) -> Double? {
        let path = folder + "/" + Staging.name()
        guard let file = try? FileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL) else { return nil }
        defer { unlink(path) }
        return lastChange(of: file.number)
    }

    /// When an open file was last changed or touched.
    package static func lastChange(of file: Int32) -> Double? {
        var status = stat()
        return fstat(file, &status) == 0 ? seconds(status) : nil
    }

    /// When what is at a path was last changed or touched; links are not followed.
    package static func lastChange(of path: String) -> Double? {
        var status = stat()
        return lstat(path, &status) == 0 ? seconds(status) : nil
    }

    private static func seconds(_ status: stat) -> Double {
        Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
    }
}
