import Glibc

extension SHA256 {
    /// The sum of a file and its length in bytes, block by block: memory does not grow with it.
    ///
    /// - Parameter path: A regular file, or a link to one; a pipe in its place would keep everybody
    ///   waiting.
    /// - Returns: The sum and the length.
    /// - Throws: ``FileError`` where there is none, or something else.
    package static func digest(
        ofFile path: String
    ) throws(FileError) -> (digest: Digest, length: Int) {
        guard FileSystem.isFile(path) || !FileSystem.exists(path) else {
            throw FileError("read", path, code: FileSystem.isFolder(path) ? EISDIR : EINVAL)
        }
        let reader = try BlockReader(path)
        var hash = SHA256()
        var length = 0
        while true {
            let block = try reader.next(1 << 20)
            if block.isEmpty { return (hash.finalize(), length) }
            hash.update(block)
            length += block.count
        }
    }
}
