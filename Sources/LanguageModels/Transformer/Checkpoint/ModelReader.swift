import Compute

/// Brings a configuration and the tensors of one file or several together.
struct ModelReader {
    /// A file that is whole in memory, which outlives the reader.
    struct Source {
        var header: Safetensors
        var bytes: UnsafeRawBufferPointer
    }

    fileprivate struct Stored {
        var tensor: Safetensors.Tensor
        var source: Source
    }

    private let configuration: TransformerConfiguration
    /// What errors name that are about no single file.
    private let name: String
    private let layout: ParameterLayout
    /// The files' tensors by the layout's names; only looked up.
    private var stored: [String: Stored] = [:]

    /// - Throws: The first tensor that is missing, has another shape than the configuration makes
    ///   it, or is too much.
    init(
        _ configuration: TransformerConfiguration, _ sources: [Source], name: String
    ) throws(TransformerError) {
        self.configuration = configuration
        self.name = name
        // Names and shapes come first: a configuration that lies must not make us allocate what it
        // claims.
        layout = ParameterLayout(configuration)
        let architecture = configuration.family.architecture
        let prefix = Self.wrapperPrefix(sources.flatMap { $0.header.tensors.map(\.name) })
        for source in sources {
            for tensor in source.header.tensors {
                let own = String(tensor.name.dropFirst(prefix.count))
                guard let name = architecture.parameterName(ofStored: own) else { continue }
                let known = stored.updateValue(Stored(tensor: tensor, source: source), forKey: name)
                guard known == nil else { throw problem("occurs twice", name) }
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
        TransformerError(
            .checkpoint(
                file: stored[tensor]?.source.header.file ?? name, tensor: tensor, problem: text))
    }

    private func check(_ name: String, _ shape: [Int]) throws(TransformerError) {
        let found = stored[name]?.tensor.shape ?? []
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

    /// The model.
    ///
    /// - Throws: The first element that is not a finite number, or not what it is said to be tied
    ///   to.
    func model() throws(TransformerError) -> TransformerModel {
        let parameters = Buffer<Float>(count: layout.count)
        for expected in layout.tensors {
            try stored[expected.name]?.read(into: parameters.base + expected.offset)
        }
        if let tiedOutput, let copy = stored[tiedOutput] {
            let output = Buffer<Float>(count: copy.tensor.count)
            try copy.read(into: output.base)
            for index in 0..<copy.tensor.count where output.base[index] != parameters.base[index] {
                throw problem(
                    "is \(output.base[index]) at element \(index), where the token embedding that "
                        + "config.json ties it to is \(parameters.base[index])", tiedOutput)
            }
        }
        return TransformerModel(configuration: configuration, parameters: parameters)
    }
}

extension ModelReader.Stored {
    fileprivate func read(
        into values: UnsafeMutablePointer<Float>
    ) throws(TransformerError) {
        try source.header.read(tensor, of: source.bytes, into: values)
    }
}
