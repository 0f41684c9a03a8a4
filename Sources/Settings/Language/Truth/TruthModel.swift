package import Compute
package import LanguageModels
package import Text

/// A model that plays the real world (Seddik et al. 2024): what it draws is real text without end, and
/// what it says of the next token is the truth.
///
/// The truth after a context is p(w | context)^(1/T), normalised over the tokens that the tokenizer
/// knows, p being the model and T the temperature; a transformer's document has at least one token. That
/// is what documents are drawn from, and what `distributions(at:pool:)` and `nats(of:pool:)` say.
package struct TruthModel: Sendable {
    /// Bumped when documents of a truth change.
    static let version = 1

    private let model: ExistingModel
    package let tokenizer: any Tokenizer
    private let temperature: Double
    private let maximumDocumentLength: Int

    /// - Parameters:
    ///   - model: The model, whose context is longer than any document.
    ///   - tokenizer: Whose tokens the model knows.
    ///   - temperature: T, above 0.
    ///   - maximumDocumentLength: Where a document that has not ended is cut, in tokens.
    package init(
        _ model: ExistingModel, tokenizer: any Tokenizer, temperature: Double,
        maximumDocumentLength: Int
    ) {
        self.model = model
        self.tokenizer = tokenizer
        self.temperature = temperature
        self.maximumDocumentLength = maximumDocumentLength
    }

    /// The first `count` documents of a key; document i draws from `key.at(i)`.
    ///
    /// - Throws: What prevents the draw.
    package func documents(_ count: Int, key: RandomKey, pool: WorkerPool) throws -> TokenDataset {
        switch model {
        case .transformer(let model):
            let unknown =
                known(
                    of: model.configuration.vocabularyCount)..<model.configuration
                .vocabularyCount
            return try TransformerSampler(
                model, boundary: tokenizer.documentBoundary,
                rule: SamplingRule(
                    Temperature(temperature), forbidden: unknown.map { UInt32($0) })
            ).sample(
                SamplingRequest(
                    .documents(count), maximumDocumentLength: maximumDocumentLength),
                key: key, pool: pool
            ).documents
        case .ngram(let model):
            return model.sample(
                documents: count,
                options: NGramSamplingOptions(
                    maximumDocumentLength: maximumDocumentLength, temperature: temperature),
                key: key, pool: pool
            ).dataset
        }
    }

    /// The distribution of the next token at each position of some passages that begin with a
    /// document's boundary, row after row: as many numbers as the tokenizer has tokens.
    ///
    /// - Throws: `TransformerError` for passages that are longer than the model's context.
    package func distributions(at passages: [Passage], pool: WorkerPool) throws -> [Double] {
        let rows: [Double]
        switch model {
        case .transformer(let model): rows = try model.distributions(at: passages, pool: pool)
        case .ngram(let model): rows = model.distributions(at: passages)
        }
        let positions = passages.flatMap(\.positions)
        let width = rows.count / max(1, positions.count)
        return positions.enumerated().flatMap { row, position in
            truth(
                rows[row * width..<row * width + known(of: width)], isBeginning: position == 1)
        }
    }

    /// Negative log-likelihoods in nats of documents that the truth drew: for each its tokens, then its
    /// end.
    ///
    /// - Throws: As `distributions(at:pool:)`.
    package func nats(of documents: TokenDataset, pool: WorkerPool) throws -> [Double] {
        let parts = (0..<documents.documentCount).map { documents.document($0) }
        var nats: [Double] = []
        for (index, document) in parts.enumerated() {
            let boundary = [tokenizer.documentBoundary]
            let targets = Array(document) + boundary
            // A cut document has no end, and may fill the context.
            let asked = documents.isCut(index) ? document.count : targets.count
            // A part of the positions at a time, so that no more than their distributions are held.
            for first in stride(from: 0, to: asked, by: Self.positionsAtOnce) {
                let end = min(asked, first + Self.positionsAtOnce)
                let rows = try distributions(
                    at: [
                        Passage(
                            tokens: (boundary + document).dropLast(targets.count - end),
                            positions: Array(first + 1...end))
                    ], pool: pool)
                let width = rows.count / (end - first)
                nats += (first..<end).map {
                    -Elementary.log(rows[($0 - first) * width + Int(targets[$0])])
                }
            }
            if asked < targets.count { nats.append(0) }
        }
        return nats
    }

    private static let positionsAtOnce = 512

    /// How many of so many tokens the tokenizer knows; a model may have embeddings for more.
    private func known(of width: Int) -> Int { min(width, tokenizer.vocabularyCount) }

    private func truth(_ row: ArraySlice<Double>, isBeginning: Bool) -> [Double] {
        var weights = Array(row)
        if isBeginning, case .transformer = model {
            weights[Int(tokenizer.documentBoundary)] = 0
        }
        guard let greatest = weights.max(), greatest > 0 else { return weights }
        if temperature != 1 {
            for index in weights.indices where weights[index] > 0 {
                weights[index] = Elementary.exp(
                    Elementary.log(weights[index] / greatest) / temperature)
            }
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
