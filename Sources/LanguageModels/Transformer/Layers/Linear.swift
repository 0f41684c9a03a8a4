import Compute

/// A linear layer, or its gradient: y = x W + b for x of (rows, in) and y of (rows, out).
struct Linear<S: Scalar> {
    /// (in, out); a transposed view where memory holds (out, in).
    let weight: MatrixView<S>
    /// (out)
    let bias: UnsafeMutablePointer<S>?

    /// y = x W + b; rows of `y` adjoin.
    func forward(_ x: MatrixView<S>, into y: UnsafeMutablePointer<S>) {
        let columns = weight.width
        // The product adds to what is there, so that the bias costs nothing.
        if let bias { S.kernels.fillRows(y, bias, x.rows, columns) }
        multiply(
            x, weight, into: MatrixView(y, rows: x.rows, columns: columns), adding: bias != nil)
    }

    /// dx = dy W^T
    func inputGradient(_ dy: MatrixView<S>, into dx: MatrixView<S>) {
        multiply(dy, weight.transposed, into: dx)
    }

    /// Where this is a gradient: adds what `dy`, whose rows adjoin, makes of it at the input `x`.
    func accumulate(x: MatrixView<S>, dy: MatrixView<S>) {
        if weight.isTransposed {
            multiply(dy.transposed, x, into: weight.transposed, adding: true)
        } else {
            multiply(x.transposed, dy, into: weight, adding: true)
        }
        if let bias { S.kernels.addColumnSums(bias, dy.base, dy.rows, dy.columns) }
    }
}
