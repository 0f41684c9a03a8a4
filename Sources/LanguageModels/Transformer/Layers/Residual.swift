import Compute

/// A branch's last linear layer, added to the residual stream.
enum Residual<S: Scalar> {
    /// out = x + dropout(branch W + b); `branch` is (rows, n), x and out are (rows, d).
    static func forward(
        x: UnsafeMutablePointer<S>, branch: MatrixView<S>, _ linear: Linear<S>,
        into out: UnsafeMutablePointer<S>, dropout: DropoutMasks<S>?,
        at index: @autoclosure () -> DropoutMasks<S>.Place
    ) {
        let (rows, d) = (branch.rows, linear.weight.width)
        let (stream, target) = (
            MatrixView(x, rows: rows, columns: d), MatrixView(out, rows: rows, columns: d)
        )
        guard let dropout else {
            linear.forward(branch, into: target, base: stream)
            return
        }
        linear.forward(branch, into: target)
        dropout.apply(to: out, count: rows * d, at: index())
        S.kernels.add(out, x, rows * d)
    }

    /// The gradient of the branch's last layer: `dx` itself, or a masked copy of it in `scratch`.
    static func branchGradient(
        of dx: UnsafeMutablePointer<S>, scratch: UnsafeMutablePointer<S>, count: Int,
        dropout: DropoutMasks<S>?, at index: @autoclosure () -> DropoutMasks<S>.Place
    ) -> UnsafeMutablePointer<S> {
        guard let dropout else { return dx }
        scratch.update(from: dx, count: count)
        dropout.apply(to: scratch, count: count, at: index())
        return scratch
    }
}
