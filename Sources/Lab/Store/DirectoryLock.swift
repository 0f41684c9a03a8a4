import Glibc
import Support

/// The advisory lock of a run directory, held until the value goes or the process ends, however.
///
/// The file holds the number of the process that holds the lock, for the message to the next.
final class DirectoryLock: Sendable {
    static let fileName = ".lock"

    /// Whether the file system has locks; where it has none, nothing keeps two processes apart.
    let isEffective: Bool
    private let path: String
    private let file: Int32

    init(_ directory: String) throws {
        path = directory + "/" + DirectoryLock.fileName
        let path = path
        file = FileSystem.restarting {
            open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        }
        guard file >= 0 else { throw FileError("lock", path) }
        do {
            isEffective = try DirectoryLock.take(file, of: directory, at: path)
        } catch {
            close(file)
            throw error
        }
        // Only for the message; the lock holds without it.
        _ = ftruncate(file, 0)
        try? FileSystem.write(Array("\(getpid())\n".utf8), to: file, path: path)
    }

    /// - Returns: False where the file system has no locks.
    private static func take(_ file: Int32, of directory: String, at path: String) throws -> Bool {
        guard FileSystem.restarting({ flock(file, LOCK_EX | LOCK_NB) }) != 0 else { return true }
        let code = errno
        if [ENOLCK, EOPNOTSUPP, ENOSYS].contains(code) { return false }
        guard code == EWOULDBLOCK else { throw FileError("lock", path, code: code) }
        let holder = try FileSystem.read(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let number = holder.prefix { $0.isASCII && $0.isNumber }
        throw StoreError(
            .inUse(process: number.isEmpty ? "another process" : "process \(number)"),
            path: directory)
    }

    /// Whether the directory is still the one that was locked: it may have been moved, removed or
    /// replaced since.
    var isInPlace: Bool { FileSystem.leads(path, to: file) }

    deinit { close(file) }
}
