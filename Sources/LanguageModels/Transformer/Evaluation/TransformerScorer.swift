package import Compute
package import Text

/// Scores documents under a transformer.
///
/// Documents are separate: each is `<b> tokens <b>` and starts from its boundary, so its score depends on no other
/// document. One longer than the context is covered by windows that move by a stride; a window scores the events that
/// no earlier window has scored, so that every event counts once and, from the second window on, sees at least
/// `contextLength - stride` tokens before it.
package struct TransformerScorer {
    private let model: TransformerModel
    private let length: Int
    private let stride: Int

    /// A scorer with a context and a stride, both in tokens.
    ///
    /// - Parameters:
    ///   - model: What scores.
    ///   - contextLength: Tokens of a window; nil for the model's own.
    ///   - stride: How far windows move; nil for half the context. With the whole context each token is computed once,
    ///     but those at a window's start see little.
    /// - Throws: ``TransformerError`` where the model cannot look back that far.
    package init(
        _ model: TransformerModel, contextLength: Int? = nil, stride: Int? = nil
    ) throws(TransformerError) {
        let limit = model.configuration.contextLength
        let length = contextLength ?? limit
        guard (1...limit).contains(length) else {
            throw TransformerError(
                .request(
                    "a context of \(length) tokens; the model's is \(limit): choose 1...\(limit)"))
        }
        let step = stride ?? max(1, length / 2)
        guard (1...length).contains(step) else {
            throw TransformerError(
                .request("a stride of \(step) tokens in windows of \(length): choose 1...\(length)")
            )
        }
        self.model = model
        self.length = length
        self.stride = step
    }

    /// Scores every token and every end of documents.
    ///
    /// - Parameters:
    ///   - dataset: The documents.
    ///   - boundary: The token between documents.
    ///   - pool: Who computes; changes no bit of the result.
    /// - Returns: Negative log-likelihoods in nats: for each document its tokens, then its end, so
    ///   `tokens.count + documentCount` in all.
    /// - Throws: ``TransformerError`` for tokens outside the vocabulary.
    package func score(
        _ dataset: TokenDataset, boundary: UInt32, pool: WorkerPool
    ) throws(TransformerError) -> [Double] {
        let vocabulary = model.configuration.vocabularyCount
        if let token = dataset.tokens.max().map({ max($0, boundary) }), token >= vocabulary {
            throw TransformerError(
                .request(
                    "token \(token) is outside the model's vocabulary of \(vocabulary): use the "
                        + "tokenizer the model was made for"))
        }
        let windows = windows(of: dataset)
        let result = Buffer<Double>(count: dataset.tokens.count + dataset.documentCount)
        // Windows are computed in batches of a fixed size, the last one filled up, so that no score depends on how many
        // windows there are.
        let batch = max(1, TransformerTrainer.sliceTokens / length)
        let engines = (0..<pool.count).map { _ in
            SliceEngine<Float>(
                configuration: model.configuration, sequences: batch, length: length,
                purpose: .inference)
        }
        pool.perform(tasks: (windows.count + batch - 1) / batch) { task, worker in
            let part = windows[(task * batch)..<min(windows.count, (task + 1) * batch)]
            score(
                part, of: dataset, boundary: boundary, with: engines[worker], batch: batch,
                into: result.base)
        }
        return result.array()
    }

    /// Some consecutive events of a document. Event i is the document's token i; the last is its end.
    private struct Window {
        var document: Int
        /// The event that the window's first row predicts.
        var start: Int
        /// The first event it scores, and the end of its events.
        var scored: Int
        var end: Int
    }

    private func windows(of dataset: TokenDataset) -> [Window] {
        var windows: [Window] = []
        for document in 0..<dataset.documentCount {
            let events = dataset.range(ofDocument: document).count + 1
            var start = 0
            var scored = 0
            while scored < events {
                let end = min(events, start + length)
                windows.append(
                    Window(document: document, start: start, scored: scored, end: end))
                scored = end
                start += stride
            }
        }
        return windows
    }

    private func score(
        _ windows: ArraySlice<Window>, of dataset: TokenDataset, boundary: UInt32,
        with engine: SliceEngine<Float>, batch: Int, into result: UnsafeMutablePointer<Double>
    ) {
        let filler = Int32(truncatingIfNeeded: boundary)
        for row in 0..<batch * length {
            engine.tokens[row] = filler
            engine.targets[row] = filler
        }
        for (index, window) in windows.enumerated() {
            let range = dataset.range(ofDocument: window.document)
            for event in window.start..<window.end {
                let row = index * length + event - window.start
                if event > 0 {
                    engine.tokens[row] = Int32(
                        truncatingIfNeeded: dataset.tokens[range.lowerBound + event - 1])
                }
                if event < range.count {
                    engine.targets[row] = Int32(
                        truncatingIfNeeded: dataset.tokens[range.lowerBound + event])
                }
            }
        }
        engine.forward(parameters: model.parameters.base, sequences: batch, length: length)
        for (index, window) in windows.enumerated() {
            let offset = index * length - window.start
            engine.score(
                parameters: model.parameters.base,
                rows: (window.scored + offset)..<(window.end + offset))
            let first = dataset.range(ofDocument: window.document).lowerBound + window.document
            for event in window.scored..<window.end {
                result[first + event] = engine.nats[event + offset]
            }
        }
    }
}
