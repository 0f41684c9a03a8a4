import Compute

/// The parameters of a model, or the gradient with respect to them, as building blocks over one
/// flat array.
///
/// Letters: V vocabulary (padded), T context length, d width, q query width, k key width, n inner
/// width.
struct ParameterViews<S: Scalar> {
    /// (V, d)
    let tokenEmbedding: MatrixView<S>
    /// (T, d); nil where positions are not learned.
    let positionEmbedding: MatrixView<S>?
    let blocks: [BlockParameters<S>]
    let finalNorm: Normalization<S>
    /// (d, V): the token embedding transposed, or a matrix of its own.
    let head: Linear<S>

    /// Views of the array at `base`, which must outlive them. Products round their factors to
    /// `precision`, unless they find them in `panels`. The matrices of a fresh gradient are
    /// written, not added to.
    init(
        _ base: UnsafeMutablePointer<S>, layout: ParameterLayout,
        configuration: TransformerConfiguration, precision: Precision = .float32,
        panels: WeightPanels<S>? = nil, isFresh: Bool = false
    ) {
        let finder = ParameterFinder(base, layout, configuration, precision, panels, isFresh)
        let (vocabulary, d) = (configuration.paddedVocabularyCount, configuration.width)
        let embedding = MatrixView(
            finder.required(.tokenEmbedding), rows: vocabulary, columns: d)
        tokenEmbedding = embedding
        positionEmbedding = finder[.positionEmbedding].map {
            MatrixView($0, rows: configuration.contextLength, columns: d)
        }
        let output = finder[.output].map { MatrixView($0, rows: vocabulary, columns: d) }
        head = Linear(
            weight: (output ?? embedding).transposed, bias: nil, precision: precision,
            panels: panels?[BlockParameters<S>.matrixCount * configuration.layers],
            isFresh: isFresh)
        finalNorm = finder.normalization(.finalNormGain, .finalNormBias)
        blocks = (0..<configuration.layers).map { BlockParameters(finder, layer: $0) }
    }

    /// Views of an array that is only read.
    init(
        reading base: UnsafePointer<S>, layout: ParameterLayout,
        configuration: TransformerConfiguration, precision: Precision = .float32,
        panels: WeightPanels<S>? = nil
    ) {
        self.init(
            UnsafeMutablePointer(mutating: base), layout: layout, configuration: configuration,
            precision: precision, panels: panels)
    }

    /// All right factors of products, in the order in which ``WeightPanels`` counts them.
    var matrices: [MatrixView<S>] { blocks.flatMap(\.matrices) + [head.weight] }
}

/// The parameters of one block.
struct BlockParameters<S: Scalar> {
    let attentionNorm: Normalization<S>
    /// (d, q + 2k): queries, keys, values side by side.
    let attentionIn: Linear<S>
    /// (q, d)
    let attentionOut: Linear<S>
    let feedForwardNorm: Normalization<S>
    /// (d, n), or (d, 2n) where the activation has gates.
    let feedForwardIn: Linear<S>
    /// (n, d)
    let feedForwardOut: Linear<S>

    static var matrixCount: Int { 4 }
    var matrices: [MatrixView<S>] {
        [attentionIn, attentionOut, feedForwardIn, feedForwardOut].map(\.weight)
    }

    fileprivate init(_ finder: ParameterFinder<S>, layer: Int) {
        let configuration = finder.configuration
        attentionNorm = finder.normalization(.attentionNormGain, .attentionNormBias, layer)
        attentionIn = finder.linear(
            0, .attentionIn, .attentionInBias, layer, from: configuration.width,
            to: configuration.queryKeyValueWidth)
        attentionOut = finder.linear(
            1, .attentionOut, .attentionOutBias, layer, from: configuration.queryWidth,
            to: configuration.width)
        feedForwardNorm = finder.normalization(.feedForwardNormGain, .feedForwardNormBias, layer)
        feedForwardIn = finder.linear(
            2, .feedForwardIn, .feedForwardInBias, layer, from: configuration.width,
            to: configuration.innerColumns)
        feedForwardOut = finder.linear(
            3, .feedForwardOut, .feedForwardOutBias, layer, from: configuration.innerWidth,
            to: configuration.width)
    }
}

/// Finds the parts of a model in a flat array.
private struct ParameterFinder<S: Scalar> {
    let configuration: TransformerConfiguration
    private let base: UnsafeMutablePointer<S>
    private let kind: NormalizationKind
    private let storesRowPerOutput: Bool
    private let precision: Precision
    private let panels: WeightPanels<S>?
    private let isFresh: Bool
    /// Where each part begins; only looked up, never iterated.
    private var offsets: [Place: Int] = [:]

    private struct Place: Hashable {
        var part: ParameterPart
        var layer: Int?
    }

    init(
        _ base: UnsafeMutablePointer<S>, _ layout: ParameterLayout,
        _ configuration: TransformerConfiguration, _ precision: Precision,
        _ panels: WeightPanels<S>?, _ isFresh: Bool
    ) {
        self.base = base
        self.isFresh = isFresh
        self.precision = precision
        self.panels = panels
        self.configuration = configuration
        kind = configuration.family.architecture.normalization
        storesRowPerOutput = configuration.family.architecture.storesRowPerOutput
        for tensor in layout.tensors {
            let position = Place(part: tensor.part, layer: tensor.layer)
            if offsets[position] == nil { offsets[position] = tensor.offset }
        }
    }

    subscript(part: ParameterPart, layer: Int? = nil) -> UnsafeMutablePointer<S>? {
        offsets[Place(part: part, layer: layer)].map { base + $0 }
    }

    func required(_ part: ParameterPart, _ layer: Int? = nil) -> UnsafeMutablePointer<S> {
        guard let pointer = self[part, layer] else {
            preconditionFailure("\(configuration.family) lists no \(part) of layer \(layer ?? -1)")
        }
        return pointer
    }

    func normalization(
        _ gain: ParameterPart, _ bias: ParameterPart, _ layer: Int? = nil
    ) -> Normalization<S> {
        let parameters: Normalization<S>.Parameters =
            switch kind {
            case .layer: .layer(gain: required(gain, layer), bias: required(bias, layer))
            case .rootMeanSquare: .rootMeanSquare(gain: required(gain, layer))
            }
        return Normalization(
            parameters, width: configuration.width, epsilon: S(configuration.normEpsilon))
    }

    /// The `index`-th matrix of a layer.
    func linear(
        _ index: Int, _ weight: ParameterPart, _ bias: ParameterPart, _ layer: Int,
        from inputs: Int,
        to outputs: Int
    ) -> Linear<S> {
        let memory = required(weight, layer)
        return Linear(
            weight: storesRowPerOutput
                ? MatrixView(memory, rows: outputs, columns: inputs).transposed
                : MatrixView(memory, rows: inputs, columns: outputs),
            bias: self[bias, layer], precision: precision,
            panels: panels?[BlockParameters<S>.matrixCount * layer + index], isFresh: isFresh)
    }
}
