/// How much of a data set is outside the vocabulary.
package struct UnknownRate: Sendable, Hashable, Codable {
    /// Tokens that stand for an unknown word.
    package var unknownTokens: Int
    /// All tokens.
    package var tokens: Int

    package init(unknownTokens: Int, tokens: Int) {
        self.unknownTokens = unknownTokens
        self.tokens = tokens
    }

    /// The rate of a data set under the tokenizer that made it; zero where nothing is unknown.
    package init(of dataset: TokenDataset, tokenizer: some Tokenizer) {
        tokens = dataset.tokens.count
        unknownTokens =
            tokenizer.unknown.map { unknown in
                dataset.tokens.count { $0 == unknown }
            } ?? 0
    }

    /// The share of unknown tokens, from 0 to 1; 0 for no tokens.
    package var share: Double {
        tokens == 0 ? 0 : Double(unknownTokens) / Double(tokens)
    }
}
