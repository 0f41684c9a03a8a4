import Compute
import Text

/// Named arrays of 32-bit floats with texts beside them, as a safetensors file: what is stored of a
/// fit.
struct ArrayFile {
    struct Entry {
        var name: String
        var shape: [Int]
        var values: SharedBuffer<Float>

        /// A flat array.
        init(_ name: String, _ values: SharedBuffer<Float>) {
            self.init(name, shape: [values.count], values)
        }

        init(_ name: String, shape: [Int], _ values: SharedBuffer<Float>) {
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    var entries: [Entry]
    var metadata: [(key: String, text: String)]
    /// What to call the file in errors.
    let file: String

    /// A file to be written.
    init(_ entries: [Entry], metadata: [(key: String, text: String)]) {
        self.entries = entries
        self.metadata = metadata
        file = "the file"
    }

    /// The file's bytes.
    var serialized: [UInt8] {
        SafetensorsWriter.bytes(
            of: entries.map {
                SafetensorsWriter.Tensor(
                    name: $0.name, shape: $0.shape, elements: $0.values.base)
            }, metadata: metadata.map { ($0.key, $0.text) })
    }

    /// Reads the bytes of a file and those of its texts that are asked for.
    init(
        serialized bytes: [UInt8], keys: [String] = [], file: String
    ) throws(TransformerError) {
        self.file = file
        var entries: [Entry] = []
        var metadata: [(key: String, text: String)] = []
        try bytes.withUnsafeBufferPointer { memory throws(TransformerError) in
            let bytes = UnsafeRawBufferPointer(memory)
            let header = try Safetensors(bytes, file: file)
            for key in keys { if let text = header.metadata(key) { metadata.append((key, text)) } }
            for tensor in header.tensors {
                let values = Buffer<Float>(count: tensor.count)
                try header.read(tensor, of: bytes, into: values.base)
                entries.append(Entry(tensor.name, shape: tensor.shape, SharedBuffer(values)))
            }
        }
        self.entries = entries
        self.metadata = metadata
    }

    /// The text at a key.
    func text(_ key: String) -> String? { metadata.first { $0.key == key }?.text }

    /// The elements of an array of a known shape.
    ///
    /// - Throws: ``TransformerError`` that names the array, where it is missing or of another
    ///   shape.
    func values(_ name: String, shape: [Int]) throws(TransformerError) -> SharedBuffer<Float> {
        guard let entry = entries.first(where: { $0.name == name }) else {
            throw TransformerError(.checkpoint(file: file, tensor: name, problem: "is missing"))
        }
        guard entry.shape == shape else {
            throw TransformerError(
                .checkpoint(
                    file: file, tensor: name,
                    problem: "has shape \(entry.shape); it should be \(shape)"))
        }
        return entry.values
    }
}
