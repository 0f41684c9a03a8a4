package import Compute
package import Text

/// The windows in which documents are scored.
package enum ScoringWindows: Hashable, Sendable {
    /// Windows of its own for each document, so that its score depends on no other.
    case perDocument
    /// Windows over the documents end to end; how far a token looks back in them is the scope's.
    case packed(AttentionScope)
}

/// Scores documents under a transformer.
///
/// Each document is `<b> tokens <b>` and predicted from its boundary. What is longer than the
/// context is covered by windows that move by a stride; a window scores the events that no earlier
/// window has scored, so that every event counts once and, from the second window on, sees at least
/// `contextLength - stride` tokens before it.
package struct TransformerScorer {
    private let model: TransformerModel
    private let length: Int
    private let stride: Int
    private let windows: ScoringWindows
    private let precision: Precision

    /// A scorer with a context and a stride, both in tokens.
    ///
    /// - Parameters:
    ///   - model: What scores.
    ///   - contextLength: Tokens of a window; nil for the model's own.
    ///   - stride: How far windows move; nil for half the context. With the whole context each token is computed once,
    ///     but those at a window's start see little.
    ///   - windows: Whether windows may hold several documents.
    ///   - precision: How factors of products are rounded.
    /// - Throws: ``TransformerError`` where the model cannot look back that far.
    package init(
        _ model: TransformerModel, contextLength: Int? = nil, stride: Int? = nil,
        windows: ScoringWindows = .perDocument, precision: Precision = .float32
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
        self.windows = windows
        self.precision = precision
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
        let result = Buffer<Double>(count: dataset.tokens.count + dataset.documentCount)
        try run(dataset, boundary: boundary, pool: pool) { engine, rows, offset in
            engine.score(parameters: model.parameters.base, rows: rows)
            for row in rows { result.base[row - offset] = engine.nats[row] }
        }
        return result.array()
    }

    /// What the model says of every token and every end of documents, in the order of
    /// ``score(_:boundary:pool:)``.
    ///
    /// - Throws: ``TransformerError`` for tokens outside the vocabulary.
    package func predictions(
        of dataset: TokenDataset, boundary: UInt32, pool: WorkerPool
    ) throws(TransformerError) -> [EventPrediction] {
        let count = dataset.tokens.count + dataset.documentCount
        let result = Buffer<EventPrediction>(uninitialized: count)
        let vocabularyCount = model.configuration.vocabularyCount
        try run(dataset, boundary: boundary, pool: pool) { engine, rows, offset in
            engine.score(parameters: model.parameters.base, rows: rows) { row, logits in
                var best = 0
                for token in 1..<vocabularyCount where logits[token] > logits[best] {
                    best = token
                }
                let target = Int(engine.targets[row])
                // The difference to the target now, the likelihood itself when it is known.
                result.base[row - offset] = EventPrediction(
                    nats: 0, confidence: Double(logits[best]) - Double(logits[target]),
                    isRight: best == target)
            }
            for row in rows {
                let nats = engine.nats[row]
                result.base[row - offset].nats = nats
                result.base[row - offset].confidence = min(
                    1, Elementary.exp(result.base[row - offset].confidence - nats))
            }
        }
        return result.array()
    }

    /// Runs the model over every window; `read` takes the rows of an engine that a window scores,
    /// row - offset being the event.
    private func run(
        _ dataset: TokenDataset, boundary: UInt32, pool: WorkerPool,
        read: (_ engine: SliceEngine<Float>, _ rows: Range<Int>, _ offset: Int) -> Void
    ) throws(TransformerError) {
        let vocabulary = model.configuration.vocabularyCount
        if let token = dataset.tokens.max().map({ max($0, boundary) }), token >= vocabulary {
            throw TransformerError(
                .request(
                    "token \(token) is outside the model's vocabulary of \(vocabulary): use the "
                        + "tokenizer the model was made for"))
        }
        // Event i of the result is token i + 1 of this text, predicted from token i and what is
        // before it.
        let text = dataset.packed(boundary: boundary)
        let parts = parts(of: dataset)
        let batch = max(1, BatchGradient.sliceTokens / length)
        var panels: WeightPanels<Float>?
        if WeightPanels<Float>.isSmall(model.layout.count, precision) {
            panels = WeightPanels(
                reading: model.parameters.base, of: model.configuration, isTraining: false,
                precision: precision)
            panels?.fill(pool: pool)
        }
        let engines = (0..<pool.count).map { _ in
            SliceEngine<Float>(
                configuration: model.configuration, sequences: batch, length: length,
                purpose: .inference, precision: precision, panels: panels,
                mask: mask(boundary: boundary))
        }
        pool.perform(tasks: (parts.count + batch - 1) / batch) { task, worker in
            let some = parts[(task * batch)..<min(parts.count, (task + 1) * batch)]
            score(
                some, of: text, filler: boundary, with: engines[worker], batch: batch, read: read)
        }
    }

    private func mask(boundary: UInt32) -> DocumentMask? {
        switch windows {
        case .perDocument: nil
        case .packed(let scope): scope.mask(boundary: boundary)
        }
    }

    /// Some consecutive events.
    private struct Window {
        /// The event that the window's first row predicts.
        var start: Int
        /// The first event it scores, and the end of its events.
        var scored: Int
        var end: Int
    }

    private func parts(of dataset: TokenDataset) -> [Window] {
        var parts: [Window] = []
        func cover(_ events: Range<Int>) {
            var (start, scored) = (events.lowerBound, events.lowerBound)
            while scored < events.upperBound {
                let end = min(events.upperBound, start + length)
                parts.append(Window(start: start, scored: scored, end: end))
                scored = end
                start += stride
            }
        }
        switch windows {
        case .packed: cover(0..<dataset.tokens.count + dataset.documentCount)
        case .perDocument:
            for document in 0..<dataset.documentCount {
                let tokens = dataset.range(ofDocument: document)
                let first = tokens.lowerBound + document
                cover(first..<first + tokens.count + 1)
            }
        }
        return parts
    }

    private func score(
        _ windows: ArraySlice<Window>, of text: [UInt32], filler: UInt32,
        with engine: SliceEngine<Float>, batch: Int,
        read: (_ engine: SliceEngine<Float>, _ rows: Range<Int>, _ offset: Int) -> Void
    ) {
        for row in 0..<batch * length {
            engine.tokens[row] = Int32(truncatingIfNeeded: filler)
            engine.targets[row] = Int32(truncatingIfNeeded: filler)
        }
        for (index, window) in windows.enumerated() {
            let offset = index * length - window.start
            for event in window.start..<window.end {
                engine.tokens[event + offset] = Int32(truncatingIfNeeded: text[event])
                engine.targets[event + offset] = Int32(truncatingIfNeeded: text[event + 1])
            }
        }
        engine.forward(parameters: model.parameters.base, sequences: batch, length: length)
        for (index, window) in windows.enumerated() {
            let offset = index * length - window.start
            read(engine, (window.scored + offset)..<(window.end + offset), offset)
        }
    }
}
