import Compute

/// The first half of a block: x + attend(norm(x) W + b) Wo + bo, where each token attends to itself and those before it.
enum Attention<S: Scalar> {
    static func forward(
        _ p: BlockParameters<S>, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        at places: RowPlaces<S>, shape: SliceShape, layer: Int, dropout: Dropout<S>?
    ) {
        project(p, a, scratch, at: places, shape: shape)
        for sequence in 0..<shape.sequences {
            for head in 0..<shape.configuration.heads {
                attend(
                    Heads(shape, sequence, head, layer), a, scratch, at: places, dropout: dropout)
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
        at places: RowPlaces<S>, shape: SliceShape
    ) {
        let rows = shape.rows
        p.attentionNorm.forward(a.input, into: scratch.normed, a.attentionNorm, rows: rows)
        p.attentionIn.forward(
            MatrixView(scratch.normed, rows: rows, columns: shape.width), into: a.queryKeyValue)
        places.rotary?.rotate(a.queryKeyValue, positions: places.positions, rows: rows)
    }

    /// `scratch.gradient` holds the gradient of the middle and becomes that of the input; parameters' are added to `g`.
    static func backward(
        _ p: BlockParameters<S>, gradient g: BlockParameters<S>, _ a: BlockActivations<S>,
        _ scratch: SliceScratch<S>, at places: RowPlaces<S>, shape: SliceShape, layer: Int,
        dropout: Dropout<S>?
    ) {
        let (rows, d, configuration) = (shape.rows, shape.width, shape.configuration)
        // The masked copy lies where the feed-forward half had its inner gradient, which is spent by now.
        let dy = MatrixView(
            Residual.branchGradient(
                of: scratch.gradient, scratch: scratch.innerGradient, count: rows * d,
                dropout: dropout, at: .attentionOut(layer: layer)), rows: rows, columns: d)
        let queries = configuration.queryWidth
        p.attentionOut.inputGradient(
            dy, into: MatrixView(scratch.branchGradient, rows: rows, columns: queries))
        g.attentionOut.accumulate(
            x: MatrixView(a.attended, rows: rows, columns: queries), dy: dy)

        for sequence in 0..<shape.sequences {
            for head in 0..<configuration.heads {
                attendBackward(
                    Heads(shape, sequence, head, layer), a, scratch, at: places, dropout: dropout)
            }
        }
        places.rotary?.rotate(
            scratch.queryKeyValueGradient, positions: places.positions, rows: rows, backwards: true)

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

    /// Where one head of one sequence lies inside (rows, q + 2k) and (rows, q).
    private struct Heads {
        let length: Int
        let width: Int
        let firstRow: Int
        /// Where in a row of queries, keys and values its own begin.
        let queryColumn: Int
        let keyColumn: Int
        let valueColumn: Int
        /// From one row to the next in both.
        let stride: Int
        let attendedStride: Int
        /// Whether it is the first of the heads that share its keys and values.
        let isFirstOfGroup: Bool
        let scoreStride: Int
        let scale: S
        let layer: Int
        /// Counts the blocks of queries of a layer, for dropout.
        let firstBlock: Int
        let blockCount: Int

        init(_ shape: SliceShape, _ sequence: Int, _ head: Int, _ layer: Int) {
            let configuration = shape.configuration
            let group = configuration.heads / configuration.keyValueHeads
            length = shape.length
            width = configuration.headWidth
            firstRow = sequence * shape.length
            queryColumn = head * width
            keyColumn = configuration.queryWidth + head / group * width
            valueColumn = keyColumn + configuration.keyWidth
            stride = configuration.queryKeyValueWidth
            attendedStride = configuration.queryWidth
            isFirstOfGroup = head % group == 0
            scoreStride = shape.scoreStride
            scale = 1 / S(width).squareRoot()
            self.layer = layer
            let blocks = (shape.length + SliceShape.queryBlock - 1) / SliceShape.queryBlock
            firstBlock = (sequence * configuration.heads + head) * blocks
            blockCount = shape.sequences * configuration.heads * blocks
        }

        func queries(
            of matrix: UnsafeMutablePointer<S>, from: Int, count: Int
        ) -> MatrixView<S> {
            part(queryColumn, of: matrix, from: from, count: count)
        }

        /// The keys of the first `count` positions.
        func keys(of matrix: UnsafeMutablePointer<S>, count: Int) -> MatrixView<S> {
            part(keyColumn, of: matrix, from: 0, count: count)
        }

        func values(of matrix: UnsafeMutablePointer<S>, count: Int) -> MatrixView<S> {
            part(valueColumn, of: matrix, from: 0, count: count)
        }

        private func part(
            _ column: Int, of matrix: UnsafeMutablePointer<S>, from: Int, count: Int
        ) -> MatrixView<S> {
            MatrixView(
                matrix + (firstRow + from) * stride + column, rows: count, columns: width,
                stride: stride)
        }

        /// Rows of the head's part of a (rows, q) matrix.
        func attended(
            of matrix: UnsafeMutablePointer<S>, from: Int, count: Int
        ) -> MatrixView<S> {
            MatrixView(
                matrix + (firstRow + from) * attendedStride + queryColumn, rows: count,
                columns: width, stride: attendedStride)
        }

        func place(_ start: Int) -> Dropout<S>.Place {
            .probabilities(
                layer: layer, block: firstBlock + start / SliceShape.queryBlock, of: blockCount)
        }
    }

    /// The probabilities of a block of queries, into `scratch.scores`; the same bits each time.
    private static func probabilities(
        _ heads: Heads, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        at places: RowPlaces<S>, start: Int, count: Int
    ) -> MatrixView<S> {
        let seen = start + count
        let scores = MatrixView(
            scratch.scores, rows: count, columns: seen, stride: heads.scoreStride)
        multiply(
            heads.queries(of: a.queryKeyValue, from: start, count: count),
            heads.keys(of: a.queryKeyValue, count: seen).transposed, into: scores,
            scale: heads.scale)
        if let firstSeen = places.firstSeen {
            S.kernels.maskBefore(
                scores.base, firstSeen + heads.firstRow + start, count, heads.scoreStride)
        }
        S.kernels.causalSoftmaxForward(scores.base, count, start, seen, heads.scoreStride)
        return scores
    }

    private static func attend(
        _ heads: Heads, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        at places: RowPlaces<S>, dropout: Dropout<S>?
    ) {
        var start = 0
        while start < heads.length {
            let count = min(SliceShape.queryBlock, heads.length - start)
            let scores = probabilities(heads, a, scratch, at: places, start: start, count: count)
            dropout?.apply(
                to: scores.base, count: count * heads.scoreStride, at: heads.place(start))
            multiply(
                scores, heads.values(of: a.queryKeyValue, count: start + count),
                into: heads.attended(of: a.attended, from: start, count: count))
            start += count
        }
    }

    private static func attendBackward(
        _ heads: Heads, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        at places: RowPlaces<S>, dropout: Dropout<S>?
    ) {
        let dqkv = scratch.queryKeyValueGradient
        // The last block sees every key, so the first head of a group sets the gradients of keys and values there; the
        // other blocks, and the heads that share these keys, add to them.
        var start = (heads.length - 1) / SliceShape.queryBlock * SliceShape.queryBlock
        var isFirst = heads.isFirstOfGroup
        while start >= 0 {
            let count = min(SliceShape.queryBlock, heads.length - start)
            let seen = start + count
            let p = probabilities(heads, a, scratch, at: places, start: start, count: count)
            let dp = MatrixView(
                scratch.scoreGradient, rows: count, columns: seen, stride: heads.scoreStride)
            let dOut = heads.attended(of: scratch.branchGradient, from: start, count: count)
            let dropped: MatrixView<S>
            if let dropout {
                let elements = count * heads.scoreStride
                dropped = MatrixView(
                    scratch.droppedScores, rows: count, columns: seen, stride: heads.scoreStride)
                dropped.base.update(from: p.base, count: elements)
                dropout.apply(to: dropped.base, count: elements, at: heads.place(start))
            } else {
                dropped = p
            }
            multiply(
                dropped.transposed, dOut, into: heads.values(of: dqkv, count: seen),
                adding: !isFirst)
            multiply(dOut, heads.values(of: a.queryKeyValue, count: seen).transposed, into: dp)
            dropout?.apply(
                to: dp.base, count: count * heads.scoreStride, at: heads.place(start))
            S.kernels.causalSoftmaxBackward(
                dp.base, p.base, count, start, seen, heads.scoreStride)
            multiply(
                dp, heads.keys(of: a.queryKeyValue, count: seen),
                into: heads.queries(of: dqkv, from: start, count: count), scale: heads.scale)
            multiply(
                dp.transposed, heads.queries(of: a.queryKeyValue, from: start, count: count),
                into: heads.keys(of: dqkv, count: seen), scale: heads.scale, adding: !isFirst)
            isFirst = false
            start -= SliceShape.queryBlock
        }
    }
}
