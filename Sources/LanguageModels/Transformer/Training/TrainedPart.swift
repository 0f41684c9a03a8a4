/// What a fit moves: parameters of the model, all or some of them, or the factors of adapters.
struct TrainedPart {
    /// Where the factors of adapters lie; nil where it is parameters that are moved.
    let adapters: AdapterLayout?
    /// What is moved, in a flat array of parameters or factors.
    let tensors: [TrainedTensor]
    /// Elements of that array.
    let count: Int

    /// - Throws: ``TransformerError`` where the configuration names parameters that the model does
    ///   not have, adapters that do not fit its matrices, or leaves nothing to move.
    init(
        _ configuration: TransformerTrainingConfiguration, of model: TransformerConfiguration
    ) throws(TransformerError) {
        if let adapted = configuration.adapters {
            let layout = try AdapterLayout(adapted, of: model)
            adapters = layout
            tensors = layout.trainedTensors
            count = layout.count
            return
        }
        let layout = ParameterLayout(model)
        let frozen = ParameterSelection(configuration.frozen)
        try frozen.validate(key: "training.frozen", names: layout.tensors.map(\.name))
        adapters = nil
        tensors = layout.tensors.filter { !frozen.contains($0.name) }.map {
            TrainedTensor(offset: $0.offset, count: $0.count, isDecayed: $0.isDecayed)
        }
        count = layout.count
        guard !tensors.isEmpty else {
            throw TransformerError(
                .configuration(
                    "training.frozen covers every parameter, so that nothing is trained: leave "
                        + "some of them out"))
        }
    }
}

extension TransformerTrainingConfiguration {
    /// Whether a model of a shape can be trained so.
    package func validate(for model: TransformerConfiguration) throws(TransformerError) {
        try validate()
        if let sequenceLength, !(1...model.contextLength).contains(sequenceLength) {
            throw TransformerError(
                .configuration(
                    "training.sequence-length is \(sequenceLength), and the model's context is "
                        + "\(model.contextLength): choose 1...\(model.contextLength)"))
        }
        _ = try TrainedPart(self, of: model)
    }
}
