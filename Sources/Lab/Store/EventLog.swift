import Glibc
import Support
import Synchronization

/// `events.jsonl`: appended to, line by line, by several threads; never rewritten.
package final class EventLog: Sendable {
    /// The path of the log file.
    package let path: String
    private let file: Int32
    private let appending = Mutex(())

    /// Opens the log, creating it when it is missing, and drops a last line that a killed run tore.
    package init(at path: String) throws {
        self.path = path
        let file = FileSystem.restarting {
            open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
        }
        guard file >= 0 else { throw FileError("open", path) }
        self.file = file
        guard FileSystem.isFile(path) else { throw FileError("append to", path, code: EINVAL) }
        let content = try FileSystem.read(path) ?? []
        let length = EventLog.wholeLength(of: content)
        guard length == content.count || ftruncate(file, off_t(length)) == 0 else {
            throw FileError("mend the last line of", path)
        }
    }

    deinit { close(file) }

    /// Appends a line, which reaches the operating system before the return and, if it is to be
    /// durable, the disk, with everything before it.
    package func append(_ event: Event, isDurable: Bool = false) throws {
        let line = event.line
        try appending.withLock { _ in
            let length = lseek(file, 0, SEEK_END)
            do {
                try FileSystem.write(line, to: file, path: path)
            } catch {
                // Half a line must not run into the next one.
                if length >= 0 { _ = ftruncate(file, length) }
                throw error
            }
            if isDurable { try FileSystem.synchronize(file, path: path) }
        }
    }

    /// How many bytes remain without a last line that has no end or makes no sense.
    private static func wholeLength(of content: [UInt8]) -> Int {
        var end = content.lastIndex(of: 10).map { $0 + 1 } ?? 0
        while end > 0 {
            let start = content[..<(end - 1)].lastIndex(of: 10).map { $0 + 1 } ?? 0
            if Event.isWhole(content[start..<(end - 1)]) { return end }
            end = start
        }
        return 0
    }
}
