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
        var header = "{\"__metadata__\":{"
        header += metadata.map { "\(quoted($0.0)):\(quoted($0.1))" }.joined(separator: ",") + "}"
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            header +=
                ",\(quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
                + "\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        header += "}"
        var text = Array(header.utf8)
        while text.count % 8 != 0 { text.append(0x20) }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        return length + text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result += String(scalar)
            }
        }
        return result + "\""
    }
}
