import Compute

/// What a normalisation leaves for the backward pass, (rows) each.
struct NormStatistics<S: Scalar> {
    /// Only layer normalisation has one.
    let mean: UnsafeMutablePointer<S>
    /// The inverse standard deviation, or the inverse root mean square.
    let inverse: UnsafeMutablePointer<S>
}

/// Normalisation of rows of `width` elements, or its gradient.
struct Normalization<S: Scalar> {
    enum Parameters {
        case layer(gain: UnsafeMutablePointer<S>, bias: UnsafeMutablePointer<S>)
        case rootMeanSquare(gain: UnsafeMutablePointer<S>)
    }

    private let parameters: Parameters
    private let width: Int
    private let epsilon: S

    init(_ parameters: Parameters, width: Int, epsilon: S) {
        self.parameters = parameters
        self.width = width
        self.epsilon = epsilon
    }

    func forward(
        _ x: UnsafeMutablePointer<S>, into out: UnsafeMutablePointer<S>,
        _ statistics: NormStatistics<S>, rows: Int
    ) {
        switch parameters {
        case .layer(let gain, let bias):
            S.kernels.layerNormForward(
                out, statistics.mean, statistics.inverse, x, gain, bias, rows, width, epsilon)
        case .rootMeanSquare(let gain):
            S.kernels.rmsNormForward(out, statistics.inverse, x, gain, rows, width, epsilon)
        }
    }

    /// The output again, from the statistics that the forward pass left.
    func apply(
        _ x: UnsafeMutablePointer<S>, into out: UnsafeMutablePointer<S>,
        _ statistics: NormStatistics<S>, rows: Int
    ) {
        switch parameters {
        case .layer(let gain, let bias):
            S.kernels.layerNormApply(
                out, statistics.mean, statistics.inverse, x, gain, bias, rows, width)
        case .rootMeanSquare(let gain):
            S.kernels.rmsNormApply(out, statistics.inverse, x, gain, rows, width)
        }
    }

    /// Adds the gradient of `x` to `dx` and that of the parameters to `gradient`.
    func backward(
        _ dy: UnsafeMutablePointer<S>, x: UnsafeMutablePointer<S>,
        _ statistics: NormStatistics<S>, addingTo dx: UnsafeMutablePointer<S>,
        gradient: Normalization, rows: Int
    ) {
        switch (parameters, gradient.parameters) {
        case (.layer(let gain, _), .layer(let dGain, let dBias)):
            S.kernels.layerNormBackward(
                dx, dGain, dBias, dy, x, gain, statistics.mean, statistics.inverse, rows, width)
        case (.rootMeanSquare(let gain), .rootMeanSquare(let dGain)):
            S.kernels.rmsNormBackward(dx, dGain, dy, x, gain, statistics.inverse, rows, width)
        default:
            preconditionFailure("a gradient of another kind of normalisation")
        }
    }
}
