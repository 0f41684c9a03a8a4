/// The shape of a GPT-2 style transformer: learned positions, pre-layer normalisation, GELU, tied embedding.
package struct TransformerConfiguration: Codable, Hashable, Sendable {
    /// Blocks of attention and feed-forward.
    package var layers: Int
    /// Attention heads; divides ``width``.
    package var heads: Int
    /// Elements of the residual stream.
    package var width: Int
    /// The most tokens a prediction can look back on, in tokens.
    package var contextLength: Int
    /// Token ids are `0 ..< vocabularyCount`.
    package var vocabularyCount: Int
    /// Added to the variance in layer normalisation.
    package var normEpsilon: Double

    package init(
        layers: Int, heads: Int, width: Int, contextLength: Int, vocabularyCount: Int,
        normEpsilon: Double = 1e-5
    ) {
        self.layers = layers
        self.heads = heads
        self.width = width
        self.contextLength = contextLength
        self.vocabularyCount = vocabularyCount
        self.normEpsilon = normEpsilon
    }

    /// Elements of one head.
    var headWidth: Int { width / heads }
    /// Elements inside the feed-forward layer; four times the width, as in GPT-2.
    var innerWidth: Int { 4 * width }
    /// Rows of the embedding in memory. The rows beyond the vocabulary stay zero and are never predicted.
    var paddedVocabularyCount: Int { (vocabularyCount + 15) / 16 * 16 }

    /// Whether a model can have this shape.
    ///
    /// - Throws: What is out of range, with both values.
    package func validate() throws(TransformerError) {
        func check(
            _ name: String, _ value: Int, _ range: ClosedRange<Int>
        )
            throws(TransformerError)
        {
            guard range.contains(value) else {
                throw TransformerError(
                    .configuration("\(name) is \(value); it must lie in \(range)"))
            }
        }
        try check("layers", layers, 1...1_000)
        try check("heads", heads, 1...1_024)
        try check("width", width, 1...65_536)
        try check("context-length", contextLength, 1...1_048_576)
        try check("vocabulary", vocabularyCount, 1...16_777_216)
        guard width % heads == 0 else {
            throw TransformerError(
                .configuration(
                    "width \(width) is not divisible by \(heads) heads: choose a multiple of it"))
        }
        guard normEpsilon > 0, normEpsilon < 1 else {
            throw TransformerError(
                .configuration(
                    "layer normalisation epsilon is \(normEpsilon); it must lie in 0..<1"))
        }
    }
}
