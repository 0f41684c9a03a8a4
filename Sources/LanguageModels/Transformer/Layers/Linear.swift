import Compute

/// A linear layer, or its gradient: y = x W + b for x of (rows, in) and y of (rows, out).
struct Linear<S: Scalar> {
    /// (in, out); a transposed view where memory holds (out, in).
    let weight: MatrixView<S>
    /// (out)
    let bias: UnsafeMutablePointer<S>?
    let precision: Precision
    /// The weight and its transpose, where they have been cut into panels.
    let panels: WeightPanels<S>.Pair?
    /// Where this is a gradient: whether its weight holds nothing yet, so that it is written
    /// instead of added to.
    let isFresh: Bool

    init(
        weight: MatrixView<S>, bias: UnsafeMutablePointer<S>?, precision: Precision = .float32,
        panels: WeightPanels<S>.Pair? = nil, isFresh: Bool = false
    ) {
        self.isFresh = isFresh
        self.weight = weight
        self.bias = bias
        self.precision = precision
        self.panels = panels
    }

    /// y = base + x W + b; no base is zero.
    func forward(_ x: MatrixView<S>, into y: MatrixView<S>, base: MatrixView<S>? = nil) {
        if let panels {
            multiply(x, panels.forward, into: y, base: base, bias: bias)
        } else {
            multiply(x, weight, into: y, base: base, bias: bias, precision: precision)
        }
    }

    /// dx = dy W^T
    func inputGradient(_ dy: MatrixView<S>, into dx: MatrixView<S>) {
        if let backward = panels?.backward {
            multiply(dy, backward, into: dx)
        } else {
            multiply(dy, weight.transposed, into: dx, precision: precision)
        }
    }

    /// Where this is a gradient: adds what `dy`, whose rows adjoin, makes of it at the input `x`; a
    /// further block of rows adds to a fresh gradient, too.
    func accumulate(x: MatrixView<S>, dy: MatrixView<S>, isFurtherBlock: Bool = false) {
        let isWritten = isFresh && !isFurtherBlock
        if weight.isTransposed {
            let gradient = weight.transposed
            multiply(
                dy.transposed, x, into: gradient, base: isWritten ? nil : gradient,
                precision: precision)
        } else {
            multiply(
                x.transposed, dy, into: weight, base: isWritten ? nil : weight,
                precision: precision)
        }
        if let bias { S.kernels.addColumnSums(bias, dy.base, dy.rows, dy.columns) }
    }
}
