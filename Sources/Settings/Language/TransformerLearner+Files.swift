import LanguageModels

extension TransformerLearner {
    private static let optimizerFile = "optimizer.safetensors"

    /// A Hugging Face directory, and the optimizer's state beside it where that carries over.
    func files(of trained: TrainedTransformer, boundary: UInt32) -> [String: [UInt8]] {
        var files = TransformerFiles.files(of: trained.model, boundary: boundary)
        if let optimizer = trained.optimizer {
            files[TransformerLearner.optimizerFile] = optimizer.serialized()
        }
        return files
    }

    func trained(from files: [String: [UInt8]]) throws -> TrainedTransformer {
        let model = try TransformerFiles.read(files)
        let optimizer = try files[TransformerLearner.optimizerFile].map {
            try OptimizerState(serialized: $0, file: TransformerLearner.optimizerFile)
        }
        return TrainedTransformer(model: model, optimizer: optimizer)
    }
}
