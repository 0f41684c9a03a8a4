import Compute

/// The second half of a block: x + activation(norm(x) W1 + b1) W2 + b2.
enum FeedForward<S: Scalar> {
    static func forward(
        _ p: BlockParameters<S>, _ a: BlockActivations<S>, _ scratch: SliceScratch<S>,
        shape: SliceShape, layer: Int, dropout: DropoutMasks<S>?
    ) {
        let (rows, inner) = (shape.rows, shape.configuration.innerWidth)
        p.feedForwardNorm.forward(
            a.middle, into: scratch.normed, a.feedForwardNorm, rows: rows)
        p.feedForwardIn.forward(
            MatrixView(scratch.normed, rows: rows, columns: shape.width),
            into: MatrixView(a.inner, rows: rows, columns: shape.configuration.innerColumns))
        shape.configuration.activation.forward(
            a.inner, into: scratch.activated, rows: rows, columns: inner)
        Residual.forward(
            x: a.middle, branch: MatrixView(scratch.activated, rows: rows, columns: inner),
            p.feedForwardOut, into: a.output, dropout: dropout, at: .feedForwardOut(layer: layer))
    }

    /// `scratch.gradient` holds the gradient of the output and becomes that of the middle;
    /// parameters' are added to `g`.
    static func backward(
        _ p: BlockParameters<S>, gradient g: BlockParameters<S>, _ a: BlockActivations<S>,
        _ scratch: SliceScratch<S>, shape: SliceShape, layer: Int, dropout: DropoutMasks<S>?
    ) {
        let (rows, d, inner) = (shape.rows, shape.width, shape.configuration.innerWidth)
        let columns = shape.configuration.innerColumns
        let dy = MatrixView(
            Residual.branchGradient(
                of: scratch.gradient, scratch: scratch.branchGradient, count: rows * d,
                dropout: dropout, at: .feedForwardOut(layer: layer)), rows: rows, columns: d)

        // The gradient of what the activation gives lies where that of what it takes will be.
        p.feedForwardOut.inputGradient(
            dy, into: MatrixView(scratch.innerGradient, rows: rows, columns: inner, stride: columns)
        )
        shape.configuration.activation.backward(
            scratch.innerGradient, recomputing: scratch.activated, x: a.inner, rows: rows,
            columns: inner)
        g.feedForwardOut.accumulate(
            x: MatrixView(scratch.activated, rows: rows, columns: inner), dy: dy)

        let dInner = MatrixView(scratch.innerGradient, rows: rows, columns: columns)
        p.feedForwardNorm.apply(a.middle, into: scratch.normed, a.feedForwardNorm, rows: rows)
        g.feedForwardIn.accumulate(
            x: MatrixView(scratch.normed, rows: rows, columns: d), dy: dInner)
        p.feedForwardIn.inputGradient(
            dInner, into: MatrixView(scratch.branchGradient, rows: rows, columns: d))
        p.feedForwardNorm.backward(
            scratch.branchGradient, x: a.middle, a.feedForwardNorm, addingTo: scratch.gradient,
            gradient: g.feedForwardNorm, rows: rows)
    }
}
