import LanguageModels
import Text

extension TransformerLearner {
    private static let optimizerFile = "optimizer.safetensors"

    /// A Hugging Face directory with its tokenizer, so that every generation's model can be used by
    /// itself, and the optimizer's state beside it where that carries over.
    func files(
        of trained: TrainedTransformer, tokenizer: any Tokenizer
    ) -> [String: [UInt8]] {
        var files = TransformerFiles.files(
            of: trained.model, boundary: tokenizer.documentBoundary)
        files[TransformerFiles.tokenizerFile] = tokenizer.serialized()
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
