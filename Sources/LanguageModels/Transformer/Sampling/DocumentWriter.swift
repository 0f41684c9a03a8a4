import Compute

/// What one worker owns while documents are written.
final class SamplingWorker {
    /// Made when first used: there may be more workers than groups.
    private(set) lazy var engine = DecodingEngine(model, rows: rows.count)
    let chooser: TokenChooser
    let rows: Buffer<DecodingEngine.Row>
    private let model: TransformerModel

    init(model: TransformerModel, rule: SamplingRule, rows: Int, recordsLogProbabilities: Bool) {
        self.model = model
        chooser = TokenChooser(
            rule: rule, configuration: model.configuration,
            recordsLogProbabilities: recordsLogProbabilities)
        self.rows = Buffer(count: rows)
    }
}

/// Adds tokens to the documents of one group.
struct DocumentWriter {
    let configuration: TransformerConfiguration
    let boundary: UInt32
    let request: SamplingRequest
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
                rows[row] = documents[row].text.prepare(
                    engine, cache: cache, contextLength: configuration.contextLength)
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

    private func extend(
        _ document: inout DocumentInProgress, logits: UnsafeMutablePointer<Float>,
        _ chooser: TokenChooser
    ) {
        document.text.advance()
        let mayEnd = document.written >= request.minimumDocumentLength
        let chosen = chooser.choose(
            logits, after: document.text.tokens, excluding: mayEnd ? nil : Int(boundary),
            uniform: document.random.uniform())
        if chosen.token == Int(boundary) {
            document.hasEnded = true
            document.endLogProbability = chosen.logProbabilities
            return
        }
        document.text.tokens.append(UInt32(truncatingIfNeeded: chosen.token))
        if let logProbabilities = chosen.logProbabilities {
            document.logProbabilities.append(logProbabilities)
        }
        document.hasEnded = document.written == request.maximumDocumentLength
    }
}
