package import Compute

/// Forward and backward over some sequences of equal length, in memory allocated once. One per
/// worker.
///
/// Not thread-safe. Everything is computed on the calling thread.
package final class SliceEngine<S: Scalar> {
    /// What the engine keeps of a forward pass.
    package enum Purpose: Sendable {
        /// Every block's activations, and space for gradients.
        case training
        /// One block's activations at a time.
        case inference
    }

    package let configuration: TransformerConfiguration
    /// Where each tensor lies in the flat arrays of parameters and of gradients.
    package let layout: ParameterLayout
    private let maximumSequences: Int
    private let maximumLength: Int
    private let arena: Arena<S>
    private let tokenBuffer: Buffer<Int32>
    /// (rows): the negative log-likelihood of each target after a pass.
    private let rowNats: Buffer<Double>
    private let blocks: [BlockActivations<S>]
    private let scratch: SliceScratch<S>
    private let finalNorm: NormStatistics<S>
    private let precision: Precision
    private let panels: WeightPanels<S>?
    private let mask: DocumentMask?
    private let rotary: RotaryTable<S>?

    /// An engine for up to `sequences` sequences of up to `length` tokens.
    ///
    /// - Parameters:
    ///   - configuration: The model's shape.
    ///   - sequences: The most sequences.
    ///   - length: The most tokens of each.
    ///   - purpose: What is kept of a forward pass.
    ///   - precision: How factors of products are rounded.
    ///   - panels: The matrices of the parameters that will be computed with, cut and rounded; changes no bit.
    ///   - mask: Keeps attention inside documents.
    package init(
        configuration: TransformerConfiguration, sequences: Int, length: Int, purpose: Purpose,
        precision: Precision = .float32, panels: WeightPanels<S>? = nil, mask: DocumentMask? = nil
    ) {
        precondition(
            panels == nil || panels?.precision == precision,
            "an engine of \(precision) with panels of another precision")
        precondition(
            length > 0 && length <= configuration.contextLength,
            "sequences of \(length) tokens in a context of \(configuration.contextLength)")
        self.configuration = configuration
        layout = ParameterLayout(configuration)
        maximumSequences = sequences
        maximumLength = length
        self.precision = precision
        self.panels = panels
        self.mask = mask
        rotary = RotaryTable(configuration, count: length)
        let shape = SliceShape(configuration: configuration, sequences: sequences, length: length)
        let parts = Self.parts(shape, purpose)
        var plan = ArenaPlan()
        for part in parts { plan.add(part) }
        var arena = Arena<S>(plan)
        var pointers: [UnsafeMutablePointer<S>] = []
        for part in parts { pointers.append(arena.take(part)) }
        self.arena = arena

        let perBlock = Self.partsPerBlock
        let stored = purpose == .training ? configuration.layers : 1
        let streams = pointers[(stored * perBlock)...]
        blocks = (0..<configuration.layers).map { layer in
            let kept = purpose == .training ? layer : 0
            let part = pointers[(kept * perBlock)..<((kept + 1) * perBlock)]
            let first = part.startIndex
            // Without a backward pass two residual streams do, each block reading one and writing
            // the other.
            let streamIn = purpose == .training ? layer : layer % 2
            let streamOut = purpose == .training ? layer + 1 : (layer + 1) % 2
            return BlockActivations(
                input: streams[streams.startIndex + streamIn], middle: part[first],
                output: streams[streams.startIndex + streamOut],
                attentionNorm: NormStatistics(mean: part[first + 1], inverse: part[first + 2]),
                feedForwardNorm: NormStatistics(mean: part[first + 3], inverse: part[first + 4]),
                queryKeyValue: part[first + 5], attended: part[first + 6], inner: part[first + 7])
        }
        let streamCount = purpose == .training ? configuration.layers + 1 : 2
        let rest = Array(streams.dropFirst(streamCount))
        finalNorm = NormStatistics(mean: rest[0], inverse: rest[1])
        scratch = SliceScratch(
            normed: rest[2], activated: rest[3], attention: rest[4], gradient: rest[5],
            branchGradient: rest[6], queryKeyValueGradient: rest[7], innerGradient: rest[8],
            logits: rest[9])
        tokenBuffer = Buffer(count: 4 * shape.rows)
        rowNats = Buffer(count: shape.rows)
    }

    private static var partsPerBlock: Int { 8 }

    /// The sizes of all parts of the arena, in the order in which the initialiser takes them.
    private static func parts(_ shape: SliceShape, _ purpose: Purpose) -> [Int] {
        let configuration = shape.configuration
        let (rows, d, columns) = (shape.rows, shape.width, configuration.innerColumns)
        let (queries, all) = (configuration.queryWidth, configuration.queryKeyValueWidth)
        let isTraining = purpose == .training
        let block = [rows * d, rows, rows, rows, rows, rows * all, rows * queries, rows * columns]
        var parts: [Int] = []
        for _ in 0..<(isTraining ? configuration.layers : 1) { parts += block }
        for _ in 0..<(isTraining ? configuration.layers + 1 : 2) { parts.append(rows * d) }
        let backward = isTraining ? 1 : 0
        return parts + [
            rows, rows, rows * d, rows * configuration.innerWidth,
            S.kernels.attentionScratch(shape.length, configuration.headWidth, isTraining ? 1 : 0),
            backward * rows * d, backward * rows * max(d, queries), backward * rows * all,
            backward * rows * max(d, columns),
            SliceShape.logitRows(configuration, rows: rows) * configuration.paddedVocabularyCount,
        ]
    }

    /// (rows): where the caller puts the tokens before a pass.
    package var tokens: UnsafeMutablePointer<Int32> { tokenBuffer.base }
    /// (rows): where the caller puts what follows each token.
    package var targets: UnsafeMutablePointer<Int32> { tokenBuffer.base + rowNats.count }
    private var rowPositions: RowPositions<S> {
        let positions = tokenBuffer.base + 2 * rowNats.count
        return RowPositions(
            positions: positions, firstSeen: mask == nil ? nil : positions + rowNats.count,
            rotary: rotary)
    }
    /// (rows): the negative log-likelihood of each target after a pass, in nats.
    package var nats: UnsafePointer<Double> { UnsafePointer(rowNats.base) }

    private func shape(_ sequences: Int, _ length: Int) -> SliceShape {
        precondition(
            sequences * length <= maximumSequences * maximumLength && length <= maximumLength,
            "\(sequences) sequences of \(length) tokens in an engine for \(maximumSequences) of "
                + "\(maximumLength)")
        return SliceShape(configuration: configuration, sequences: sequences, length: length)
    }

    /// Views of the arrays seen last, so that a step builds none.
    private var parameterViews: (base: UnsafePointer<S>, views: ParameterViews<S>)?
    /// A worker adds to a gradient of its own or to the common one, and begins both.
    private var gradientViews: [GradientViews] = []

    private struct GradientViews {
        var base: UnsafeMutablePointer<S>
        var isFresh: Bool
        var views: ParameterViews<S>
    }

    private func views(of parameters: UnsafePointer<S>) -> ParameterViews<S> {
        if let known = parameterViews, known.base == parameters { return known.views }
        let views = ParameterViews(
            reading: parameters, layout: layout, configuration: configuration,
            precision: precision, panels: panels)
        parameterViews = (parameters, views)
        return views
    }

    private func views(
        of gradient: UnsafeMutablePointer<S>, isFresh: Bool
    ) -> ParameterViews<S> {
        for known in gradientViews where known.base == gradient && known.isFresh == isFresh {
            return known.views
        }
        let views = ParameterViews(
            gradient, layout: layout, configuration: configuration, precision: precision,
            isFresh: isFresh)
        gradientViews =
            gradientViews.suffix(3)
            + [GradientViews(base: gradient, isFresh: isFresh, views: views)]
        return views
    }

    /// What of a gradient is only ever added to: all but the matrices of products.
    private lazy var sums: [Range<Int>] = {
        let head: ParameterPart = configuration.tiesEmbedding ? .tokenEmbedding : .output
        let matrices = [head, .attentionIn, .attentionOut, .feedForwardIn, .feedForwardOut]
        return layout.tensors.filter { !matrices.contains($0.part) }.map(\.range)
    }()

    /// Says where every row stands in its text.
    private func setPositions(_ shape: SliceShape) {
        let rowPositions = rowPositions
        var row = 0
        for _ in 0..<shape.sequences {
            var first = 0
            for t in 0..<shape.length {
                if let mask, tokens[row] == Int32(truncatingIfNeeded: mask.boundary) { first = t }
                rowPositions.firstSeen?[row] = Int32(truncatingIfNeeded: first)
                let start = mask?.restartsPositions == true ? first : 0
                rowPositions.positions[row] = Int32(truncatingIfNeeded: t - start)
                row += 1
            }
        }
    }

    private func embed(
        _ p: ParameterViews<S>, _ shape: SliceShape, _ dropout: DropoutMasks<S>?
    ) {
        setPositions(shape)
        Embedding.forward(
            p, into: blocks[0].input, tokens: tokens, positions: rowPositions.positions,
            rows: shape.rows, dropout: dropout)
    }

    private func forward(
        _ p: ParameterViews<S>, _ shape: SliceShape, layer: Int, _ dropout: DropoutMasks<S>?
    ) {
        Attention.forward(
            p.blocks[layer], blocks[layer], scratch, at: rowPositions, shape: shape, layer: layer,
            dropout: dropout)
        FeedForward.forward(
            p.blocks[layer], blocks[layer], scratch, shape: shape, layer: layer, dropout: dropout)
    }

    private func forward(_ p: ParameterViews<S>, _ shape: SliceShape, _ dropout: DropoutMasks<S>?) {
        embed(p, shape, dropout)
        for layer in 0..<configuration.layers { forward(p, shape, layer: layer, dropout) }
    }

    private var output: UnsafeMutablePointer<S> { blocks[configuration.layers - 1].output }

    /// Adds the gradient of sum over rows of coefficient times nats to `gradient`; to a fresh one
    /// as if it were zero.
    ///
    /// The tokens and targets of `sequences * length` rows must be in place; ``nats`` holds the
    /// losses afterwards.
    ///
    /// - Returns: The loss: the sum over rows, in order.
    package func accumulate(
        parameters: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>, isFresh: Bool = false,
        coefficients: UnsafePointer<S>, sequences: Int, length: Int,
        dropout: (rate: Double, key: UInt64, slice: Int)? = nil, terms: LossTerms = .none
    ) -> Double {
        let shape = shape(sequences, length)
        let p = views(of: parameters)
        let g = views(of: gradient, isFresh: isFresh)
        if isFresh {
            for range in sums {
                (gradient + range.lowerBound).update(repeating: 0, count: range.count)
            }
        }
        let masks = dropout.map { DropoutMasks<S>(rate: $0.rate, key: $0.key, slice: $0.slice) }
        forward(p, shape, masks)
        Head.backward(
            p, gradient: g, x: output, finalNorm, targets: targets, coefficients: coefficients,
            nats: rowNats.base, scratch: scratch, shape: shape, terms: terms)
        for layer in stride(from: configuration.layers - 1, through: 0, by: -1) {
            FeedForward.backward(
                p.blocks[layer], gradient: g.blocks[layer], blocks[layer], scratch, shape: shape,
                layer: layer, dropout: masks)
            Attention.backward(
                p.blocks[layer], gradient: g.blocks[layer], blocks[layer], scratch,
                at: rowPositions,
                shape: shape, layer: layer, dropout: masks)
        }
        Embedding.backward(
            g, dx: scratch.gradient, tokens: tokens, positions: rowPositions.positions,
            rows: shape.rows,
            dropout: masks)
        var loss = 0.0
        for row in 0..<shape.rows { loss += Double(coefficients[row]) * rowNats[row] }
        return loss
    }

    /// A forward pass; afterwards ``score(parameters:rows:)`` and ``logits(parameters:rows:into:)``
    /// may be asked for rows.
    package func forward(parameters: UnsafePointer<S>, sequences: Int, length: Int) {
        let shape = shape(sequences, length)
        let p = views(of: parameters)
        forward(p, shape, nil)
        p.finalNorm.forward(output, into: scratch.normed, finalNorm, rows: shape.rows)
    }

    /// Fills ``nats`` for some rows of the last forward pass; `visit` is shown each row's logits.
    package func score(
        parameters: UnsafePointer<S>, rows: Range<Int>,
        visit: (_ row: Int, _ logits: UnsafePointer<S>) -> Void = { _, _ in }
    ) {
        let p = views(of: parameters)
        Head.nats(
            p, normed: scratch.normed + rows.lowerBound * configuration.width,
            targets: targets + rows.lowerBound, rows: rows.count,
            into: rowNats.base + rows.lowerBound, scratch: scratch, configuration: configuration
        ) { visit(rows.lowerBound + $0, $1) }
    }

    /// The normalised output of the last layer in a row of the last forward pass.
    func hiddenState(row: Int) -> [S] {
        Array(
            UnsafeBufferPointer(
                start: scratch.normed + row * configuration.width, count: configuration.width))
    }

    /// The logits of some rows of the last forward pass, `vocabularyCount` per row.
    package func logits(parameters: UnsafePointer<S>, rows: Range<Int>) -> [S] {
        let p = views(of: parameters)
        let padded = configuration.paddedVocabularyCount
        let block = Buffer<S>(count: rows.count * padded)
        Head.logits(
            p, normed: scratch.normed + rows.lowerBound * configuration.width, rows: rows.count,
            into: block.base)
        var logits: [S] = []
        logits.reserveCapacity(rows.count * configuration.vocabularyCount)
        for row in 0..<rows.count {
            logits += UnsafeBufferPointer(
                start: block.base + row * padded, count: configuration.vocabularyCount)
        }
        return logits
    }

    /// Computes the keys and values of one sequence and hands each layer's (length, q + 2k)
    /// queries, keys and values on.
    ///
    /// The last layer stops there: nothing of its output is needed.
    func prefill(
        _ p: ParameterViews<S>, length: Int,
        store: (_ layer: Int, _ queryKeyValue: UnsafeMutablePointer<S>) -> Void
    ) {
        let shape = shape(1, length)
        embed(p, shape, nil)
        for layer in 0..<configuration.layers {
            if layer == configuration.layers - 1 {
                Attention.project(
                    p.blocks[layer], blocks[layer], scratch, at: rowPositions, shape: shape)
            } else {
                forward(p, shape, layer: layer, nil)
            }
            store(layer, blocks[layer].queryKeyValue)
        }
    }
}
