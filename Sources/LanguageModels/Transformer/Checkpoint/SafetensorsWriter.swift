import Support

/// Writes safetensors files of 32-bit floats.
struct SafetensorsWriter {
    /// One tensor; its elements are named by where they begin and must outlive the writer.
    struct Tensor {
        var name: String
        var shape: [Int]
        var elements: UnsafePointer<Float>

        var byteCount: Int { shape.reduce(4, *) }
    }

    /// The bytes of a file.
    static func bytes(of tensors: [Tensor], metadata: [(String, String)]) -> [UInt8] {
        let header = header(of: tensors, metadata: metadata)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(header.count + tensors.reduce(0) { $0 + $1.byteCount })
        bytes += header
        for tensor in tensors {
            // The format is little-endian, as every machine is that Swift runs on.
            bytes += UnsafeRawBufferPointer(start: tensor.elements, count: tensor.byteCount)
        }
        return bytes
    }

    /// Length and JSON, padded with spaces so that the tensors begin at a multiple of 8.
    private static func header(of tensors: [Tensor], metadata: [(String, String)]) -> [UInt8] {
        var members = [
            JSONValue.Member(
                "__metadata__", .object(metadata.map { JSONValue.Member($0.0, .text($0.1)) }))
        ]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.byteCount
            let description: JSONValue = .object([
                "dtype": .text("F32"), "shape": .array(tensor.shape.map { .integer($0) }),
                "data_offsets": .array([.integer(offset), .integer(end)]),
            ])
            members.append(JSONValue.Member(tensor.name, description))
            offset = end
        }
        var text = JSONWriter.write(.object(members))
        while text.count % 8 != 0 { text.append(0x20) }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        return length + text
    }
}
