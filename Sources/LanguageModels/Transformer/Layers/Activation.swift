import Compute

/// What stands between the two linear layers of a feed-forward layer.
enum Activation: Sendable {
    /// gelu(x), in its tanh form (Hendrycks and Gimpel 2016).
    case gelu
    /// silu(gate) value, SwiGLU's (Shazeer 2020): a row holds all gates, then the values they act
    /// on.
    case siluGate

    /// Columns before the activation for each one after it.
    var inputsPerOutput: Int {
        switch self {
        case .gelu: 1
        case .siluGate: 2
        }
    }

    /// out is (rows, n) and may be `x`, which is (rows, n times ``inputsPerOutput``).
    func forward<S: Scalar>(
        _ x: UnsafeMutablePointer<S>, into out: UnsafeMutablePointer<S>, rows: Int, columns n: Int
    ) {
        switch self {
        case .gelu: S.kernels.geluForward(out, x, rows * n)
        case .siluGate: S.kernels.siluGateForward(out, x, rows, n)
        }
    }

    /// `dx`, of the shape of `x`, holds the gradient of the output in its rows' first n columns and
    /// becomes that of `x`; `out` becomes the output again.
    func backward<S: Scalar>(
        _ dx: UnsafeMutablePointer<S>, recomputing out: UnsafeMutablePointer<S>,
        x: UnsafeMutablePointer<S>, rows: Int, columns n: Int
    ) {
        switch self {
        case .gelu: S.kernels.geluBackward(dx, out, x, rows * n)
        case .siluGate: S.kernels.siluGateBackward(dx, out, x, rows, n)
        }
    }
}
