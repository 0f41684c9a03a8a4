import Compute

/// Models as the files of a Hugging Face directory, which `transformers` loads and scores the same.
package enum TransformerFiles {
    static let configurationFile = ConfigurationFile.name
    static let weightsFile = "model.safetensors"
    private static let trainingFile = "training.safetensors"
    static let tokenizerFile = "tokenizer.json"

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
            return try ModelReader(
                configuration, Safetensors(bytes, file: prefix + weightsFile)
            ).model(from: bytes)
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

    // MARK: The state of a fit

    /// The files of a fit between two steps: those of its model, and the optimizer's state.
    package static func files(of checkpoint: TrainingCheckpoint) -> [String: [UInt8]] {
        var files = files(of: checkpoint.model)
        files[trainingFile] = bytes(
            of: checkpoint.optimizer,
            metadata: [("step", "\(checkpoint.step)"), ("tokens", "\(checkpoint.tokens)")])
        return files
    }

    /// The file of an optimizer's state alone, for a later fit that carries it over.
    package static func file(of optimizer: OptimizerState) -> [UInt8] {
        bytes(of: optimizer, metadata: [])
    }

    private static func bytes(
        of optimizer: OptimizerState, metadata: [(String, String)]
    ) -> [UInt8] {
        func moment(_ name: String, _ buffer: SharedBuffer<Float>) -> SafetensorsWriter.Tensor {
            SafetensorsWriter.Tensor(name: name, shape: [buffer.count], elements: buffer.base)
        }
        return SafetensorsWriter.bytes(
            of: [
                moment("first_moment", optimizer.firstMoment),
                moment("second_moment", optimizer.secondMoment),
            ], metadata: metadata + [("updates", "\(optimizer.updates)")])
    }

    /// Reads what ``files(of:)`` wrote.
    package static func readTraining(
        _ files: [String: [UInt8]], folder: String = ""
    ) throws(TransformerError) -> TrainingCheckpoint {
        let model = try read(files, folder: folder)
        let prefix = folder.isEmpty ? "" : folder + "/"
        let bytes = try content(trainingFile, files, prefix)
        return try bytes.withUnsafeBufferPointer { memory throws(TransformerError) in
            let bytes = UnsafeRawBufferPointer(memory)
            let file = try Safetensors(bytes, file: prefix + trainingFile)
            return TrainingCheckpoint(
                model: model,
                optimizer: try optimizer(file, of: bytes, count: model.layout.count),
                step: try count("step", file), tokens: try count("tokens", file))
        }
    }

    /// Reads what ``file(of:)`` wrote, for a model with `parameters` elements in its layout.
    package static func readOptimizer(
        _ bytes: [UInt8], parameters: Int, file: String = "optimizer.safetensors"
    ) throws(TransformerError) -> OptimizerState {
        try bytes.withUnsafeBufferPointer { memory throws(TransformerError) in
            let bytes = UnsafeRawBufferPointer(memory)
            return try optimizer(
                try Safetensors(bytes, file: file), of: bytes, count: parameters)
        }
    }

    private static func optimizer(
        _ file: Safetensors, of bytes: UnsafeRawBufferPointer, count parameters: Int
    ) throws(TransformerError) -> OptimizerState {
        func moment(_ name: String) throws(TransformerError) -> SharedBuffer<Float> {
            let tensor = file.tensors.first { $0.name == name }
            guard let tensor, tensor.count == parameters else {
                throw TransformerError(
                    .checkpoint(
                        file: file.file, tensor: name,
                        problem: "has \(tensor?.count ?? 0) elements; the model has \(parameters)"))
            }
            let values = Buffer<Float>(count: parameters)
            try file.read(tensor, of: bytes, into: values.base)
            return SharedBuffer(values)
        }
        return OptimizerState(
            firstMoment: try moment("first_moment"), secondMoment: try moment("second_moment"),
            updates: try count("updates", file))
    }

    private static func count(
        _ name: String, _ file: Safetensors
    ) throws(TransformerError) -> Int {
        let text = file.metadata(name)
        guard let value = text.flatMap({ Int($0) }), value >= 0 else {
            throw TransformerError(
                .checkpoint(
                    file: file.file, tensor: nil,
                    problem: "has \(name) \(text ?? "missing") in its metadata; it must be a whole "
                        + "number"))
        }
        return value
    }
}
