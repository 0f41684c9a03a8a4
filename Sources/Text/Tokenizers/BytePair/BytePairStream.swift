/// A stream of a byte-pair tokenizer.
struct BytePairStream: TokenizerStream {
    private var stages: BytePairStages

    init(_ stages: BytePairStages) {
        self.stages = stages
    }

    mutating func append(_ block: Span<UInt8>, to tokens: inout [UInt32]) {
        stages.append(block, 0..<block.count, isLast: false, to: &tokens)
    }

    mutating func finish(to tokens: inout [UInt32]) {
        stages.finish(to: &tokens)
    }

    /// The tokens of a whole text.
    mutating func encode(_ text: Span<UInt8>, to tokens: inout [UInt32]) {
        stages.append(text, 0..<text.count, isLast: true, to: &tokens)
    }
}
