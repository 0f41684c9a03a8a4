package import Compute

/// Writes documents with a transformer.
///
/// Each document begins at its boundary, or at a boundary and a prompt, and ends when the boundary
/// is drawn or at the greatest length. Document i draws from its own random stream, so what it says
/// does not depend on the others. It never ends before its least length, which is at least one
/// token: there are no empty documents.
///
/// A document that fills the context goes on with the last half of it: those tokens are read anew
/// from position 0, then writing continues. So every token sees at least half a context of what
/// precedes it, if there is so much.
package struct TransformerSampler {
    /// Bumped when the samples of a model change.
    package static let version = 3

    /// Steps between looks at which documents have ended.
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
        try model.validate(boundary: boundary)
        self.model = model
        self.configuration = configuration
        self.rule = rule
        self.boundary = boundary
    }

    /// Documents 0, 1, 2 ... as many as the request wants.
    ///
    /// - Parameters:
    ///   - request: How much, and from which prompts.
    ///   - key: Document i draws from the key's index plus i.
    ///   - pool: Who computes; changes no bit of the result.
    ///   - progress: Told how much of the request's amount is written, in tokens or documents.
    /// - Returns: The documents, with the tokens' log-probabilities where the request wants them.
    /// - Throws: ``TransformerError`` for prompts outside the vocabulary, and lengths that cannot
    ///   be.
    package func sample(
        _ request: SamplingRequest, key: RandomKey, pool: WorkerPool,
        progress: (_ written: Int) -> Void = { _ in }
    ) throws(TransformerError) -> TransformerSamples {
        try request.validate(vocabularyCount: model.configuration.vocabularyCount)
        var batch = SamplingBatch(
            model: model, configuration: configuration, boundary: boundary, request: request,
            key: key)
        let rows = batch.rowsPerGroup
        let panels = WeightPanels(
            reading: model.parameters.base, of: model.configuration, isTraining: false,
            precision: configuration.precision)
        panels.fill(pool: pool)
        let workers = (0..<pool.count).map { _ in
            SamplingWorker(
                model: model, panels: panels, rule: rule, rows: rows,
                recordsLogProbabilities: request.recordsLogProbabilities)
        }
        while batch.beginRound() {
            batch.perform(on: pool, workers: workers, steps: Self.roundLength)
            batch.endRound()
            progress(batch.written)
        }
        return batch.samples()
    }
}
