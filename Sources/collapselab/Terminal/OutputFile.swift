import Support

/// Where a command writes: a file that appears whole, or standard output.
struct OutputFile: ~Copyable {
    private var file: AtomicFileWriter?
    private var gzip: GzipStream?

    /// `-` is standard output; a file whose name ends in `.gz` is compressed where `compresses` says
    /// so.
    init(_ path: String, compresses: Bool = false) throws(FileError) {
        file = path == "-" ? nil : try AtomicFileWriter.begin(path)
        gzip = compresses && path.hasSuffix(".gz") ? GzipStream() : nil
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if file == nil {
            try StandardOutput.write(bytes)
        } else {
            try file?.write(bytes)
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try writeAsIs(gzip.map { $0.compressed(bytes) } ?? bytes)
    }

    private mutating func writeAsIs(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { memory throws(FileError) in
            try write(UnsafeRawBufferPointer(memory))
        }
    }

    mutating func commit() throws(FileError) {
        if let gzip { try writeAsIs(gzip.compressed([], isLast: true)) }
        try file?.commit()
    }
}
