package import Support
package import Text

extension NGramTextModel {
    /// The model's tokens for documents whose tokens another vocabulary spells, the unknown word
    /// for what it does not know.
    package func tokens(
        of dataset: TokenDataset, spelledBy words: NGramVocabulary
    ) -> TokenDataset {
        let tokens = (0..<UInt32(words.count)).map { token in
            token == words.boundary
                ? model.boundary : vocabulary.id(of: Array(words[token])) ?? unknown
        }
        return TokenDataset(
            tokens: dataset.tokens.map { tokens[Int($0)] }, offsets: dataset.offsets,
            cutDocuments: dataset.cutDocuments)
    }

    /// Scores documents whose tokens another vocabulary spells; those that the model does not know
    /// are unknown words.
    ///
    /// - Parameters:
    ///   - dataset: The documents.
    ///   - words: How their tokens are spelled.
    ///   - document: Called with the score of each document, in order.
    /// - Returns: The sum over all documents.
    /// - Throws: What `document` throws.
    package func score(
        _ dataset: TokenDataset, spelledBy words: NGramVocabulary,
        document: (NGramTextScore) throws(FileError) -> Void = { _ in }
    ) throws(FileError) -> NGramTextScore {
        let known = tokens(of: dataset, spelledBy: words)
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
                    event < range.count && known.tokens[range.lowerBound + event] == unknown
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
