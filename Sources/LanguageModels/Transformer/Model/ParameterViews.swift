import Compute

/// The parameters of a model, or the gradient with respect to them, as matrices in one flat array.
///
/// Letters: V vocabulary (padded), T context length, d width.
struct ParameterViews<S: Scalar> {
    /// (V, d)
    let tokenEmbedding: MatrixView<S>
    /// (T, d)
    let positionEmbedding: MatrixView<S>
    let blocks: [BlockParameters<S>]
    /// (d)
    let finalGain: UnsafeMutablePointer<S>
    let finalBias: UnsafeMutablePointer<S>

    /// Views of the array at `base`, which must outlive them.
    init(
        _ base: UnsafeMutablePointer<S>, layout: ParameterLayout,
        configuration: TransformerConfiguration
    ) {
        let tensors = layout.tensors
        tokenEmbedding = MatrixView(
            base + tensors[0].offset, rows: configuration.paddedVocabularyCount,
            columns: configuration.width)
        positionEmbedding = MatrixView(
            base + tensors[1].offset, rows: configuration.contextLength,
            columns: configuration.width)
        blocks = (0..<configuration.layers).map { layer in
            let first = 2 + layer * ParameterLayout.tensorsPerBlock
            return BlockParameters(
                base,
                tensors: tensors[first..<first + ParameterLayout.tensorsPerBlock])
        }
        finalGain = base + tensors[tensors.count - 2].offset
        finalBias = base + tensors[tensors.count - 1].offset
    }

    /// Views of an array that is only read.
    init(
        reading base: UnsafePointer<S>, layout: ParameterLayout,
        configuration: TransformerConfiguration
    ) {
        self.init(
            UnsafeMutablePointer(mutating: base), layout: layout, configuration: configuration)
    }
}

/// The parameters of one block.
struct BlockParameters<S: Scalar> {
    let attentionNormGain: UnsafeMutablePointer<S>
    let attentionNormBias: UnsafeMutablePointer<S>
    /// (d, 3d): queries, keys, values side by side.
    let queryKeyValue: MatrixView<S>
    let queryKeyValueBias: UnsafeMutablePointer<S>
    /// (d, d)
    let attentionOut: MatrixView<S>
    let attentionOutBias: UnsafeMutablePointer<S>
    let feedForwardNormGain: UnsafeMutablePointer<S>
    let feedForwardNormBias: UnsafeMutablePointer<S>
    /// (d, 4d)
    let feedForwardIn: MatrixView<S>
    let feedForwardInBias: UnsafeMutablePointer<S>
    /// (4d, d)
    let feedForwardOut: MatrixView<S>
    let feedForwardOutBias: UnsafeMutablePointer<S>

    init(_ base: UnsafeMutablePointer<S>, tensors: ArraySlice<ParameterLayout.Tensor>) {
        let tensors = Array(tensors)
        func vector(_ index: Int) -> UnsafeMutablePointer<S> { base + tensors[index].offset }
        func matrix(_ index: Int) -> MatrixView<S> {
            MatrixView(
                vector(index), rows: tensors[index].shape[0], columns: tensors[index].shape[1])
        }
        attentionNormGain = vector(0)
        attentionNormBias = vector(1)
        queryKeyValue = matrix(2)
        queryKeyValueBias = vector(3)
        attentionOut = matrix(4)
        attentionOutBias = vector(5)
        feedForwardNormGain = vector(6)
        feedForwardNormBias = vector(7)
        feedForwardIn = matrix(8)
        feedForwardInBias = vector(9)
        feedForwardOut = matrix(10)
        feedForwardOutBias = vector(11)
    }
}
