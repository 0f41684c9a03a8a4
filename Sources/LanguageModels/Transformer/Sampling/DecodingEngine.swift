import Compute

/// Computes the logits of the next token for a fixed number of rows, one document each. One per worker.
///
/// Products always have the same number of rows: rows without a document are computed too and mean nothing.
package final class DecodingEngine {
    /// What a row holds in the coming step.
    package struct Row: BitwiseCopyable {
        /// The slot of the cache, or nil for a row without a document.
        package var slot: Int?
        /// The token and its position in the context.
        package var token: Int
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
    private let mean: UnsafeMutablePointer<Float>
    private let inverseDeviation: UnsafeMutablePointer<Float>
    private let scores: UnsafeMutablePointer<Float>
    /// (rows, padded vocabulary) after ``step(_:cache:)``.
    package let logits: UnsafeMutablePointer<Float>

    /// An engine for steps of `rows` documents.
    package init(_ model: TransformerModel, rows: Int) {
        self.model = model
        self.rows = rows
        let configuration = model.configuration
        parameters = ParameterViews(
            reading: model.parameters.base, layout: model.layout, configuration: configuration)
        let d = configuration.width
        let padded = (configuration.contextLength + 15) / 16 * 16
        let parts = [
            rows * d, rows * d, rows * d, rows * 3 * d, rows * d, rows * configuration.innerWidth,
            rows, rows, configuration.heads * padded, rows * configuration.paddedVocabularyCount,
        ]
        var plan = ArenaPlan()
        for part in parts { plan.add(part) }
        var arena = Arena<Float>(plan)
        var pointers: [UnsafeMutablePointer<Float>] = []
        for part in parts { pointers.append(arena.take(part)) }
        self.arena = arena
        (x, middle, normed) = (pointers[0], pointers[1], pointers[2])
        (queryKeyValue, attended, inner) = (pointers[3], pointers[4], pointers[5])
        (mean, inverseDeviation) = (pointers[6], pointers[7])
        (scores, logits) = (pointers[8], pointers[9])
        indices = Buffer(count: 2 * rows)
        prefillEngine = SliceEngine(
            configuration: configuration, sequences: 1, length: configuration.contextLength,
            purpose: .inference)
    }

    /// Puts the keys and values of `tokens`, at positions from 0 on, into a slot.
    package func prefill(_ tokens: ArraySlice<UInt32>, slot: Int, cache: KeyValueCache) {
        guard !tokens.isEmpty else { return }
        let d = model.configuration.width
        for (index, token) in tokens.enumerated() {
            prefillEngine.tokens[index] = Int32(truncatingIfNeeded: token)
        }
        prefillEngine.prefill(parameters, length: tokens.count) { layer, queryKeyValue in
            let keys = cache.keys(slot: slot, layer: layer)
            let values = cache.values(slot: slot, layer: layer)
            for position in 0..<tokens.count {
                let row = queryKeyValue + position * 3 * d
                Float.kernels.cacheAppend(
                    keys, values, row + d, row + 2 * d, position, d)
            }
        }
    }

    /// Feeds each row's token and leaves the logits of what follows in ``logits``.
    package func step(_ rows: UnsafePointer<Row>, cache: KeyValueCache) {
        let configuration = model.configuration
        let (count, d, inner) = (self.rows, configuration.width, configuration.innerWidth)
        let kernels = Float.kernels
        let epsilon = Float(configuration.normEpsilon)
        let scale = 1 / Float(configuration.headWidth).squareRoot()
        let (tokens, positions) = (indices.base, indices.base + count)
        for row in 0..<count {
            tokens[row] = Int32(truncatingIfNeeded: rows[row].token)
            positions[row] = Int32(truncatingIfNeeded: rows[row].position)
        }
        kernels.embeddingGather(
            x, parameters.tokenEmbedding.base, parameters.positionEmbedding.base, tokens,
            positions, count, d)
        for layer in 0..<configuration.layers {
            let p = parameters.blocks[layer]
            kernels.layerNormForward(
                normed, mean, inverseDeviation, x, p.attentionNormGain, p.attentionNormBias,
                count, d, epsilon)
            kernels.fillRows(queryKeyValue, p.queryKeyValueBias, count, 3 * d)
            multiply(
                MatrixView(normed, rows: count, columns: d), p.queryKeyValue,
                into: MatrixView(queryKeyValue, rows: count, columns: 3 * d), adding: true)
            for row in 0..<count {
                guard let slot = rows[row].slot else { continue }
                let qkv = queryKeyValue + row * 3 * d
                let keys = cache.keys(slot: slot, layer: layer)
                let values = cache.values(slot: slot, layer: layer)
                kernels.cacheAppend(
                    keys, values, qkv + d, qkv + 2 * d, rows[row].position, d)
                kernels.cacheAttention(
                    attended + row * d, qkv, keys, values, scores, configuration.heads, d,
                    rows[row].position + 1, scale)
            }
            Residual.forward(
                x: x, branch: MatrixView(attended, rows: count, columns: d),
                weight: p.attentionOut, bias: p.attentionOutBias, into: middle, dropout: nil,
                at: .embedding)
            kernels.layerNormForward(
                normed, mean, inverseDeviation, middle, p.feedForwardNormGain,
                p.feedForwardNormBias, count, d, epsilon)
            kernels.fillRows(self.inner, p.feedForwardInBias, count, inner)
            multiply(
                MatrixView(normed, rows: count, columns: d), p.feedForwardIn,
                into: MatrixView(self.inner, rows: count, columns: inner), adding: true)
            kernels.geluForward(self.inner, self.inner, count * inner)
            Residual.forward(
                x: middle, branch: MatrixView(self.inner, rows: count, columns: inner),
                weight: p.feedForwardOut, bias: p.feedForwardOutBias, into: x, dropout: nil,
                at: .embedding)
        }
        Head.normalize(
            parameters, x: x, mean: mean, inverseDeviation: inverseDeviation, into: normed,
            rows: count, epsilon: configuration.normEpsilon)
        Head.logits(parameters, normed: normed, rows: count, into: logits)
    }
}
