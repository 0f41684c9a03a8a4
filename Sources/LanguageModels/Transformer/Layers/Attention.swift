import Compute

/// The first half of a block: x + attend(norm(x) W + b) Wo + bo, where each token attends to itself and those before it.
enum Attention<S: Scalar> {
    static func forward(
        _ p: BlockParameters<S>, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        shape: SliceShape, layer: Int, dropout: Dropout<S>?
    ) {
        project(p, a, scratch, shape: shape)
        for sequence in 0..<shape.sequences {
            for head in 0..<shape.configuration.heads {
                attend(
                    Heads(shape, sequence, head, layer), a, scratch, dropout: dropout)
            }
        }
        Residual.forward(
            x: a.input, branch: MatrixView(a.attended, rows: shape.rows, columns: shape.width),
            weight: p.attentionOut, bias: p.attentionOutBias, into: a.middle,
            dropout: dropout, at: .attentionOut(layer: layer))
    }

    /// Queries, keys and values of the normalised input.
    static func project(
        _ p: BlockParameters<S>, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        shape: SliceShape
    ) {
        let (rows, d) = (shape.rows, shape.width)
        S.kernels.layerNormForward(
            scratch.normed, a.attentionMean, a.attentionInverseDeviation, a.input,
            p.attentionNormGain, p.attentionNormBias, rows, d,
            S(shape.configuration.normEpsilon))
        S.kernels.fillRows(a.queryKeyValue, p.queryKeyValueBias, rows, 3 * d)
        multiply(
            MatrixView(scratch.normed, rows: rows, columns: d), p.queryKeyValue,
            into: MatrixView(a.queryKeyValue, rows: rows, columns: 3 * d), adding: true)
    }

    /// `scratch.gradient` holds the gradient of the middle and becomes that of the input; parameters' are added to `g`.
    static func backward(
        _ p: BlockParameters<S>, gradient g: BlockParameters<S>, _ a: BlockActivations<S>,
        _ scratch: SliceScratch<S>, shape: SliceShape, layer: Int, dropout: Dropout<S>?
    ) {
        let (rows, d) = (shape.rows, shape.width)
        let kernels = S.kernels
        // The masked copy lies where the feed-forward half had its inner gradient, which is spent by now.
        let dy = Residual.branchGradient(
            of: scratch.gradient, scratch: scratch.innerGradient, count: rows * d,
            dropout: dropout, at: .attentionOut(layer: layer))
        let dyMatrix = MatrixView(dy, rows: rows, columns: d)
        multiply(
            dyMatrix, p.attentionOut.transposed,
            into: MatrixView(scratch.branchGradient, rows: rows, columns: d))
        multiply(
            MatrixView(a.attended, rows: rows, columns: d).transposed, dyMatrix,
            into: g.attentionOut, adding: true)
        kernels.addColumnSums(g.attentionOutBias, dy, rows, d)

        for sequence in 0..<shape.sequences {
            for head in 0..<shape.configuration.heads {
                attendBackward(
                    Heads(shape, sequence, head, layer), a, scratch, dropout: dropout)
            }
        }

        let dqkv = MatrixView(scratch.queryKeyValueGradient, rows: rows, columns: 3 * d)
        kernels.layerNormApply(
            scratch.normed, a.attentionMean, a.attentionInverseDeviation, a.input,
            p.attentionNormGain, p.attentionNormBias, rows, d)
        multiply(
            MatrixView(scratch.normed, rows: rows, columns: d).transposed, dqkv,
            into: g.queryKeyValue, adding: true)
        kernels.addColumnSums(g.queryKeyValueBias, dqkv.base, rows, 3 * d)
        multiply(
            dqkv, p.queryKeyValue.transposed,
            into: MatrixView(scratch.branchGradient, rows: rows, columns: d))
        kernels.layerNormBackward(
            scratch.gradient, g.attentionNormGain, g.attentionNormBias, scratch.branchGradient,
            a.input, p.attentionNormGain, a.attentionMean, a.attentionInverseDeviation, rows, d)
    }

    /// Where one head of one sequence lies inside (rows, 3d) and (rows, d).
    private struct Heads {
        let length: Int
        let width: Int
        let model: Int
        let firstRow: Int
        let column: Int
        let scoreStride: Int
        let scale: S
        let layer: Int
        /// Counts the blocks of queries of a layer, for dropout.
        let firstBlock: Int
        let blockCount: Int

