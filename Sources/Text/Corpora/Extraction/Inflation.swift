import CZlib

/// Uncompressing zlib and gzip data.
enum Inflation {
    /// Why data cannot be uncompressed.
    struct Failure: Error {
        var problem: String
    }

    /// Nothing that belongs into a corpus is longer; a damaged stream could claim anything.
    private static let greatestCount = 1 << 31

    /// The content of a zlib stream or a gzip file; which of the two is found out.
    static func inflate(_ data: some Collection<UInt8>) throws(Failure) -> [UInt8] {
        var input = Array(data)
        var output: [UInt8] = []
        var stream = z_stream()
        // 15 + 32: the largest window, zlib or gzip by the header.
        guard
            inflateInit2_(&stream, 47, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw Failure(problem: "zlib cannot start") }
        defer { inflateEnd(&stream) }
        let status: Int32 = input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            var status = Z_OK
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while status == Z_OK, output.count < greatestCount {
                chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    output.append(contentsOf: target.prefix(target.count - Int(stream.avail_out)))
                }
            }
            return status
        }
        guard status == Z_STREAM_END else {
            throw Failure(problem: "the compressed data are cut short or damaged")
        }
        return output
    }
}
