import Compute

/// The residual stream's first value: the row of a token and, where positions are learned, that of
/// its position.
enum Embedding<S: Scalar> {
    /// x = tokenEmbedding[token] + positionEmbedding[position]; x is (rows, d).
    static func forward(
        _ parameters: ParameterViews<S>, into x: UnsafeMutablePointer<S>,
        tokens: UnsafePointer<Int32>, positions: UnsafePointer<Int32>, rows: Int,
        dropout: DropoutMasks<S>?
    ) {
        let d = parameters.tokenEmbedding.columns
        if let positionEmbedding = parameters.positionEmbedding {
            S.kernels.embeddingGather(
                x, parameters.tokenEmbedding.base, positionEmbedding.base, tokens, positions, rows,
                d)
        } else {
            S.kernels.gatherRows(x, parameters.tokenEmbedding.base, tokens, rows, d)
        }
        dropout?.apply(to: x, count: rows * d, at: .embedding)
    }

    /// Adds the gradient of x, which it overwrites, to the rows it came from.
    static func backward(
        _ gradient: ParameterViews<S>, dx: UnsafeMutablePointer<S>,
        tokens: UnsafePointer<Int32>, positions: UnsafePointer<Int32>, rows: Int,
        dropout: DropoutMasks<S>?
    ) {
        let d = gradient.tokenEmbedding.columns
        dropout?.apply(to: dx, count: rows * d, at: .embedding)
        if let positionEmbedding = gradient.positionEmbedding {
            S.kernels.embeddingScatter(
                gradient.tokenEmbedding.base, positionEmbedding.base, dx, tokens, positions, rows, d
            )
        } else {
            S.kernels.scatterRows(gradient.tokenEmbedding.base, dx, tokens, rows, d)
        }
    }
}
