import Glibc
import Synchronization

/// Reads a file or standard input in blocks, so that memory does not grow with the file.
package struct BlockReader: ~Copyable {
    /// The path, or `standard input`.
    package let name: String
    private let file: FileSystem.Descriptor
    /// Bytes that were read to see what the file is, and are still to be handed on.
    private let pending = Mutex<[UInt8]>([])

    /// Opens a text; `-` is standard input. A byte order mark is left out.
    ///
    /// - Throws: ``FileError`` where the file cannot be opened; ``NotText`` where its first bytes
    ///   are those of something else.
    package static func text(_ path: String) throws -> BlockReader {
        let reader = try BlockReader(path)
        let first = try reader.next(TextKind.lookahead)
        try TextKind.check(first, file: reader.name)
        reader.pending.withLock { $0 = Array(first.dropFirst(TextKind.markLength(of: first))) }
        return reader
    }

    /// Opens a file; `-` is standard input.
    package init(_ path: String) throws(FileError) {
        if path != "-", FileSystem.isFolder(path) { throw FileError("read", path, code: EISDIR) }
        let opened = try FileSystem.open(
            path == "-" ? "/dev/stdin" : path, O_RDONLY, action: "read")
        name = path == "-" ? "standard input" : path
        file = opened
    }

    /// Reads what is open already; the descriptor is closed when the value goes.
    package init(adopting descriptor: Int32, name: String) {
        self.name = name
        file = FileSystem.Descriptor(number: descriptor)
    }

    /// The next bytes, at most `count` and fewer only at the end; empty when there are no more.
    package func next(_ count: Int) throws(FileError) -> [UInt8] {
        let first = pending.withLock { pending in
            let first = pending.prefix(count)
            pending.removeFirst(first.count)
            return first
        }
        if !first.isEmpty { return try first + next(count - first.count) }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
            while filled < memory.count {
                let length = FileSystem.restarting {
                    read(
                        file.number, memory.baseAddress.map { $0 + filled }, memory.count - filled)
                }
                if length < 0 { code = errno }
                guard length > 0 else { return }
                filled += length
            }
        }
        guard code == 0 else { throw FileError("read", name, code: code) }
        return bytes
    }
}
