import Glibc

/// A file's content as memory, read from disk when it is touched.
///
/// The content must not change while it is mapped: files written by ``AtomicFileWriter`` never do.
package final class MappedFile: @unchecked Sendable {
    // `@unchecked`: the memory is read-only.

    /// Aligned to a page, and gone with this object: whoever keeps the address keeps the object
    /// too.
    package let bytes: UnsafeRawBufferPointer

    package init(_ path: String) throws(FileError) {
        let file = try FileSystem.open(path, O_RDONLY, action: "read")
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw FileError("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("map", path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : ENODEV)
        }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, file.number, 0),
            memory != MAP_FAILED
        else { throw FileError("map", path) }
        bytes = UnsafeRawBufferPointer(start: memory, count: count)
    }

    deinit {
        if let memory = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: memory), bytes.count)
        }
    }

    /// Lends the content.
    package func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(self) { try body(bytes) }
    }
}
