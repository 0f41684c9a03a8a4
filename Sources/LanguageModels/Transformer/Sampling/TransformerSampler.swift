package import Compute
package import Text

/// Writes documents with a transformer.
///
/// Each document begins at its boundary, or at a boundary and a prompt, and ends when the boundary is drawn or at the
/// greatest length. Document i draws from its own random stream, so what it says does not depend on the others. Its first
/// token is never the boundary: there are no empty documents.
///
/// A document that fills the context goes on with the last half of it: those tokens are read anew from position 0, then
/// writing continues. So every token sees at least half a context of what precedes it, if there is so much.
package struct TransformerSampler {
    /// Bumped when the samples of a model change.
    package static let version = 1

    /// Steps between looks at which documents have ended. Part of the result's last bits.
    private static var roundLength: Int { 16 }

    private let model: TransformerModel
    private let configuration: TransformerSamplingConfiguration
    private let rule: SamplingRule
    private let boundary: UInt32

    /// A sampler of a model.
    ///
    /// - Throws: ``TransformerError`` where the rule or the batch cannot be.
    package init(
        _ model: TransformerModel, boundary: UInt32, rule: SamplingRule = SamplingRule(),
        configuration: TransformerSamplingConfiguration = TransformerSamplingConfiguration()
    ) throws(TransformerError) {
        try configuration.validate()
        try rule.validate(vocabularyCount: model.configuration.vocabularyCount)
        guard boundary < model.configuration.vocabularyCount else {
            throw TransformerError(
                .request(
                    "the document boundary \(boundary) is outside the model's vocabulary of "
                        + "\(model.configuration.vocabularyCount)"))
        }
        self.model = model
        self.configuration = configuration
        self.rule = rule
        self.boundary = boundary
    }

    /// Documents 0, 1, 2 ... up to exactly `tokenBudget` tokens: the last one is cut short.
    ///
    /// - Parameters:
    ///   - tokenBudget: How many tokens to write.
    ///   - maximumDocumentLength: The most tokens of a document.
    ///   - prompts: Document i continues prompt i modulo their number; the prompt is not part of the result. Empty for none.
    ///     Of a prompt as long as the context, the last half is read.
    ///   - key: Document i draws from the key's index plus i.
    ///   - pool: Who computes; changes no bit of the result.
    ///   - progress: Told how many tokens of the budget are written.
    /// - Returns: The documents, without boundaries.
    /// - Throws: ``TransformerError`` for prompts outside the vocabulary.
    package func sample(
        tokenBudget: Int, maximumDocumentLength: Int, prompts: [[UInt32]] = [], key: RandomKey,
        pool: WorkerPool, progress: (_ tokens: Int) -> Void = { _ in }
    ) throws(TransformerError) -> TokenDataset {
        precondition(tokenBudget >= 0, "a budget of \(tokenBudget) tokens")
        precondition(maximumDocumentLength > 0, "documents of \(maximumDocumentLength) tokens")
        let vocabulary = model.configuration.vocabularyCount
        for (index, prompt) in prompts.enumerated() {
            if let token = prompt.first(where: { $0 >= vocabulary }) {
                throw TransformerError(
                    .request(
                        "token \(token) of prompt \(index) is outside the model's vocabulary of "
                            + "\(vocabulary)"))
            }
        }
        var batch = SamplingBatch(
            model: model, configuration: configuration, boundary: boundary,
            tokenBudget: tokenBudget, maximumDocumentLength: maximumDocumentLength,
            prompts: prompts, key: key)
        let rows = batch.rowsPerGroup
        let workers = (0..<pool.count).map { _ in
            SamplingWorker(model: model, rule: rule, rows: rows)
        }
        while batch.beginRound() {
            batch.perform(on: pool, workers: workers, steps: Self.roundLength)
            batch.endRound()
            progress(batch.written)
        }
        return batch.documents()
    }
}