        init(_ shape: SliceShape, _ sequence: Int, _ head: Int, _ layer: Int) {
            length = shape.length
            width = shape.configuration.headWidth
            model = shape.width
            firstRow = sequence * shape.length
            column = head * width
            scoreStride = shape.scoreStride
            scale = 1 / S(width).squareRoot()
            self.layer = layer
            let blocks = (shape.length + SliceShape.queryBlock - 1) / SliceShape.queryBlock
            firstBlock = (sequence * shape.configuration.heads + head) * blocks
            blockCount = shape.sequences * shape.configuration.heads * blocks
        }

        /// Rows `from ..< from + count` of the head's part (0 query, 1 key, 2 value) of a (rows, 3d) matrix.
        func part(
            _ part: Int, of matrix: UnsafeMutablePointer<S>, from: Int, count: Int
        ) -> MatrixView<S> {
            MatrixView(
                matrix + (firstRow + from) * 3 * model + part * model + column, rows: count,
                columns: width, stride: 3 * model)
        }

        /// Rows of the head's part of a (rows, d) matrix.
        func rows(
            of matrix: UnsafeMutablePointer<S>, from: Int, count: Int
        ) -> MatrixView<S> {
            MatrixView(
                matrix + (firstRow + from) * model + column, rows: count, columns: width,
                stride: model)
        }

        func place(_ start: Int) -> Dropout<S>.Place {
            .probabilities(
                layer: layer, block: firstBlock + start / SliceShape.queryBlock, of: blockCount)
        }
    }

    /// The probabilities of a block of queries, into `scratch.scores`; the same bits each time.
    private static func probabilities(
        _ heads: Heads, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>, start: Int,
        count: Int
    ) -> MatrixView<S> {
        let seen = start + count
        let scores = MatrixView(
            scratch.scores, rows: count, columns: seen, stride: heads.scoreStride)
        multiply(
            heads.part(0, of: a.queryKeyValue, from: start, count: count),
            heads.part(1, of: a.queryKeyValue, from: 0, count: seen).transposed, into: scores,
            scale: heads.scale)
        S.kernels.causalSoftmaxForward(scores.base, count, start, seen, heads.scoreStride)
        return scores
    }

    private static func attend(
        _ heads: Heads, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        dropout: Dropout<S>?
    ) {
        var start = 0
        while start < heads.length {
            let count = min(SliceShape.queryBlock, heads.length - start)
            let scores = probabilities(heads, a, scratch, start: start, count: count)
            dropout?.apply(
                to: scores.base, count: count * heads.scoreStride, at: heads.place(start))
            multiply(
                scores, heads.part(2, of: a.queryKeyValue, from: 0, count: start + count),
                into: heads.rows(of: a.attended, from: start, count: count))
            start += count
        }
    }

    private static func attendBackward(
        _ heads: Heads, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        dropout: Dropout<S>?
    ) {
        let dqkv = scratch.queryKeyValueGradient
        // The last block sees every key, so it sets the gradients of keys and values and the others add to them.
        var start = (heads.length - 1) / SliceShape.queryBlock * SliceShape.queryBlock
        var isFirst = true
        while start >= 0 {
            let count = min(SliceShape.queryBlock, heads.length - start)
            let seen = start + count
            let p = probabilities(heads, a, scratch, start: start, count: count)
            let dp = MatrixView(
                scratch.scoreGradient, rows: count, columns: seen, stride: heads.scoreStride)
            let dOut = heads.rows(of: scratch.branchGradient, from: start, count: count)
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
                dropped.transposed, dOut, into: heads.part(2, of: dqkv, from: 0, count: seen),
                adding: !isFirst)
            multiply(
                dOut, heads.part(2, of: a.queryKeyValue, from: 0, count: seen).transposed, into: dp)
            dropout?.apply(
                to: dp.base, count: count * heads.scoreStride, at: heads.place(start))
            S.kernels.causalSoftmaxBackward(
                dp.base, p.base, count, start, seen, heads.scoreStride)
            multiply(
                dp, heads.part(1, of: a.queryKeyValue, from: 0, count: seen),
                into: heads.part(0, of: dqkv, from: start, count: count), scale: heads.scale)
            multiply(
                dp.transposed, heads.part(0, of: a.queryKeyValue, from: start, count: count),
                into: heads.part(1, of: dqkv, from: 0, count: seen), scale: heads.scale,
                adding: !isFirst)
            isFirst = false
            start -= SliceShape.queryBlock
        }
    }
}
