import Glibc
import Support

/// A folder under construction: becomes a corpus at once, or leaves nothing.
///
/// It lies in the cache as `.partial-PID-N`, locked while its owner lives; what a killed process
/// left is removed by the next one that begins.
struct WorkingFolder: ~Copyable {
    /// Where it lies.
    let path: String
    private let cache: String
    private let lock: Int32

    private static let prefix = ".partial-"

    /// Begins a folder in `cache`, which is created if missing.
    init(in cache: String) throws {
        try FileSystem.createFolder(cache)
        Self.sweep(cache)
        var number = 0
        while true {
            let path = "\(cache)/\(Self.prefix)\(getpid())-\(number)"
            number += 1
            if mkdir(path, 0o755) != 0 {
                guard errno == EEXIST else { throw FileError("create", path) }
                continue
            }
            let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            // A sweeper may have come between the creation and the lock.
            guard lock >= 0 else { continue }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0, FileSystem.isFolder(path) else {
                close(lock)
                continue
            }
            (self.path, self.cache, self.lock) = (path, cache, lock)
            return
        }
    }

    deinit {
        try? FileSystem.removeTree(path)
        close(lock)
    }

    /// Puts `folder`, which lies in this one, in the place of `cache/name`.
    ///
    /// A reader finds the old content, for an instant nothing, then the new content; never a part.
    func install(_ folder: String, as name: String) throws {
        let target = cache + "/" + name
        try FileSystem.synchronize(folder: folder)
        var attempt = 0
        while rename(folder, target) != 0 {
            let code = errno
            guard code == ENOTEMPTY || code == EEXIST, attempt < 100 else {
                throw FileError("create", target, code: code)
            }
            // The old content goes into this folder, and away with it.
            _ = rename(target, "\(path)/replaced-\(attempt)")
            attempt += 1
        }
        try FileSystem.synchronize(folder: cache)
    }

    /// Removes what processes left that are gone.
    private static func sweep(_ cache: String) {
        for name in (try? FileSystem.names(in: cache)) ?? [] where name.hasPrefix(prefix) {
            let path = cache + "/" + name
            let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileSystem.removeTree(path) }
            close(lock)
        }
    }
}
