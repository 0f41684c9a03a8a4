import Compute

/// What one worker owns while documents are written.
final class SamplingWorker {
    /// Made when first used: there may be more workers than groups.
    private(set) lazy var engine = DecodingEngine(model, rows: rows.count)
    let chooser: TokenChooser
    let rows: Buffer<DecodingEngine.Row>
    private let model: TransformerModel

    init(model: TransformerModel, rule: SamplingRule, rows: Int) {
        self.model = model
        chooser = TokenChooser(rule: rule, configuration: model.configuration)
        self.rows = Buffer(count: rows)
    }
}

/// Adds tokens to the documents of one group.
struct DocumentWriter {
    let configuration: TransformerConfiguration
    let boundary: UInt32
    let maximumDocumentLength: Int
    let cache: KeyValueCache

    /// Writes up to `steps` tokens of each of `count` documents, stopping at their ends.
    func write(
        _ documents: UnsafeMutablePointer<DocumentInProgress>, count: Int, steps: Int,
        with worker: SamplingWorker
    ) {
        let engine = worker.engine
        let rows = worker.rows.base
        for _ in 0..<steps {
            var isIdle = true
            for row in 0..<worker.rows.count {
                guard row < count, !documents[row].hasEnded else {
                    rows[row] = DecodingEngine.Row(slot: nil, token: 0, position: 0)
                    continue
                }
                isIdle = false
                fillContext(of: &documents[row], engine)
                let document = documents[row]
                rows[row] = DecodingEngine.Row(
                    slot: document.slot,
                    token: Int(document.tokens[document.start + document.position]),
                    position: document.position)
            }
            if isIdle { return }
            engine.step(rows, cache: cache)
            for row in 0..<count where !documents[row].hasEnded {
                extend(
                    &documents[row],
                    logits: engine.logits + row * configuration.paddedVocabularyCount,
                    worker.chooser)
            }
        }
    }

    /// Sees to it that all tokens but the last lie in the cache, and that there is room for that one.
    private func fillContext(of document: inout DocumentInProgress, _ engine: DecodingEngine) {
        let limit = configuration.contextLength
        let count = document.tokens.count
        if document.position == limit || count - document.start > limit {
            document.start = count - max(1, limit / 2)
            document.position = 0
        }
        guard document.start + document.position < count - 1 else { return }
        // The last token is read too, for a rounder number of rows; the coming step reads it again.
        engine.prefill(
            document.tokens[document.start..<count], slot: document.slot, cache: cache)
        document.position = count - 1 - document.start
    }

    private func extend(
        _ document: inout DocumentInProgress, logits: UnsafeMutablePointer<Float>,
        _ chooser: borrowing TokenChooser
    ) {
        document.position += 1
        let token = chooser.choose(
            logits, excluding: document.written == 0 ? Int(boundary) : nil,
            uniform: document.random.uniform())
        if token == Int(boundary) {
            document.hasEnded = true
            return
        }
        document.tokens.append(UInt32(truncatingIfNeeded: token))
        document.hasEnded = document.written == maximumDocumentLength
    }
}
