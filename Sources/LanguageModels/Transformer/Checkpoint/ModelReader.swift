import Compute

/// Brings a configuration and the tensors of a file together.
struct ModelReader {
    private let configuration: TransformerConfiguration
    private let file: Safetensors
    private let layout: ParameterLayout
    /// The file's tensors by the layout's names; only looked up.
    private var stored: [String: Safetensors.Tensor] = [:]

    /// - Throws: The first tensor that is missing, has another shape than the configuration makes
    ///   it, or is too much.
    init(
        _ configuration: TransformerConfiguration, _ file: Safetensors
    ) throws(TransformerError) {
        self.configuration = configuration
        self.file = file
        // Names and shapes come first: a configuration that lies must not make us allocate what it
        // claims.
        layout = ParameterLayout(configuration)
        let architecture = configuration.family.architecture
        let prefix = Self.wrapperPrefix(file.tensors.map(\.name))
        for tensor in file.tensors {
            let own = String(tensor.name.dropFirst(prefix.count))
            guard let name = architecture.parameterName(ofStored: own) else { continue }
            guard stored.updateValue(tensor, forKey: name) == nil else {
                throw problem("occurs twice", name)
            }
        }
        for expected in layout.tensors where stored[expected.name] == nil {
            throw problem(
                "is missing; config.json promises \(configuration.layers) layers"
                    + (expected.part == .output ? " and tie_word_embeddings false" : ""),
                expected.name)
        }
        for expected in layout.tensors { try check(expected.name, expected.shape) }
        try checkThatNothingIsLeft()
    }

    /// What wrappers put before the name of every tensor: `torch.compile` and data parallel
    /// training.
    private static func wrapperPrefix(_ names: [String]) -> String {
        var prefix = ""
        while !names.isEmpty,
            let next = ["_orig_mod.", "module."].first(where: { part in
                names.allSatisfy { $0.hasPrefix(prefix + part) }
            })
        {
            prefix += next
        }
        return prefix
    }

    private func problem(_ text: String, _ tensor: String) -> TransformerError {
        TransformerError(.checkpoint(file: file.file, tensor: tensor, problem: text))
    }

    private func check(_ name: String, _ shape: [Int]) throws(TransformerError) {
        let found = stored[name]?.shape ?? []
        guard found == shape else {
            throw problem("has shape \(found); config.json makes it \(shape)", name)
        }
    }

    /// A tied output may be stored a second time; everything else must be listed.
    private var tiedOutput: String? {
        configuration.tiesEmbedding && stored["lm_head.weight"] != nil ? "lm_head.weight" : nil
    }

    private func checkThatNothingIsLeft() throws(TransformerError) {
        if let tiedOutput {
            try check(tiedOutput, [configuration.vocabularyCount, configuration.width])
        }
        let expected = Set(layout.tensors.map(\.name) + (tiedOutput.map { [$0] } ?? []))
        let extra = stored.keys.filter { !expected.contains($0) }.min()
        if let extra {
            throw problem("is not part of the model that config.json describes", extra)
        }
    }

    /// The model, from the bytes of the whole file.
    ///
    /// - Throws: The first element that is not a finite number, or not what it is said to be tied
    ///   to.
    func model(from bytes: UnsafeRawBufferPointer) throws(TransformerError) -> TransformerModel {
        let parameters = Buffer<Float>(count: layout.count)
        for expected in layout.tensors {
            guard let tensor = stored[expected.name] else { continue }
            try file.read(tensor, of: bytes, into: parameters.base + expected.offset)
        }
        if let tiedOutput, let tensor = stored[tiedOutput] {
            let output = Buffer<Float>(count: tensor.count)
            try file.read(tensor, of: bytes, into: output.base)
            for index in 0..<tensor.count where output.base[index] != parameters.base[index] {
                throw problem(
                    "is \(output.base[index]) at element \(index), where the token embedding that "
                        + "config.json ties it to is \(parameters.base[index])", tiedOutput)
            }
        }
        return TransformerModel(configuration: configuration, parameters: parameters)
    }
}
