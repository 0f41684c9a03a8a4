/// A text whose keys and values lie in a slot of the cache, as far as they have been computed.
struct CachedText {
    var slot: Int
    /// The boundary, the prompt, and what has been written.
    var tokens: [UInt32]
    /// Where in `tokens` the context begins.
    private(set) var start = 0
    /// Tokens of the context that the cache holds; the next to feed is `tokens[start + position]`.
    private(set) var position = 0

    init(slot: Int, tokens: [UInt32]) {
        self.slot = slot
        self.tokens = tokens
    }

    /// Sees to it that all tokens but the last lie in the cache, and that there is space for that
    /// one.
    ///
    /// - Returns: What to feed next.
    mutating func prepare(
        _ engine: DecodingEngine, cache: KeyValueCache, contextLength: Int
    ) -> DecodingEngine.Row {
        if position == contextLength || tokens.count - start > contextLength {
            start = tokens.count - max(1, contextLength / 2)
            position = 0
        }
        if start + position < tokens.count - 1 {
            // The last token is read too, for a rounder number of rows; the coming step reads it
            // again.
            engine.prefill(tokens[start...], slot: slot, cache: cache)
            position = tokens.count - 1 - start
        }
        return DecodingEngine.Row(
            slot: slot, token: Int(tokens[start + position]), position: position)
    }

    /// The prepared token has been fed.
    mutating func advance() { position += 1 }
}
