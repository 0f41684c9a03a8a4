import Collapse
import Support
import Text

/// Sources that are fitted on a corpus.
enum DiscreteCorpus {
    /// The n-gram frequencies of a corpus's train split, read as one closed ring, so that the law of contexts is the
    /// stationary law of the chain. A context that never occurs, which the source itself never reaches, is followed by
    /// the frequencies of single symbols.
    static func source(
        _ values: SpecificationValue, resources: SettingResources
    ) throws -> DiscreteSource {
        let corpus = try CorpusStock(resources)
            .corpus(values.required("corpus").textValue, key: ["corpus"])
        let limit = values.required("vocabulary")
        let (symbols, vocabulary) = symbols(
            of: corpus.train, unit: values.required("unit").textValue,
            limit: limit.isNull ? nil : limit.integerValue)
        let order = values.required("order").integerValue
        try DiscreteSource.check(vocabulary: vocabulary, order: order)

        var contexts = 1
        for _ in 0..<order { contexts *= vocabulary }
        var rows = Array(repeating: 0.0, count: contexts * vocabulary)
        var frequencies = Array(repeating: 0.0, count: contexts)
        var unigrams = Array(repeating: 0.0, count: vocabulary)
        var context = symbols.suffix(order).reduce(0) { $0 * vocabulary + $1 }
        for symbol in symbols {
            let cell = context * vocabulary + symbol
            rows[cell] += 1
            frequencies[context] += 1
            unigrams[symbol] += 1
            context = cell % contexts
        }
        for context in 0..<contexts where frequencies[context] == 0 {
            rows.replaceSubrange(
                context * vocabulary..<(context + 1) * vocabulary, with: unigrams)
        }
        return DiscreteSource(
            vocabulary: vocabulary, order: order, rows: rows,
            contextLaw: frequencies.map { $0 / Double(symbols.count) })
    }

    /// The text as numbers by falling frequency, ties in the order of the tokenizer.
    private static func symbols(
        of documents: DocumentCollection, unit: String, limit: Int?
    ) -> (symbols: [Int], vocabulary: Int) {
        let texts = (0..<documents.count).lazy.map { documents.bytes(of: $0) }
        let tokens =
            unit == "characters"
            ? CharacterTokenizer.train(on: texts).encode(documents: texts).tokens
            : WordTokenizer.train(on: texts, minimumCount: 1, lowercased: true)
                .encode(documents: texts).tokens
        var counts = Array(repeating: 0, count: Int(tokens.max() ?? 0) + 1)
        for token in tokens { counts[Int(token)] += 1 }
        let ranked = counts.indices.filter { counts[$0] > 0 }
            .sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1 }
        let vocabulary = min(limit ?? ranked.count, ranked.count)
        var number = Array(repeating: 0, count: counts.count)
        for (rank, token) in ranked.enumerated() { number[token] = min(rank, vocabulary - 1) }
        return (tokens.map { number[Int($0)] }, vocabulary)
    }
}
