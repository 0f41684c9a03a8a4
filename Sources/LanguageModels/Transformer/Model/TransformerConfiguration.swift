/// The shape of a transformer: its family and its sizes.
package struct TransformerConfiguration: Codable, Hashable, Sendable {
    /// Which building blocks the model is made of.
    package var family: TransformerFamily
    /// Blocks of attention and feed-forward.
    package var layers: Int
    /// Attention heads that ask.
    package var heads: Int
    /// Heads that hold keys and values, each shared by `heads / keyValueHeads` of those that ask.
    package var keyValueHeads: Int
    /// Elements of one head.
    package var headWidth: Int
    /// Elements of the residual stream.
    package var width: Int
    /// Elements inside the feed-forward layer, after its activation.
    package var innerWidth: Int
    /// The most tokens a prediction can look back on, in tokens.
    package var contextLength: Int
    /// Token ids are `0 ..< vocabularyCount`.
    package var vocabularyCount: Int
    /// Added to the variance, or to the mean square, in normalisation.
    package var normEpsilon: Double
    /// The base of the rotary angles; read by families with rotary positions only.
    package var ropeTheta: Double
    /// Whether the logits are products with the token embedding, or with a matrix of their own.
    package var tiesEmbedding: Bool

    /// A shape; what is left out is as the family has it by default.
    package init(
        family: TransformerFamily = .gpt2, layers: Int, heads: Int, keyValueHeads: Int? = nil,
        headWidth: Int? = nil, width: Int, innerWidth: Int? = nil, contextLength: Int,
        vocabularyCount: Int, normEpsilon: Double = 1e-5, ropeTheta: Double = 10_000,
        tiesEmbedding: Bool? = nil
    ) {
        let defaults = family.architecture
        self.family = family
        self.layers = layers
        self.heads = heads
        self.keyValueHeads = keyValueHeads ?? heads
        self.headWidth = headWidth ?? width / max(1, heads)
        self.width = width
        // A width that is refused later must not overflow here.
        self.innerWidth = innerWidth ?? defaults.innerWidth(width: min(max(width, 0), 1 << 20))
        self.contextLength = contextLength
        self.vocabularyCount = vocabularyCount
        self.normEpsilon = normEpsilon
        self.ropeTheta = ropeTheta
        self.tiesEmbedding = tiesEmbedding ?? defaults.tiesEmbedding
    }

    /// Elements of all queries of a token, and of its keys or its values.
    var queryWidth: Int { heads * headWidth }
    var keyWidth: Int { keyValueHeads * headWidth }
    /// Queries, keys and values side by side.
    var queryKeyValueWidth: Int { queryWidth + 2 * keyWidth }
    var activation: Activation { family.architecture.activation }
    /// Columns of the layer before the activation.
    var innerColumns: Int { innerWidth * activation.inputsPerOutput }
    /// Rows of the embedding in memory. The rows beyond the vocabulary stay zero and are never
    /// predicted.
    var paddedVocabularyCount: Int { (vocabularyCount + 15) / 16 * 16 }

    /// Whether a model can have this shape.
    ///
    /// - Throws: What is out of range, with both values.
    package func validate() throws(TransformerError) {
        try check("layers", layers, 1...1_000)
        try check("heads", heads, 1...1_024)
        try check("key-value-heads", keyValueHeads, 1...1_024)
        try check("width", width, 1...65_536)
        try check("inner-width", innerWidth, 1...1_048_576)
        try check("context-length", contextLength, 1...1_048_576)
        try check("vocabulary", vocabularyCount, 1...16_777_216)
        guard width >= heads else {
            throw problem("width \(width) is less than its \(heads) heads")
        }
        try check("head width", headWidth, 1...65_536)
        guard heads % keyValueHeads == 0 else {
            throw problem("\(heads) heads cannot share \(keyValueHeads) key-value-heads evenly")
        }
        guard normEpsilon > 0, normEpsilon < 1 else {
            throw problem("normalisation epsilon is \(normEpsilon); it must lie in 0..<1")
        }
        switch family.architecture.positions {
        case .learned:
            guard queryWidth == width, keyValueHeads == heads else {
                throw problem(
                    width % heads == 0
                        ? "\(heads) heads of \(headWidth) with \(keyValueHeads) key-value-heads do "
                            + "not make up the width \(width), as \(family.rawValue) needs it"
                        : "width \(width) is not divisible by \(heads) heads: choose a multiple of it"
                )
            }
        case .rotary:
            guard headWidth % 2 == 0 else {
                throw problem(
                    "head width \(headWidth) (width \(width) by \(heads) heads) is odd: rotary "
                        + "positions turn pairs")
            }
            guard ropeTheta >= 1, ropeTheta.isFinite else {
                throw problem("rope-theta is \(ropeTheta); it must be at least 1")
            }
        }
    }

    private func check(
        _ name: String, _ value: Int, _ range: ClosedRange<Int>
    ) throws(TransformerError) {
        guard range.contains(value) else {
            throw problem("\(name) is \(value); it must lie in \(range)")
        }
    }

    private func problem(_ text: String) -> TransformerError {
        TransformerError(.configuration(text))
    }
}
