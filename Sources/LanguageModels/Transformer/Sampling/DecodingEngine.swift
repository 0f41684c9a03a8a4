import Compute

/// Computes the logits of the next token for some rows, one document each. One per worker.
package final class DecodingEngine {
    /// What a row holds in the coming step.
    package struct Row: BitwiseCopyable {
        /// The slot of the cache, or nil for a row without a document.
        package var slot: Int?
        /// The token and its position in the context.
        package var token: Int
        /// From 0; below the model's context length.
        package var position: Int

        package init(slot: Int?, token: Int, position: Int) {
            self.slot = slot
            self.token = token
            self.position = position
        }
    }

    private let model: TransformerModel
    private let parameters: ParameterViews<Float>
    private let rows: Int
    private let arena: Arena<Float>
    private let indices: Buffer<Int32>
    private let prefillEngine: SliceEngine<Float>

    private let x: UnsafeMutablePointer<Float>
    private let middle: UnsafeMutablePointer<Float>
    private let normed: UnsafeMutablePointer<Float>
    private let queryKeyValue: UnsafeMutablePointer<Float>
    private let attended: UnsafeMutablePointer<Float>
    private let inner: UnsafeMutablePointer<Float>
    private let norm: NormStatistics<Float>
    private let rotary: RotaryTable<Float>?
    private let scores: UnsafeMutablePointer<Float>
    /// (rows, padded vocabulary) after `step`.
    package let logits: UnsafeMutablePointer<Float>

    /// An engine for steps of up to `rows` documents; `panels` are those of the model.
    package init(_ model: TransformerModel, rows: Int, panels: WeightPanels<Float>) {
        self.model = model
        self.rows = rows
        let configuration = model.configuration
        parameters = ParameterViews(
            reading: model.parameters.base, layout: model.layout, configuration: configuration,
            precision: panels.precision, panels: panels)
        let d = configuration.width
        let parts = [
            rows * d, rows * d, rows * d, rows * configuration.queryKeyValueWidth,
            rows * configuration.queryWidth, rows * configuration.innerColumns, rows, rows,
            KeyValueCache.scoreCount(configuration), rows * configuration.paddedVocabularyCount,
        ]
        var plan = ArenaPlan()
        for part in parts { plan.add(part) }
        var arena = Arena<Float>(plan)
        var pointers: [UnsafeMutablePointer<Float>] = []
        for part in parts { pointers.append(arena.take(part)) }
        self.arena = arena
        (x, middle, normed) = (pointers[0], pointers[1], pointers[2])
        (queryKeyValue, attended, inner) = (pointers[3], pointers[4], pointers[5])
        norm = NormStatistics(mean: pointers[6], inverse: pointers[7])
        (scores, logits) = (pointers[8], pointers[9])
        rotary = RotaryTable(configuration, count: configuration.contextLength)
        indices = Buffer(count: 2 * rows)
        prefillEngine = SliceEngine(
            configuration: configuration, sequences: 1, length: configuration.contextLength,
            purpose: .inference, precision: panels.precision, panels: panels)
    }

    /// Puts the keys and values of `tokens`, at positions from 0 on, into a slot.
    package func prefill(_ tokens: ArraySlice<UInt32>, slot: Int, cache: KeyValueCache) {
        guard !tokens.isEmpty else { return }
        let configuration = model.configuration
        for (index, token) in tokens.enumerated() {
            prefillEngine.tokens[index] = Int32(truncatingIfNeeded: token)
        }
        prefillEngine.prefill(parameters, length: tokens.count) { layer, queryKeyValue in
            for position in 0..<tokens.count {
                cache.append(
                    queryKeyValue + position * configuration.queryKeyValueWidth, slot: slot,
                    layer: layer, position: position)
            }
        }
    }

    /// Feeds the tokens of `count` rows and leaves the logits of what follows in ``logits``.
    package func step(_ rows: UnsafePointer<Row>, count: Int, cache: KeyValueCache) {
        precondition(count <= self.rows, "a step of \(count) rows in an engine for \(self.rows)")
        let configuration = model.configuration
        let d = configuration.width
        let (tokens, positions) = (indices.base, indices.base + count)
        for row in 0..<count {
            tokens[row] = Int32(truncatingIfNeeded: rows[row].token)
            positions[row] = Int32(truncatingIfNeeded: rows[row].position)
        }
        Embedding.forward(
            parameters, into: x, tokens: tokens, positions: positions, rows: count, dropout: nil)
        let input = MatrixView(normed, rows: count, columns: d)
        for layer in 0..<configuration.layers {
            let p = parameters.blocks[layer]
            p.attentionNorm.forward(x, into: normed, norm, rows: count)
            p.attentionIn.forward(
                input,
                into: MatrixView(
                    queryKeyValue, rows: count, columns: configuration.queryKeyValueWidth))
            rotary?.rotate(queryKeyValue, positions: positions, rows: count)
            for row in 0..<count {
                guard let slot = rows[row].slot else { continue }
                let position = rows[row].position
                let row = (
                    queryKeyValue + row * configuration.queryKeyValueWidth,
                    attended + row * configuration.queryWidth
                )
                cache.append(row.0, slot: slot, layer: layer, position: position)
                cache.attend(
                    row.0, slot: slot, layer: layer, count: position + 1, scores: scores,
                    into: row.1)
            }
            Residual.forward(
                x: x,
                branch: MatrixView(attended, rows: count, columns: configuration.queryWidth),
                p.attentionOut, into: middle, dropout: nil, at: .embedding)
            p.feedForwardNorm.forward(middle, into: normed, norm, rows: count)
            p.feedForwardIn.forward(
                input, into: MatrixView(inner, rows: count, columns: configuration.innerColumns))
            configuration.activation.forward(
                inner, into: inner, rows: count, columns: configuration.innerWidth)
            Residual.forward(
                x: middle,
                branch: MatrixView(inner, rows: count, columns: configuration.innerWidth),
                p.feedForwardOut, into: x, dropout: nil, at: .embedding)
        }
        parameters.finalNorm.forward(x, into: normed, norm, rows: count)
        Head.logits(parameters, normed: normed, rows: count, into: logits)
    }
}
