import FoundationEssentials

/// The safetensors format: 8 bytes with the length of a JSON header, the header, then the tensors' bytes.
///
/// Reading trusts nothing: the header must describe exactly the bytes that follow, without gaps or overlaps.
enum Safetensors {
    /// One tensor of 32-bit floats.
    struct Tensor: Hashable {
        var name: String
        var shape: [Int]
        var values: [Float]
    }

    /// Number formats that can be read; all become 32-bit floats.
    private enum Format: String, CaseIterable {
        case f64 = "F64"
        case f32 = "F32"
        case f16 = "F16"
        case bf16 = "BF16"

        var size: Int {
            switch self {
            case .f64: 8
            case .f32: 4
            case .f16, .bf16: 2
            }
        }
    }

    // MARK: Writing

    /// The bytes of a file. The header is padded with spaces so that the tensors begin at a multiple of 8.
    static func bytes(of tensors: [Tensor], metadata: [(String, String)]) -> [UInt8] {
        var header = "{\"__metadata__\":{"
        header += metadata.map { "\(quoted($0.0)):\(quoted($0.1))" }.joined(separator: ",") + "}"
        var offset = 0
        for tensor in tensors {
            let end = offset + 4 * tensor.values.count
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            header +=
                ",\(quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
                + "\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        header += "}"
        var text = Array(header.utf8)
        while text.count % 8 != 0 { text.append(0x20) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + text.count + offset)
        for shift in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: text.count >> (8 * shift)))
        }
        bytes += text
        for tensor in tensors {
            for value in tensor.values {
                let word = value.bitPattern
                bytes.append(UInt8(truncatingIfNeeded: word))
                bytes.append(UInt8(truncatingIfNeeded: word >> 8))
                bytes.append(UInt8(truncatingIfNeeded: word >> 16))
                bytes.append(UInt8(truncatingIfNeeded: word >> 24))
            }
        }
        return bytes
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

    // MARK: Reading

    /// What a header says of one tensor.
    private struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    /// The header: tensors by name, beside free text under `__metadata__`.
    private struct Header: Decodable {
        var entries: [(name: String, entry: Entry)] = []
        var metadata: [String: String] = [:]

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                if key.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries.append(
                        (key.stringValue, try container.decode(Entry.self, forKey: key)))
                }
            }
        }
    }

    /// A file's tensors, by name, and its metadata.
    struct Contents {
        /// In the order of their bytes.
        var tensors: [Tensor]
        var metadata: [String: String]
    }

    /// Reads a file; `file` names it in errors.
    static func read(_ bytes: [UInt8], file: String) throws(TransformerError) -> Contents {
        func problem(_ text: String, tensor: String? = nil) -> TransformerError {
            TransformerError(.checkpoint(file: file, tensor: tensor, problem: text))
        }
        guard bytes.count >= 8 else {
            throw problem("has \(bytes.count) bytes, fewer than a header's length takes")
        }
        var length: UInt64 = 0
        for index in 0..<8 { length |= UInt64(bytes[index]) << UInt64(8 * index) }
        guard length <= UInt64(bytes.count - 8) else {
            throw problem(
                "promises a header of \(length) bytes in a file of \(bytes.count): it was cut short "
                    + "or is of another kind")
        }
        let start = 8 + Int(length)
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<start]))
        } catch {
            throw problem("has a header that is not JSON of safetensors' form")
        }
        let dataCount = bytes.count - start
        var tensors: [(offset: Int, tensor: Tensor)] = []
        var spans: [(begin: Int, end: Int, name: String)] = []
        for (name, entry) in header.entries {
            guard let format = Format(rawValue: entry.dtype) else {
                let known = Format.allCases.map(\.rawValue).joined(separator: ", ")
                throw problem("has type \(entry.dtype); readable are \(known)", tensor: name)
            }
            guard entry.data_offsets.count == 2 else {
                throw problem("has \(entry.data_offsets.count) offsets, not 2", tensor: name)
            }
            let (begin, end) = (entry.data_offsets[0], entry.data_offsets[1])
            guard begin >= 0, begin <= end, end <= dataCount else {
                throw problem(
                    "lies at bytes \(begin) to \(end) of \(dataCount)", tensor: name)
            }
            var count = format.size
            for dimension in entry.shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
                guard dimension >= 0, !overflow else {
                    throw problem("has the shape \(entry.shape)", tensor: name)
                }
                count = product
            }
            guard count == end - begin else {
                throw problem(
                    "has \(end - begin) bytes where \(entry.dtype) of shape \(entry.shape) takes "
                        + "\(count)", tensor: name)
            }
            spans.append((begin, end, name))
            let values = values(bytes, start + begin, start + end, format)
            if let index = values.firstIndex(where: { !$0.isFinite }) {
                throw problem("is \(values[index]) at element \(index)", tensor: name)
            }
            tensors.append((begin, Tensor(name: name, shape: entry.shape, values: values)))
        }
        spans.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
        var expected = 0
        for span in spans {
            guard span.begin == expected else {
                throw problem(
                    span.begin < expected
                        ? "begins at byte \(span.begin), inside the one before, which ends at \(expected)"
                        : "begins at byte \(span.begin), but the one before ends at \(expected)",
                    tensor: span.name)
            }
            expected = span.end
        }
        guard expected == dataCount else {
            throw problem(
                "has \(dataCount) bytes of tensors where its header describes \(expected)")
        }
        tensors.sort { ($0.offset, $0.tensor.name) < ($1.offset, $1.tensor.name) }
        return Contents(tensors: tensors.map(\.tensor), metadata: header.metadata)
    }

    private static func values(
        _ bytes: [UInt8], _ begin: Int, _ end: Int, _ format: Format
    ) -> [Float] {
        func word(_ position: Int, _ count: Int) -> UInt64 {
            var word: UInt64 = 0
            for index in 0..<count { word |= UInt64(bytes[position + index]) << UInt64(8 * index) }
            return word
        }
        return stride(from: begin, to: end, by: format.size).map { position in
            let bits = word(position, format.size)
            switch format {
            case .f64: return Float(Double(bitPattern: bits))
            case .f32: return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
            case .bf16: return Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16)
            case .f16: return half(UInt16(truncatingIfNeeded: bits))
            }
        }
    }

    /// IEEE 754 binary16, spelled out because not every machine's Swift has the type.
    private static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10) & 31
        let fraction = Float(bits & 1023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            return sign * (1 + fraction * 0x1p-10)
                * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
