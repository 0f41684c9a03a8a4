import Compute

/// The shape of what is computed in one go: some sequences of equal length, their tokens as rows.
struct SliceShape {
    let configuration: TransformerConfiguration
    let sequences: Int
    /// Tokens of each sequence, at most the context length.
    let length: Int

    var rows: Int { sequences * length }
    var width: Int { configuration.width }

    /// Rows whose logits exist at a time, so that a large vocabulary takes a bounded amount of
    /// memory.
    static func logitRows(_ configuration: TransformerConfiguration, rows: Int) -> Int {
        let most = max(16, (8 << 20) / configuration.paddedVocabularyCount / 16 * 16)
        return min(rows, most)
    }
}

/// Where the rows of a slice stand in their texts.
struct RowPositions<S: Scalar> {
    /// (rows)
    let positions: UnsafeMutablePointer<Int32>
    /// (rows): the first row of its sequence that a row may look back on; nil where that is the
    /// first of all.
    let firstSeen: UnsafeMutablePointer<Int32>?
    /// Nil where positions are learned.
    let rotary: RotaryTable<S>?
}

/// What the forward pass of one block leaves for the backward pass.
///
/// Normalised inputs, activations and attention probabilities are computed again in the backward
/// pass: that is cheaper than to read them back from beyond the cache. Letters as in
/// `ParameterViews`.
struct BlockActivations<S: Scalar> {
    /// (rows, d): the residual stream into the block, between its halves, and out of it.
    let input: UnsafeMutablePointer<S>
    let middle: UnsafeMutablePointer<S>
    let output: UnsafeMutablePointer<S>
    let attentionNorm: NormStatistics<S>
    let feedForwardNorm: NormStatistics<S>
    /// (rows, q + 2k), turned to their positions where those are rotary.
    let queryKeyValue: UnsafeMutablePointer<S>
    /// (rows, q)
    let attended: UnsafeMutablePointer<S>
    /// (rows, inner columns): before the activation.
    let inner: UnsafeMutablePointer<S>
}

/// Memory that every block uses again.
struct SliceScratch<S: Scalar> {
    /// (rows, d)
    let normed: UnsafeMutablePointer<S>
    /// (rows, n)
    let activated: UnsafeMutablePointer<S>
    /// What attention over one head needs.
    let attention: UnsafeMutablePointer<S>
    /// (rows, d): the gradient of the residual stream.
    let gradient: UnsafeMutablePointer<S>
    /// (rows, d) or (rows, q)
    let branchGradient: UnsafeMutablePointer<S>
    /// (rows, q + 2k)
    let queryKeyValueGradient: UnsafeMutablePointer<S>
    /// (rows, inner columns) or (rows, d)
    let innerGradient: UnsafeMutablePointer<S>
    /// (logit rows, padded vocabulary)
    let logits: UnsafeMutablePointer<S>
}
