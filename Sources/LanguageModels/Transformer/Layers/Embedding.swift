import Compute

/// The residual stream's first value: the rows of a token and of its position, added.
enum Embedding<S: Scalar> {
    /// x = tokenEmbedding[token] + positionEmbedding[position]; x is (rows, d).
    static func forward(
        _ parameters: ParameterViews<S>, into x: UnsafeMutablePointer<S>,
        tokens: UnsafePointer<Int32>, positions: UnsafePointer<Int32>, rows: Int,
        dropout: Dropout<S>?
    ) {
        let d = parameters.tokenEmbedding.columns
        S.kernels.embeddingGather(
            x, parameters.tokenEmbedding.base, parameters.positionEmbedding.base, tokens,
            positions, rows, d)
        dropout?.apply(to: x, count: rows * d, at: .embedding)
    }

    /// Adds the gradient of x, which it overwrites, to the rows it came from.
    static func backward(
        _ gradient: ParameterViews<S>, dx: UnsafeMutablePointer<S>,
        tokens: UnsafePointer<Int32>, positions: UnsafePointer<Int32>, rows: Int,
        dropout: Dropout<S>?
    ) {
        let d = gradient.tokenEmbedding.columns
        dropout?.apply(to: dx, count: rows * d, at: .embedding)
        S.kernels.embeddingScatter(
            gradient.tokenEmbedding.base, gradient.positionEmbedding.base, dx, tokens, positions,
            rows, d)
    }
}
