import Compute
import Text

/// Models as the files of a Hugging Face directory, which `transformers` loads and scores the same.
package enum TransformerFiles {
    static let configurationFile = ConfigurationFile.name
    static let weightsFile = "model.safetensors"
    /// The name of the tokenizer's file in a model's folder.
    package static let tokenizerFile = StoredTokenizer.fileName

    // MARK: Writing

    /// `config.json` and `model.safetensors` of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - boundary: The document boundary, which begins and ends every text.
    /// - Returns: The files' bytes by name.
    package static func files(
        of model: TransformerModel, boundary: UInt32? = nil
    ) -> [String: [UInt8]] {
        files(of: model, beginning: boundary, end: boundary)
    }

    static func files(
        of model: TransformerModel, beginning: UInt32?, end: UInt32?
    ) -> [String: [UInt8]] {
        let configuration = ConfigurationFile(
            configuration: model.configuration, beginning: beginning, end: end)
        let tensors = model.layout.tensors.map { tensor in
            SafetensorsWriter.Tensor(
                name: tensor.name, shape: tensor.shape,
                elements: model.parameters.base + tensor.offset)
        }
        return [
            configurationFile: Array(configuration.text.utf8),
            weightsFile: SafetensorsWriter.bytes(of: tensors, metadata: [("format", "pt")]),
        ]
    }

    // MARK: Reading

    /// A model from the files of a Hugging Face directory.
    ///
    /// - Parameters:
    ///   - files: At least `config.json` and `model.safetensors`, by name.
    ///   - folder: What to call the directory in an error; empty for none.
    /// - Returns: The model.
    /// - Throws: ``TransformerError`` that names the file, the tensor and what disagrees.
    package static func read(
        _ files: [String: [UInt8]], folder: String = ""
    ) throws(TransformerError) -> TransformerModel {
        let prefix = folder.isEmpty ? "" : folder + "/"
        let configuration = try ConfigurationFile.read(
            try content(configurationFile, files, prefix), file: prefix + configurationFile
        ).configuration
        let weights = try content(weightsFile, files, prefix)
        return try weights.withUnsafeBufferPointer { memory throws(TransformerError) in
            let bytes = UnsafeRawBufferPointer(memory)
            let name = prefix + weightsFile
            return try ModelReader(
                configuration, [.init(header: Safetensors(bytes, file: name), bytes: bytes)],
                name: name
            ).model()
        }
    }

    private static func content(
        _ name: String, _ files: [String: [UInt8]], _ prefix: String
    ) throws(TransformerError) -> [UInt8] {
        guard let bytes = files[name] else { throw missing(prefix + name) }
        return bytes
    }

    static func missing(_ path: String) -> TransformerError {
        TransformerError(
            .checkpoint(
                file: path, tensor: nil,
                problem: "is missing: a model needs \(configurationFile) and \(weightsFile)"))
    }
}
