/// Files that are there whole or not at all, whenever the process or the machine stops.
package enum AtomicFile {
    /// Replaces a file: temporary name in the same folder, flush, rename, flush of the folder.
    ///
    /// Folders that are missing are created, below `staging` if it is given. After the return the content survives a power failure.
    /// `staging` is where the temporary file lies, if not beside the result: a folder of the same
    /// file system, which is there and is swept.
    package static func write(
        _ bytes: [UInt8], to path: String, staging: String? = nil
    ) throws(FileError) {
        var file = try AtomicFileWriter.begin(path, staging: staging)
        try file.write(bytes)
        try file.commit()
    }

    /// Replaces a file by a text, as the other form does.
    package static func write(
        _ text: String, to path: String, staging: String? = nil
    ) throws(FileError) {
        try write([UInt8](text.utf8), to: path, staging: staging)
    }
}
