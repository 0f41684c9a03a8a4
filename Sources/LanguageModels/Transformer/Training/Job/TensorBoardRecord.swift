/// Records of a TensorBoard event file: an `Event` message of TensorFlow's protocol buffers inside
/// TFRecord's frame.
///
/// Events carry no wall time, so that equal runs write equal bytes; TensorBoard draws them over
/// their steps.
enum TensorBoardRecord {
    /// The record that begins a file.
    static var header: [UInt8] {
        framed(field(3, bytes: Array("brain.Event:2".utf8)))
    }

    /// One event: the values of some curves at a step.
    static func scalars(_ values: [(tag: String, value: Float)], step: Int) -> [UInt8] {
        var summary: [UInt8] = []
        for (tag, value) in values {
            let scalar =
                field(1, bytes: Array(tag.utf8))
                + [2 << 3 | 5] + littleEndian(value.bitPattern)
            summary += field(1, bytes: scalar)
        }
        return framed([2 << 3] + variableLength(UInt64(step)) + field(5, bytes: summary))
    }

    /// Length, masked checksum of the length, data, masked checksum of the data.
    private static func framed(_ data: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(data.count))
        return length + littleEndian(CRC32C.masked(length)) + data
            + littleEndian(CRC32C.masked(data))
    }

    /// A field of the wire type "length-delimited".
    private static func field(_ number: UInt8, bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + variableLength(UInt64(bytes.count)) + bytes
    }

    /// Seven bits a byte, the lowest first.
    private static func variableLength(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
