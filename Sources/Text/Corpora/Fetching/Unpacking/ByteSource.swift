import Support

/// Bytes that come one after the other, so that memory does not grow with them.
package protocol ByteSource: AnyObject {
    /// At most `count` of the bytes that follow; none at the end.
    func next(_ count: Int) throws -> [UInt8]
}

/// The bytes of a file or pipe.
final class BlockSource: ByteSource {
    private let reader: BlockReader

    init(_ reader: consuming BlockReader) {
        self.reader = reader
    }

    func next(_ count: Int) throws -> [UInt8] { try reader.next(count) }
}

/// Bytes in memory, which must stay there.
package final class MemorySource: ByteSource {
    private var rest: UnsafeRawBufferPointer.SubSequence

    package init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    package func next(_ count: Int) -> [UInt8] {
        let block = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Array(block)
    }
}

/// The bytes that those of another source uncompress to.
package final class InflatingSource: ByteSource {
    private let source: any ByteSource
    private let inflater: Inflater

    /// - Throws: ``Inflation/Failure`` where zlib cannot start.
    package init(_ form: Inflation.Form, of source: any ByteSource) throws(Inflation.Failure) {
        self.source = source
        inflater = try Inflater(form)
    }

    /// - Throws: ``Inflation/Failure`` for data that are damaged or cut short, and what the source
    ///   throws.
    package func next(_ count: Int) throws -> [UInt8] {
        while true {
            let bytes = try inflater.next(count)
            if !bytes.isEmpty || inflater.isAtEnd { return bytes }
            let compressed = try source.next(1 << 16)
            guard !compressed.isEmpty else { throw Inflater.cutShort }
            inflater.append(compressed)
        }
    }
}
