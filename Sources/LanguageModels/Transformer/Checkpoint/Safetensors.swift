import Support
import Text

/// What the header of a safetensors file says: 8 bytes with its length, JSON, then the tensors'
/// bytes.
///
/// Reading trusts nothing: the header must describe exactly the bytes that follow, without gaps or
/// overlaps.
struct Safetensors {
    /// One tensor.
    struct Tensor {
        var name: String
        var format: NumberFormat
        var shape: [Int]
        /// Where it lies in the file.
        var bytes: Range<Int>

        var count: Int { bytes.count / format.size }
    }

    /// What to call the file in an error.
    let file: String
    /// Of the whole file.
    let byteCount: Int
    /// In the order of their bytes.
    let tensors: [Tensor]
    /// Free text under `__metadata__`.
    private let metadata: JSONValue?

    /// Reads the header of a whole file.
    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(TransformerError) {
        self.file = file
        byteCount = bytes.count
        guard bytes.count >= 8 else {
            throw Self.otherKind(bytes, file: file)
                ?? Self.problem(
                    "has \(bytes.count) bytes, fewer than a header's length takes", file: file)
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(bytes.count - 8) else {
            throw Self.otherKind(bytes, file: file)
                ?? Self.problem(
                    "promises a header of \(length) bytes in a file of \(bytes.count): it was cut short "
                        + "or is of another kind", file: file)
        }
        let start = 8 + Int(length)
        let header: JSONValue
        do {
            header = try JSONReader.read(Array(bytes[8..<start]))
        } catch {
            throw Self.problem(
                "has a header that is not JSON: line \(error.line), column \(error.column): "
                    + error.problem, file: file)
        }
        guard case .object(let members) = header else {
            throw Self.problem(
                "has a header that is \(header.kindName), not an object", file: file)
        }
        var tensors: [Tensor] = []
        for member in members where !member.key.elementsEqual("__metadata__".utf8) {
            tensors.append(try Self.tensor(member, from: start, to: bytes.count, file: file))
        }
        tensors.sort {
            ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name)
                < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
        }
        try Self.checkThatTheyAdjoin(tensors, from: start, to: bytes.count, file: file)
        self.tensors = tensors
        metadata = header["__metadata__"]
    }

    /// What a file is whose first bytes are no length of a header.
    private static func otherKind(
        _ bytes: UnsafeRawBufferPointer, file: String
    ) -> TransformerError? {
        FileSignature(of: bytes).map {
            problem("is \($0.name), not safetensors; \($0.remedy)", file: file)
        }
    }

    private static func problem(
        _ text: String, tensor: String? = nil, file: String
    ) -> TransformerError {
        TransformerError(.checkpoint(file: file, tensor: tensor, problem: text))
    }

    private static func tensor(
        _ member: JSONValue.Member, from start: Int, to end: Int, file: String
    ) throws(TransformerError) -> Tensor {
        let name = String(decoding: member.key, as: UTF8.self)
        func problem(_ text: String) -> TransformerError {
            Self.problem(text, tensor: name, file: file)
        }
        guard let type = member.value["dtype"]?.text,
            let shape = member.value["shape"]?.wholeNumbers,
            let offsets = member.value["data_offsets"]?.wholeNumbers
        else { throw problem("lacks one of dtype, shape and data_offsets, or has it wrong") }
        guard let format = NumberFormat(rawValue: type) else {
            let known = NumberFormat.parameters.map(\.rawValue).joined(separator: ", ")
            throw problem("has type \(type); readable are \(known)")
        }
        guard offsets.count == 2 else {
            throw problem("has \(offsets.count) offsets, not 2")
        }
        guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= end - start else {
            throw problem("lies at bytes \(offsets[0]) to \(offsets[1]) of \(end - start)")
        }
        var size = format.size
        for dimension in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            guard dimension >= 0, !overflow else { throw problem("has the shape \(shape)") }
            size = product
        }
        guard size == offsets[1] - offsets[0] else {
            throw problem(
                "has \(offsets[1] - offsets[0]) bytes where \(type) of shape \(shape) takes \(size)"
            )
        }
        return Tensor(
            name: name, format: format, shape: shape,
            bytes: start + offsets[0]..<start + offsets[1])
    }

    private static func checkThatTheyAdjoin(
        _ tensors: [Tensor], from start: Int, to end: Int, file: String
    ) throws(TransformerError) {
        var expected = start
        for tensor in tensors {
            let (begin, last) = (tensor.bytes.lowerBound - start, expected - start)
            guard begin == last else {
                throw problem(
                    begin < last
                        ? "begins at byte \(begin), inside the one before, which ends at \(last)"
                        : "begins at byte \(begin), but the one before ends at \(last)",
                    tensor: tensor.name, file: file)
            }
            expected = tensor.bytes.upperBound
        }
        guard expected == end else {
            throw problem(
                "has \(end - start) bytes of tensors where its header describes "
                    + "\(expected - start)", file: file)
        }
    }

    /// The text of a member of the metadata.
    func metadata(_ key: String) -> String? { metadata?[key]?.text }

    /// Reads the elements of a tensor, all of which must be finite, into memory for
    /// ``Tensor/count`` of them.
    func read(
        _ tensor: Tensor, of bytes: UnsafeRawBufferPointer,
        into values: UnsafeMutablePointer<Float>
    ) throws(TransformerError) {
        let memory = UnsafeRawBufferPointer(rebasing: bytes[tensor.bytes])
        guard tensor.format.decode(memory, into: values) else {
            let known = NumberFormat.parameters.map(\.rawValue).joined(separator: ", ")
            throw Self.problem(
                "has type \(tensor.format.rawValue); readable are \(known)", tensor: tensor.name,
                file: file)
        }
        for index in 0..<tensor.count where !values[index].isFinite {
            throw Self.problem(
                "is \(values[index]) at element \(index)", tensor: tensor.name, file: file)
        }
    }
}

extension JSONValue {
    /// The elements of an array of whole numbers.
    fileprivate var wholeNumbers: [Int]? {
        guard case .array(let elements) = self else { return nil }
        var numbers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
