/// Turns a text that comes in blocks into tokens: the same as those of the whole text at once.
///
/// One stream reads any number of texts, one after another. Memory is bounded by a block and by
/// what the tokenizer must see as a whole (a piece of a byte-pair tokenizer, a line for the
/// others).
package protocol TokenizerStream: Sendable {
    /// Takes the next bytes and appends the tokens that are certain, whatever follows.
    mutating func append(_ block: Span<UInt8>, to tokens: inout [UInt32])
    /// Ends the text: appends the tokens of the rest. The next block begins another text.
    mutating func finish(to tokens: inout [UInt32])
}

extension TokenizerStream {
    /// Takes the next bytes as an array; otherwise as the requirement.
    package mutating func append(_ block: [UInt8], to tokens: inout [UInt32]) {
        append(block.span, to: &tokens)
    }
}

/// A stream for a tokenizer that never looks across the end of a line.
struct LineStream<Encoder: Tokenizer>: TokenizerStream {
    private let tokenizer: Encoder
    private var lines = WholeLines()

    init(_ tokenizer: Encoder) {
        self.tokenizer = tokenizer
    }

    mutating func append(_ block: Span<UInt8>, to tokens: inout [UInt32]) {
        tokens += tokenizer.encode(lines.append(block, isLast: false))
    }

    mutating func finish(to tokens: inout [UInt32]) {
        let nothing: [UInt8] = []
        tokens += tokenizer.encode(lines.append(nothing.span, isLast: true))
    }
}
