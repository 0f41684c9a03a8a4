import Compute

/// The second half of a block: x + gelu(norm(x) W1 + b1) W2 + b2.
enum FeedForward<S: Scalar> {
    static func forward(
        _ p: BlockParameters<S>, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        shape: SliceShape, layer: Int, dropout: Dropout<S>?
    ) {
        let (rows, d, inner) = (shape.rows, shape.width, shape.configuration.innerWidth)
        let kernels = S.kernels
        kernels.layerNormForward(
            scratch.normed, a.feedForwardMean, a.feedForwardInverseDeviation, a.middle,
            p.feedForwardNormGain, p.feedForwardNormBias, rows, d,
            S(shape.configuration.normEpsilon))
        kernels.fillRows(a.inner, p.feedForwardInBias, rows, inner)
        multiply(
            MatrixView(scratch.normed, rows: rows, columns: d), p.feedForwardIn,
            into: MatrixView(a.inner, rows: rows, columns: inner), adding: true)
        kernels.geluForward(scratch.activated, a.inner, rows * inner)
        Residual.forward(
            x: a.middle, branch: MatrixView(scratch.activated, rows: rows, columns: inner),
            weight: p.feedForwardOut, bias: p.feedForwardOutBias, into: a.output,
            dropout: dropout, at: .feedForwardOut(layer: layer))
    }

    /// `scratch.gradient` holds the gradient of the output and becomes that of the middle; parameters' are added to `g`.
    static func backward(
        _ p: BlockParameters<S>, gradient g: BlockParameters<S>, _ a: BlockActivations<S>,
        _ scratch: SliceScratch<S>, shape: SliceShape, layer: Int, dropout: Dropout<S>?
    ) {
        let (rows, d, inner) = (shape.rows, shape.width, shape.configuration.innerWidth)
        let kernels = S.kernels
        let dy = Residual.branchGradient(
            of: scratch.gradient, scratch: scratch.branchGradient, count: rows * d,
            dropout: dropout, at: .feedForwardOut(layer: layer))
        let dyMatrix = MatrixView(dy, rows: rows, columns: d)
        let innerGradient = MatrixView(scratch.innerGradient, rows: rows, columns: inner)
        let activated = MatrixView(scratch.activated, rows: rows, columns: inner)
        let normed = MatrixView(scratch.normed, rows: rows, columns: d)

        multiply(dyMatrix, p.feedForwardOut.transposed, into: innerGradient)
        kernels.geluBackward(scratch.innerGradient, scratch.activated, a.inner, rows * inner)
        multiply(activated.transposed, dyMatrix, into: g.feedForwardOut, adding: true)
        kernels.addColumnSums(g.feedForwardOutBias, dy, rows, d)

        kernels.layerNormApply(
            scratch.normed, a.feedForwardMean, a.feedForwardInverseDeviation, a.middle,
            p.feedForwardNormGain, p.feedForwardNormBias, rows, d)
        multiply(normed.transposed, innerGradient, into: g.feedForwardIn, adding: true)
        kernels.addColumnSums(g.feedForwardInBias, scratch.innerGradient, rows, inner)
        multiply(
            innerGradient, p.feedForwardIn.transposed,
            into: MatrixView(scratch.branchGradient, rows: rows, columns: d))
        kernels.layerNormBackward(
            scratch.gradient, g.feedForwardNormGain, g.feedForwardNormBias,
            scratch.branchGradient, a.middle, p.feedForwardNormGain, a.feedForwardMean,
            a.feedForwardInverseDeviation, rows, d)
    }
}
