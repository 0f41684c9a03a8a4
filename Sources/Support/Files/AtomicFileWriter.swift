import Glibc

/// A file under construction: it takes its place whole when it is committed, or leaves nothing.
///
/// It grows under a temporary name in the folder of the result. A path that leads to a device or a
/// pipe is written to directly.
package struct AtomicFileWriter: ~Copyable {
    /// Where the file will be.
    package let path: String
    private let temporary: String?
    private let file: FileSystem.Descriptor
    private var isCommitted = false
    /// Where a signal handler finds the temporary name.
    private let unfinished: Int?

    private init(_ path: String, _ temporary: String?, _ file: consuming FileSystem.Descriptor) {
        self.path = path
        self.temporary = temporary
        self.file = file
        unfinished = temporary.flatMap(UnfinishedFiles.note)
    }

    /// Begins a file; folders that are missing are created, below `staging` if it is given. For
    /// `staging` see ``AtomicFile``.
    package static func begin(
        _ path: String, staging: String? = nil
    ) throws(FileError) -> AtomicFileWriter {
        if FileSystem.isSpecial(path) {
            return AtomicFileWriter(path, nil, try FileSystem.open(path, O_WRONLY))
        }
        let folder = FileSystem.parent(of: path)
        try FileSystem.createFolder(folder, below: staging)
        // A folder of its own is swept by whoever opens it.
        if staging == nil { try Staging.sweep(folder) }
        while true {
            let temporary = (staging ?? folder) + "/" + Staging.name()
            let number = FileSystem.restarting {
                open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            }
            if number < 0 && errno == EEXIST { continue }
            guard number >= 0 else { throw FileError("create", path) }
            return AtomicFileWriter(path, temporary, FileSystem.Descriptor(number: number))
        }
    }

    deinit {
        if !isCommitted, let temporary { unlink(temporary) }
        if let unfinished { UnfinishedFiles.forget(unfinished) }
    }

    /// Appends bytes.
    package mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try FileSystem.write(bytes, to: file.number, path: path)
    }

    /// Appends bytes.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try FileSystem.write(bytes, to: file.number, path: path)
    }

    /// Puts the file in its place; after the return it survives a power failure.
    package mutating func commit() throws(FileError) {
        guard let temporary else { return }
        try FileSystem.synchronize(file.number, path: path)
        guard rename(temporary, path) == 0 else { throw FileError("replace", path) }
        isCommitted = true
        try FileSystem.synchronize(folder: FileSystem.parent(of: path))
    }
}
