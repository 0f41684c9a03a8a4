import Compute
import FoundationEssentials

/// Models as the files of a Hugging Face directory, which `transformers` loads and scores the same.
package enum TransformerFiles {
    private static let configurationFile = "config.json"
    private static let weightsFile = "model.safetensors"
    private static let trainingFile = "training.safetensors"

    /// The parts of `config.json` that matter here. Names are Hugging Face's.
    private struct HuggingFaceConfiguration: Codable {
        var model_type: String?
        var activation_function: String?
        var n_embd: Int
        var n_head: Int
        var n_inner: Int?
        var n_layer: Int
        var n_positions: Int
        var vocab_size: Int
        var layer_norm_epsilon: Double?
        var tie_word_embeddings: Bool?
        var scale_attn_weights: Bool?
        var scale_attn_by_inverse_layer_idx: Bool?
    }

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
        [
            configurationFile: Array(configuration(of: model.configuration, boundary).utf8),
            weightsFile: Safetensors.bytes(
                of: tensors(of: model), metadata: [("format", "pt")]),
        ]
    }

    private static func configuration(
        of configuration: TransformerConfiguration, _ boundary: UInt32?
    ) -> String {
        let end = boundary.map { "\($0)" } ?? "null"
        return """
            {
              "activation_function": "gelu_new",
              "architectures": ["GPT2LMHeadModel"],
              "attn_pdrop": 0.0,
              "bos_token_id": \(end),
              "embd_pdrop": 0.0,
              "eos_token_id": \(end),
              "initializer_range": 0.02,
              "layer_norm_epsilon": \(configuration.normEpsilon),
              "model_type": "gpt2",
              "n_ctx": \(configuration.contextLength),
              "n_embd": \(configuration.width),
              "n_head": \(configuration.heads),
              "n_inner": null,
              "n_layer": \(configuration.layers),
              "n_positions": \(configuration.contextLength),
              "resid_pdrop": 0.0,
              "tie_word_embeddings": true,
              "torch_dtype": "float32",
              "use_cache": true,
              "vocab_size": \(configuration.vocabularyCount)
            }

            """
    }

    private static func tensors(of model: TransformerModel) -> [Safetensors.Tensor] {
        model.layout.tensors.map { tensor in
            Safetensors.Tensor(
                name: tensor.name, shape: tensor.shape,
                values: Array(
                    UnsafeBufferPointer(
                        start: model.parameters.base + tensor.offset, count: tensor.count)))
        }
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
        let configuration = try configuration(
            of: try content(configurationFile, files, prefix), file: prefix + configurationFile)
        let file = prefix + weightsFile
        let contents = try Safetensors.read(try content(weightsFile, files, prefix), file: file)
        let tensors = try modelTensors(contents.tensors, file: file)
        return try model(configuration, tensors, file: file)
    }

    private static func content(
        _ name: String, _ files: [String: [UInt8]], _ prefix: String
    ) throws(TransformerError) -> [UInt8] {
        guard let bytes = files[name] else {
            throw TransformerError(
                .checkpoint(
                    file: prefix + name, tensor: nil,
                    problem: "is missing: a model needs \(configurationFile) and \(weightsFile)"))
        }
        return bytes
    }

    private static func configuration(
        of bytes: [UInt8], file: String
    ) throws(TransformerError) -> TransformerConfiguration {
        func problem(_ text: String) -> TransformerError {
            TransformerError(.checkpoint(file: file, tensor: nil, problem: text))
        }
        let found: HuggingFaceConfiguration
        do {
            found = try JSONDecoder().decode(HuggingFaceConfiguration.self, from: Data(bytes))
        } catch {
            throw problem(
                "is not the JSON configuration of a GPT-2: it needs whole numbers n_embd, n_head, "
                    + "n_layer, n_positions and vocab_size")
        }
        guard found.model_type ?? "gpt2" == "gpt2" else {
            throw problem("has model_type \(found.model_type ?? ""); only gpt2 can be read")
        }
        let activation = found.activation_function ?? "gelu_new"
        guard ["gelu_new", "gelu_pytorch_tanh"].contains(activation) else {
            throw problem(
                "has activation_function \(activation); only gelu_new and gelu_pytorch_tanh can be "
                    + "read")
        }
        guard found.n_inner ?? 4 * found.n_embd == 4 * found.n_embd else {
            throw problem(
                "has n_inner \(found.n_inner ?? 0) with n_embd \(found.n_embd); only 4 n_embd can be "
                    + "read")
        }
        guard found.tie_word_embeddings ?? true, found.scale_attn_weights ?? true,
            !(found.scale_attn_by_inverse_layer_idx ?? false)
        else {
            throw problem(
                "unties the embeddings or scales attention differently; only GPT-2's own way can be "
                    + "read")
        }
        let configuration = TransformerConfiguration(
            layers: found.n_layer, heads: found.n_head, width: found.n_embd,
            contextLength: found.n_positions, vocabularyCount: found.vocab_size,
            normEpsilon: found.layer_norm_epsilon ?? 1e-5)
        do {
            try configuration.validate()
        } catch {
            throw problem("is of no possible model: \(error)")
        }
        return configuration
    }

    /// The tensors that are parameters, under full names: GPT-2's own files leave out the prefix, old ones store masks.
    private static func modelTensors(
        _ tensors: [Safetensors.Tensor], file: String
    ) throws(TransformerError) -> [String: Safetensors.Tensor] {
        var known: [String: Safetensors.Tensor] = [:]
        for var tensor in tensors {
            let isMask =
                tensor.name.hasSuffix(".attn.bias") || tensor.name.hasSuffix(".attn.masked_bias")
            if isMask || tensor.name == "lm_head.weight" { continue }
            if !tensor.name.hasPrefix("transformer.") {
                tensor.name = "transformer." + tensor.name
            }
            guard known.updateValue(tensor, forKey: tensor.name) == nil else {
                throw TransformerError(
                    .checkpoint(file: file, tensor: tensor.name, problem: "occurs twice"))
            }
        }
        return known
    }

    private static func model(
        _ configuration: TransformerConfiguration, _ tensors: [String: Safetensors.Tensor],
        file: String
    ) throws(TransformerError) -> TransformerModel {
        func problem(_ text: String, _ tensor: String) -> TransformerError {
            TransformerError(.checkpoint(file: file, tensor: tensor, problem: text))
        }
        // Names first: a configuration that lies must not make us allocate what it claims.
        let layout = ParameterLayout(configuration)
        for expected in layout.tensors where tensors[expected.name] == nil {
            throw problem(
                "is missing; config.json promises \(configuration.layers) layers", expected.name)
        }
        for expected in layout.tensors {
            let shape = tensors[expected.name]?.shape ?? []
            guard shape == expected.shape else {
                throw problem(
                    "has shape \(shape); config.json makes it \(expected.shape)", expected.name)
            }
        }
        if tensors.count > layout.tensors.count {
            let expected = Set(layout.tensors.map(\.name))
            let extra = tensors.keys.filter { !expected.contains($0) }.sorted()
            throw problem("is not part of the model that config.json describes", extra[0])
        }
        let parameters = Buffer<Float>(count: layout.count)
        for tensor in layout.tensors {
            for (index, value) in (tensors[tensor.name]?.values ?? []).enumerated() {
                parameters.base[tensor.offset + index] = value
            }
        }
        return TransformerModel(configuration: configuration, parameters: parameters)
    }

    // MARK: The state of a fit

    /// The files of a fit between two steps: those of its model, and the optimizer's state.
    package static func files(of checkpoint: TrainingCheckpoint) -> [String: [UInt8]] {
        var files = files(of: checkpoint.model)
        let count = checkpoint.optimizer.firstMoment.count
        files[trainingFile] = Safetensors.bytes(
            of: [
                Safetensors.Tensor(
                    name: "first_moment", shape: [count],
                    values: checkpoint.optimizer.firstMoment.array()),
                Safetensors.Tensor(
                    name: "second_moment", shape: [count],
                    values: checkpoint.optimizer.secondMoment.array()),
            ],
            metadata: [
                ("step", "\(checkpoint.step)"), ("tokens", "\(checkpoint.tokens)"),
                ("updates", "\(checkpoint.optimizer.updates)"),
            ])
        return files
    }

    /// The file of an optimizer's state alone, for a later fit that carries it over.
    package static func file(of optimizer: OptimizerState) -> [UInt8] {
        Safetensors.bytes(
            of: [
                Safetensors.Tensor(
                    name: "first_moment", shape: [optimizer.firstMoment.count],
                    values: optimizer.firstMoment.array()),
                Safetensors.Tensor(
                    name: "second_moment", shape: [optimizer.secondMoment.count],
                    values: optimizer.secondMoment.array()),
            ], metadata: [("updates", "\(optimizer.updates)")])
    }

    /// Reads what ``files(of:)`` wrote.
    package static func readTraining(
        _ files: [String: [UInt8]], folder: String = ""
    ) throws(TransformerError) -> TrainingCheckpoint {
        let model = try read(files, folder: folder)
        let prefix = folder.isEmpty ? "" : folder + "/"
        let file = prefix + trainingFile
        let contents = try Safetensors.read(try content(trainingFile, files, prefix), file: file)
        return TrainingCheckpoint(
            model: model,
            optimizer: try optimizer(contents, count: model.layout.count, file: file),
            step: try count("step", contents, file), tokens: try count("tokens", contents, file))
    }

    /// Reads what ``file(of:)`` wrote, for a model with `parameters` elements in its layout.
    package static func readOptimizer(
        _ bytes: [UInt8], parameters: Int, file: String = "optimizer.safetensors"
    ) throws(TransformerError) -> OptimizerState {
        try optimizer(try Safetensors.read(bytes, file: file), count: parameters, file: file)
    }

    private static func optimizer(
        _ contents: Safetensors.Contents, count parameters: Int, file: String
    ) throws(TransformerError) -> OptimizerState {
        func moment(_ name: String) throws(TransformerError) -> SharedBuffer<Float> {
            let values = contents.tensors.first { $0.name == name }?.values
            guard let values, values.count == parameters else {
                throw TransformerError(
                    .checkpoint(
                        file: file, tensor: name,
                        problem: "has \(values?.count ?? 0) elements; the model has \(parameters)"))
            }
            return SharedBuffer(Buffer(values))
        }
        return OptimizerState(
            firstMoment: try moment("first_moment"), secondMoment: try moment("second_moment"),
            updates: try count("updates", contents, file))
    }

    private static func count(
        _ name: String, _ contents: Safetensors.Contents, _ file: String
    ) throws(TransformerError) -> Int {
        guard let text = contents.metadata[name], let value = Int(text), value >= 0 else {
            throw TransformerError(
                .checkpoint(
                    file: file, tensor: nil,
                    problem: "has \(name) \(contents.metadata[name] ?? "missing") in its metadata; "
                        + "it must be a whole number"))
        }
        return value
    }
}
