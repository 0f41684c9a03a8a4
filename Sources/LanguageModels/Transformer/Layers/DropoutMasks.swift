import Compute

/// Dropout masks as a pure function of where they apply, so that the backward pass draws them
/// again.
struct DropoutMasks<S: Scalar> {
    /// The share of elements that become zero, in 2^-32.
    private let threshold: UInt32
    /// What remains is scaled up, so that its expectation stays.
    private let scale: S
    private let key: UInt64
    /// The slice's part of the number space: the rest counts the draws inside it.
    private let base: UInt64

    /// Masks of the `slice`-th slice ever computed under `key`.
    init(rate: Double, key: UInt64, slice: Int) {
        threshold = UInt32(min(rate * 0x1p32, 0x1p32 - 1))
        scale = S(1 / (1 - rate))
        self.key = key
        base = UInt64(slice) << 28
    }

    /// The indices in a model where masks apply: after the embedding, after each half of a block,
    /// and on each row of attention probabilities.
    enum Place {
        case embedding
        case attentionOut(layer: Int)
        case feedForwardOut(layer: Int)
        /// Of a layer's `count` rows, heads and sequences counted through.
        case probabilities(layer: Int, row: Int, of: Int)

        fileprivate var number: Int {
            switch self {
            case .embedding: 0
            case .attentionOut(let layer): 1 + 2 * layer
            case .feedForwardOut(let layer): 2 + 2 * layer
            case .probabilities(let layer, let row, let count):
                1 << 12 + layer * count + row
            }
        }
    }

    /// Applies the mask of an index; it is linear and its own transpose.
    func apply(to x: UnsafeMutablePointer<S>, count: Int, at index: Place) {
        S.kernels.dropout(x, count, key, base + UInt64(index.number), threshold, scale)
    }

    /// The masks of the indices from one on, for attention to apply.
    func rows(from index: Place) -> HeadAttention<S>.Dropout {
        HeadAttention<S>.Dropout(
            key: key, site: base + UInt64(index.number), threshold: threshold, scale: scale)
    }
}
