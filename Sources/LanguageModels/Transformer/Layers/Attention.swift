import Compute

/// The first half of a block: x + attend(norm(x) W + b) Wo + bo, where each token attends to itself
/// and those before it.
enum Attention<S: Scalar> {
    static func forward(
        _ p: BlockParameters<S>, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        at rowPositions: RowPositions<S>, shape: SliceShape, layer: Int, dropout: DropoutMasks<S>?
    ) {
        project(p, a, scratch, at: rowPositions, shape: shape)
        for sequence in 0..<shape.sequences {
            for head in 0..<shape.configuration.heads {
                let index = HeadPlace(shape, sequence, head)
                S.attend(
                    index.attention(a, scratch, rowPositions, shape, layer, dropout),
                    into: a.attended + index.attended, stride: shape.configuration.queryWidth,
                    precision: p.attentionIn.precision)
            }
        }
        Residual.forward(
            x: a.input,
            branch: MatrixView(
                a.attended, rows: shape.rows, columns: shape.configuration.queryWidth),
            p.attentionOut, into: a.middle, dropout: dropout, at: .attentionOut(layer: layer))
    }

    /// Queries, keys and values of the normalised input.
    static func project(
        _ p: BlockParameters<S>, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        at rowPositions: RowPositions<S>, shape: SliceShape
    ) {
        let rows = shape.rows
        p.attentionNorm.forward(a.input, into: scratch.normed, a.attentionNorm, rows: rows)
        p.attentionIn.forward(
            MatrixView(scratch.normed, rows: rows, columns: shape.width),
            into: MatrixView(
                a.queryKeyValue, rows: rows, columns: shape.configuration.queryKeyValueWidth))
        rowPositions.rotary?.rotate(a.queryKeyValue, positions: rowPositions.positions, rows: rows)
    }

    /// `scratch.gradient` holds the gradient of the middle and becomes that of the input;
    /// parameters' are added to `g`.
    static func backward(
        _ p: BlockParameters<S>, gradient g: BlockParameters<S>, _ a: BlockActivations<S>,
        _ scratch: SliceScratch<S>, at rowPositions: RowPositions<S>, shape: SliceShape, layer: Int,
        dropout: DropoutMasks<S>?
    ) {
        let (rows, d, configuration) = (shape.rows, shape.width, shape.configuration)
        // The masked copy lies where the feed-forward half had its inner gradient, which is spent
        // by now.
        let dy = MatrixView(
            Residual.branchGradient(
                of: scratch.gradient, scratch: scratch.innerGradient, count: rows * d,
                dropout: dropout, at: .attentionOut(layer: layer)), rows: rows, columns: d)
        let queries = configuration.queryWidth
        p.attentionOut.inputGradient(
            dy, into: MatrixView(scratch.branchGradient, rows: rows, columns: queries))
        g.attentionOut.accumulate(
            x: MatrixView(a.attended, rows: rows, columns: queries), dy: dy)

        let gradient = scratch.queryKeyValueGradient
        for sequence in 0..<shape.sequences {
            for head in 0..<configuration.heads {
                let index = HeadPlace(shape, sequence, head)
                S.attendBackward(
                    index.attention(a, scratch, rowPositions, shape, layer, dropout),
                    gradient: scratch.branchGradient + index.attended, stride: queries,
                    query: gradient + index.query, key: gradient + index.key,
                    value: gradient + index.value, adding: index.sharesKeys,
                    precision: p.attentionIn.precision)
            }
        }
        rowPositions.rotary?.rotate(
            scratch.queryKeyValueGradient, positions: rowPositions.positions, rows: rows,
            backwards: true
        )

        let dqkv = MatrixView(
            scratch.queryKeyValueGradient, rows: rows, columns: configuration.queryKeyValueWidth)
        p.attentionNorm.apply(a.input, into: scratch.normed, a.attentionNorm, rows: rows)
        g.attentionIn.accumulate(
            x: MatrixView(scratch.normed, rows: rows, columns: d), dy: dqkv)
        p.attentionIn.inputGradient(
            dqkv, into: MatrixView(scratch.branchGradient, rows: rows, columns: d))
        p.attentionNorm.backward(
            scratch.branchGradient, x: a.input, a.attentionNorm, addingTo: scratch.gradient,
            gradient: g.attentionNorm, rows: rows)
    }
}

/// Where one head of one sequence lies inside (rows, q + 2k) and (rows, q).
private struct HeadPlace {
    let query: Int
    let key: Int
    let value: Int
    let attended: Int
    /// Whether a head before it has the same keys and values.
    let sharesKeys: Bool
    private let sequence: Int
    private let head: Int

    init(_ shape: SliceShape, _ sequence: Int, _ head: Int) {
        let configuration = shape.configuration
        let (firstRow, width) = (sequence * shape.length, configuration.headWidth)
        let group = configuration.heads / configuration.keyValueHeads
        query = firstRow * configuration.queryKeyValueWidth + head * width
        key = query - head * width + configuration.queryWidth + head / group * width
        value = key + configuration.keyWidth
        attended = firstRow * configuration.queryWidth + head * width
        sharesKeys = head % group > 0
        self.sequence = sequence
        self.head = head
    }

    func attention<S: Scalar>(
        _ a: BlockActivations<S>, _ scratch: SliceScratch<S>, _ rowPositions: RowPositions<S>,
        _ shape: SliceShape, _ layer: Int, _ dropout: DropoutMasks<S>?
    ) -> HeadAttention<S> {
        let configuration = shape.configuration
        let rows = UnsafePointer(a.queryKeyValue)
        return HeadAttention(
            query: rows + query, key: rows + key, value: rows + value,
            queryStride: configuration.queryKeyValueWidth,
            keyStride: configuration.queryKeyValueWidth, length: shape.length,
            width: configuration.headWidth, scale: 1 / S(configuration.headWidth).squareRoot(),
            first: rowPositions.firstSeen.map { UnsafePointer($0) + sequence * shape.length },
            dropout: dropout?.rows(
                from: .probabilities(
                    layer: layer, row: (sequence * configuration.heads + head) * shape.length,
                    of: shape.rows * configuration.heads)),
            scratch: scratch.attention)
    }
}
