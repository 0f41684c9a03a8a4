import Compute

/// What stands between the linear layers of a network, element by element.
package enum Activation: String, CaseIterable, Hashable, Sendable {
    /// max(x, 0).
    case relu
    /// x / (1 + exp(-x)) (Elfwing et al. 2018).
    case silu
    /// The hyperbolic tangent.
    case tanh

    func forward<Element: Scalar>(
        _ x: UnsafePointer<Element>, into out: UnsafeMutablePointer<Element>, count: Int
    ) {
        switch self {
        case .relu: Element.kernels.reluForward(out, x, count)
        case .silu: Element.kernels.siluForward(out, x, count)
        case .tanh: Element.kernels.tanhForward(out, x, count)
        }
    }

    /// `gradient`, that of the output, becomes that of the input.
    func backward<Element: Scalar>(
        _ gradient: UnsafeMutablePointer<Element>, input: UnsafePointer<Element>,
        output: UnsafePointer<Element>, count: Int
    ) {
        switch self {
        case .relu: Element.kernels.reluBackward(gradient, output, count)
        case .silu: Element.kernels.siluBackward(gradient, input, count)
        case .tanh: Element.kernels.tanhBackward(gradient, output, count)
        }
    }
}
