package import Compute
import Text

/// Writes the continuations that a model finds likely, by beam search.
///
/// With the same prompts the results are those of transformers' `generate` with `num_beams`: of a
/// sampling rule only the repetition penalty and the forbidden tokens act, on log-probabilities.
/// Nothing is random.
package struct BeamSearch {
    /// Bumped when the results of a model change.
    package static let version = 2

    private let model: TransformerModel
    private let configuration: BeamConfiguration
    private let rule: SamplingRule
    private let boundary: UInt32
    /// Documents that one worker searches side by side.
    private let documentsPerGroup: Int
    private let groups: Int
    private let precision: Precision

    /// A search of a model's continuations; `decoding` says how many beams of all documents are
    /// computed together.
    ///
    /// - Throws: ``TransformerError`` where the configuration or the rule cannot be.
    package init(
        _ model: TransformerModel, boundary: UInt32,
        configuration: BeamConfiguration = BeamConfiguration(), rule: SamplingRule = SamplingRule(),
        decoding: TransformerSamplingConfiguration = TransformerSamplingConfiguration()
    ) throws(TransformerError) {
        try configuration.validate()
        try decoding.validate()
        try rule.validate(vocabularyCount: model.configuration.vocabularyCount)
        try model.validate(boundary: boundary)
        self.model = model
        self.configuration = configuration
        self.rule = rule
        self.boundary = boundary
        groups = decoding.groups ?? 4
        precision = decoding.precision
        documentsPerGroup = max(
            1, decoding.batchWidth / groups / configuration.beams)
    }

    /// What one worker owns.
    private final class Worker {
        /// Made when first used: there may be more workers than groups.
        private(set) lazy var engine = DecodingEngine(
            model, rows: rows.count, panels: panels)
        private(set) lazy var cache = KeyValueCache(
            model.configuration, slots: rows.count, precision: panels.precision)
        private(set) lazy var candidates = BeamCandidates(
            rule: rule, configuration: model.configuration)
        let rows: Buffer<DecodingEngine.Row>
        private let model: TransformerModel
        private let rule: SamplingRule
        private let panels: WeightPanels<Float>

        init(
            _ model: TransformerModel, _ rule: SamplingRule, rows: Int,
            panels: WeightPanels<Float>
        ) {
            self.panels = panels
            self.model = model
            self.rule = rule
            self.rows = Buffer(count: rows)
        }
    }

    /// The best continuation for each document of the request.
    ///
    /// - Parameters:
    ///   - request: How much, and from which prompts.
    ///   - pool: Who computes; changes no bit of the result.
    ///   - progress: Told how much of the request's amount is written, in tokens or documents.
    /// - Returns: The documents, with the tokens' log-probabilities where the request wants them.
    /// - Throws: ``TransformerError`` for prompts outside the vocabulary, and lengths that cannot
    ///   be.
    package func search(
        _ request: SamplingRequest, pool: WorkerPool,
        progress: (_ written: Int) -> Void = { _ in }
    ) throws(TransformerError) -> TransformerSamples {
        try request.validate(vocabularyCount: model.configuration.vocabularyCount)
        let panels = WeightPanels(
            reading: model.parameters.base, of: model.configuration, isTraining: false,
            precision: precision)
        panels.fill(pool: pool)
        let workers = (0..<pool.count).map { _ in
            Worker(
                model, rule, rows: documentsPerGroup * configuration.beams, panels: panels)
        }
        var samples = TransformerSamples()
        while !request.isServed(by: samples) {
            let begun = samples.documents.documentCount
            let size = documentsPerGroup
            var found: [[BeamTree.Finished]] = Array(repeating: [], count: groups)
            found.withUnsafeMutableBufferPointer { found in
                guard let first = found.baseAddress else { return }
                pool.perform(tasks: groups) { group, worker in
                    first[group] = search(
                        from: begun + group * size, request, with: workers[worker])
                }
            }
            for document in found.joined() where !request.isServed(by: samples) {
                samples.append(document, recording: request.recordsLogProbabilities)
            }
            progress(request.served(by: samples))
        }
        if case .tokens(let budget) = request.amount { samples.cut(toTokens: budget) }
        return samples
    }

    /// Searches a group of documents to their ends.
    private func search(
        from first: Int, _ request: SamplingRequest, with worker: Worker
    ) -> [BeamTree.Finished] {
        let beams = configuration.beams
        var trees = (0..<documentsPerGroup).map { index in
            var prompt = [boundary]
            if !request.prompts.isEmpty {
                prompt += request.prompts[(first + index) % request.prompts.count]
            }
            return BeamTree(
                prompt: prompt, slots: Array(index * beams..<(index + 1) * beams),
                configuration: configuration, request: request, boundary: boundary)
        }
        let engine = worker.engine
        let padded = model.configuration.paddedVocabularyCount
        while trees.contains(where: { !$0.hasEnded }) {
            for index in trees.indices {
                for beam in 0..<beams {
                    let isUsed = !trees[index].hasEnded && beam < trees[index].beams.count
                    worker.rows.base[index * beams + beam] =
                        isUsed
                        ? trees[index].prepare(
                            beam, engine, cache: worker.cache,
                            contextLength: model.configuration.contextLength)
                        : DecodingEngine.Row(slot: nil, token: 0, position: 0)
                }
            }
            engine.step(
                worker.rows.base, count: worker.rows.count, cache: worker.cache)
            for index in trees.indices where !trees[index].hasEnded {
                let candidates = worker.candidates.best(
                    2 * beams, of: trees[index], logits: engine.logits + index * beams * padded,
                    boundary: boundary)
                trees[index].extend(candidates, cache: worker.cache)
            }
        }
        return trees.compactMap(\.finished.first)
    }
}

extension SamplingRequest {
    /// How much of the amount some samples are.
    fileprivate func served(by samples: TransformerSamples) -> Int {
        switch amount {
        case .tokens: samples.documents.tokens.count
        case .documents: samples.documents.documentCount
        }
    }

    fileprivate func isServed(by samples: TransformerSamples) -> Bool {
        switch amount {
        case .tokens(let count), .documents(let count): served(by: samples) >= count
        }
    }
}

extension TransformerSamples {
    fileprivate mutating func append(_ document: BeamTree.Finished, recording: Bool) {
        documents.append(document: document.tokens, isCut: document.end == nil)
        guard recording else { return }
        logProbabilities += document.logProbabilities
        endLogProbabilities.append(document.end)
    }
}
