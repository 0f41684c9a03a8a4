import CZlib

/// Uncompressing zlib, gzip and deflate data whole.
package enum Inflation {
    /// Why data cannot be uncompressed.
    package struct Failure: Error {
        /// What is wrong, to be read after the name of the data.
        package var problem: String
    }

    /// How compressed data are wrapped.
    package enum Form: Sendable {
        /// A zlib stream or a gzip file; which of the two is found out.
        case zlibOrGzip
        /// A deflate stream without header and checksum, as in ZIP archives.
        case deflate
    }

    /// How many bytes data may uncompress to where nothing says how many they should: no table and
    /// no text of a corpus is near it.
    package static let usualLimit = 1 << 29

    /// Uncompresses all of it at once.
    ///
    /// - Parameters:
    ///   - data: All that is compressed.
    ///   - form: How it is wrapped.
    ///   - limit: The most bytes it may uncompress to.
    /// - Returns: The uncompressed data.
    /// - Throws: ``Failure`` for data that are damaged, cut short, or more than `limit`. Memory
    ///   grows with the limit, not with what the data would uncompress to.
    package static func inflate(
        _ data: some Collection<UInt8>, form: Form = .zlibOrGzip, limit: Int = usualLimit
    ) throws(Failure) -> [UInt8] {
        let inflater = try Inflater(form)
        inflater.append(Array(data))
        var output: [UInt8] = []
        while true {
            let bytes = try inflater.next(1 << 16)
            if bytes.isEmpty {
                guard inflater.isAtEnd else { throw Inflater.cutShort }
                return output
            }
            guard bytes.count <= limit - output.count else {
                throw Failure(problem: "uncompresses to more than the \(limit) bytes allowed")
            }
            output += bytes
        }
    }
}

/// Uncompresses a stream piece by piece, so that memory does not grow with it.
final class Inflater {
    static let cutShort = Inflation.Failure(problem: "the compressed data are cut short or damaged")

    /// Whether the stream has ended and all of it was handed out.
    private(set) var isAtEnd = false
    /// zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0

    init(_ form: Inflation.Form) throws(Inflation.Failure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // The largest window; 32 more finds out whether zlib or gzip, negative is without a header.
        let window: Int32 = form == .deflate ? -15 : 15 + 32
        let status = inflateInit2_(
            stream, window, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw Inflation.Failure(problem: "zlib cannot start") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes the compressed bytes that follow those taken so far.
    func append(_ bytes: [UInt8]) {
        input.removeFirst(position)
        input += bytes
        position = 0
    }

    /// The next uncompressed bytes, at most `count`; empty at the end, and where more compressed
    /// bytes are needed.
    func next(_ count: Int) throws(Inflation.Failure) -> [UInt8] {
        if isAtEnd { return [] }
        var status = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            input.withUnsafeMutableBufferPointer { source in
                let size = min(source.count - position, 1 << 30)
                stream.pointee.next_in = source.baseAddress.map { $0 + position }
                stream.pointee.avail_in = UInt32(size)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                status = CZlib.inflate(stream, Z_NO_FLUSH)
                position += size - Int(stream.pointee.avail_in)
            }
            filled = target.count - Int(stream.pointee.avail_out)
        }
        switch status {
        case Z_STREAM_END: isAtEnd = true
        // Z_BUF_ERROR: nothing to do without more input.
        case Z_OK, Z_BUF_ERROR: break
        default: throw Self.cutShort
        }
        return output
    }
}
