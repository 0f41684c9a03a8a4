import Support

/// Where a command writes: a file that appears whole, or standard output.
struct OutputFile: ~Copyable {
    private var file: AtomicFileWriter?

    /// `-` is standard output.
    init(_ path: String) throws(FileError) {
        file = path == "-" ? nil : try AtomicFileWriter.begin(path)
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if file == nil {
            try StandardOutput.write(bytes)
        } else {
            try file?.write(bytes)
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { memory throws(FileError) in
            try write(UnsafeRawBufferPointer(memory))
        }
    }

    mutating func commit() throws(FileError) { try file?.commit() }
}
