import Compute

/// What one worker owns while documents are written.
final class SamplingWorker {
    /// Made when first used: there may be more workers than groups.
    private(set) lazy var engine = DecodingEngine(
        model, rows: rows.count, panels: panels)
    let chooser: TokenChooser
    let rows: Buffer<DecodingEngine.Row>
    /// The document of each row.
    let members: Buffer<Int>
    private let model: TransformerModel
    private let panels: WeightPanels<Float>

    init(
        model: TransformerModel, panels: WeightPanels<Float>, rule: SamplingRule, rows: Int,
        recordsLogProbabilities: Bool
    ) {
        self.model = model
        self.panels = panels
        chooser = TokenChooser(
            rule: rule, configuration: model.configuration,
            recordsLogProbabilities: recordsLogProbabilities)
        self.rows = Buffer(count: rows)
        members = Buffer(count: rows)
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
        let (rows, members) = (worker.rows.base, worker.members.base)
        for _ in 0..<steps {
            var active = 0
            for index in 0..<count where !documents[index].hasEnded {
                rows[active] = documents[index].text.prepare(
                    engine, cache: cache, contextLength: configuration.contextLength)
                members[active] = index
                active += 1
            }
            if active == 0 { return }
            engine.step(rows, count: active, cache: cache)
            for row in 0..<active {
                extend(
                    &documents[members[row]],
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
            document.hasEndedItself = true
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
