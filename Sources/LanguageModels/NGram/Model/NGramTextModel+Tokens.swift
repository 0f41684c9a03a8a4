package import Text

extension NGramTextModel {
    /// The model's tokens for documents whose tokens another vocabulary spells, the unknown word
    /// for what it does not know.
    ///
    /// - Throws: Where the documents hold what it does not know and it has no unknown word.
    package func tokens(
        of dataset: TokenDataset, spelledBy words: NGramVocabulary
    ) throws(NGramError) -> TokenDataset {
        if words == vocabulary { return dataset }
        let known = (0..<UInt32(words.count)).map { token in
            token == words.boundary
                ? model.boundary : vocabulary.id(of: Array(words[token])) ?? unknown
        }
        var tokens: [UInt32] = []
        tokens.reserveCapacity(dataset.tokens.count)
        for token in dataset.tokens {
            guard let token = known[Int(token)] else { throw NGramError(.noUnknownWord) }
            tokens.append(token)
        }
        return TokenDataset(
            tokens: tokens, offsets: dataset.offsets, cutDocuments: dataset.cutDocuments)
    }

    /// Scores documents whose tokens another vocabulary spells; those that the model does not know
    /// are unknown words.
    ///
    /// - Parameters:
    ///   - dataset: The documents.
    ///   - words: How their tokens are spelled.
    ///   - document: Called with the score of each document, in order.
    /// - Returns: The sum over all documents.
    /// - Throws: What `document` throws, and `NGramError` as
    ///   ``tokens(of:spelledBy:)``.
    package func score(
        _ dataset: TokenDataset, spelledBy words: NGramVocabulary,
        document: (NGramTextScore) throws -> Void = { _ in }
    ) throws -> NGramTextScore {
        let known = try tokens(of: dataset, spelledBy: words)
        let score = model.score(known)
        var total = NGramTextScore.zero
        for index in 0..<known.documentCount {
            var sum = NGramTextScore.zero
            let range = known.range(ofDocument: index)
            let events = score.nats[known.events(ofDocument: index)]
            for (event, nats) in events.enumerated() {
                // 1 / ln 10.
                let log10 = -nats * 0.434_294_481_903_251_8
                let isUnknown =
                    event < range.count && unknown == known.tokens[range.lowerBound + event]
                sum += NGramTextScore(
                    knownLog10Probability: isUnknown ? 0 : log10,
                    unknownLog10Probability: isUnknown ? log10 : 0, tokens: 1,
                    unknownTokens: isUnknown ? 1 : 0)
            }
            try document(sum)
            total += sum
        }
        return total
    }
}
