import Support

/// Numbers in a file: 32-bit little-endian floats, end to end.
enum FloatFile {
    static func bytes(of numbers: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * numbers.count)
        for number in numbers {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
        }
        return bytes
    }

    /// - Throws: ``DamagedFile`` where there are not as many numbers as expected.
    static func numbers(
        in bytes: [UInt8], expecting count: Int, name: String
    ) throws(DamagedFile) -> [Float] {
        guard bytes.count == 4 * count else {
            throw DamagedFile(
                description: "\(name) has \(bytes.count) bytes where \(4 * count) are expected")
        }
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: (0..<4).reduce(0) {
                    $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1))
                })
        }
    }
}

/// A file that was not written by the setting that it is read for.
struct DamagedFile: Error, CustomStringConvertible {
    var description: String
}
