import Collapse
import Support
import Text

/// A source that is fitted on a corpus: the n-gram frequencies of its train split, read as one
/// closed ring, so that the distribution of contexts is the stationary distribution of the chain.
///
/// A context that never occurs, which the source itself never reaches, is followed by the
/// frequencies of single symbols.
struct DiscreteCorpus: KeyGroup {
    /// What a symbol is.
    enum Unit: String, CaseIterable, Sendable {
        case words, characters
    }

    private static let name = Key("corpus", .text, help: "A corpus of the folder corpora.")
    private static let unit = Key<Unit>(
        "unit", .choice, default: .words, help: "What a symbol is. Words are lower-cased.")
    private static let limit = Key<Int?>(
        "vocabulary", .optional(.integer(1...DiscreteSource.mostCells)), default: .some(nil),
        help:
            "Keeps the most frequent symbols, the last of which stands for all the "
            + "others; null keeps all.")

    @KeyList static var keys: [KeyDeclaration] {
        name
        DiscreteSource.contextLength
        unit
        limit
    }

    let name: String
    let order: Int
    let unit: Unit
    /// The most symbols that are kept; nil for all.
    let limit: Int?

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        name = try values[Self.name]
        order = try values[DiscreteSource.contextLength]
        unit = try values[Self.unit]
        limit = try values[Self.limit]
    }

    /// Fits the source.
    ///
    /// - Throws: ``SpecificationIssue`` where the corpus is unknown or no source, or what reading
    ///   it throws.
    func source(resources: SettingResources) throws -> DiscreteSource {
        let corpus = try CorpusStock(resources).corpus(name, key: [Self.name.name])
        let (symbols, vocabulary) = symbols(of: corpus.train)
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
            contextDistribution: frequencies.map { $0 / Double(symbols.count) })
    }

    /// The text as numbers by falling frequency, ties in the order of the tokenizer.
    private func symbols(
        of documents: DocumentCollection
    ) -> (symbols: [Int], vocabulary: Int) {
        let texts = (0..<documents.count).lazy.map { documents.bytes(of: $0) }
        let tokens =
            switch unit {
            case .characters: CharacterTokenizer.train(on: texts).encode(documents: texts).tokens
            case .words:
                WordTokenizer.train(on: texts, minimumCount: 1, lowercased: true)
                    .encode(documents: texts).tokens
            }
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
