import Glibc

/// Reads a file or standard input in blocks, so that memory does not grow with the file.
package struct BlockReader: ~Copyable {
    /// The path, or `standard input`.
    package let name: String
    private let file: FileSystem.Descriptor

    /// Opens a file; `-` is standard input.
    package init(_ path: String) throws(FileError) {
        if path != "-", FileSystem.isFolder(path) { throw FileError("read", path, code: EISDIR) }
        let opened = try FileSystem.open(
            path == "-" ? "/dev/stdin" : path, O_RDONLY, action: "read")
        name = path == "-" ? "standard input" : path
        file = opened
    }

    /// The next bytes, at most `count` and fewer only at the end; empty when there are no more.
    package func next(_ count: Int) throws(FileError) -> [UInt8] {
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
