import Glibc
import Support

/// The advisory lock of a run directory, held until the value goes or the process ends, however.
///
/// The file holds the number of the process that holds the lock, for the message to the next.
final class DirectoryLock: Sendable {
    static let fileName = ".lock"

    private let file: Int32

    init(_ directory: String) throws {
        let path = directory + "/" + DirectoryLock.fileName
        let file = FileSystem.restarting { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
        guard file >= 0 else { throw FileError("lock", path) }
        if FileSystem.restarting({ flock(file, LOCK_EX | LOCK_NB) }) != 0 {
            let code = errno
            close(file)
            guard code == EWOULDBLOCK else {
                throw FileError("lock", path, code: code)
            }
            let holder = try FileSystem.read(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let number = holder.prefix { $0.isASCII && $0.isNumber }
            throw StoreError(
                .inUse(process: number.isEmpty ? "another process" : "process \(number)"),
                path: directory)
        }
        self.file = file
        // Only for the message; the lock holds without it.
        _ = ftruncate(file, 0)
        try? FileSystem.write(Array("\(getpid())\n".utf8), to: file, path: path)
    }

    deinit { close(file) }
}
