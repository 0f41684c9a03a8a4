package import Compute
package import LanguageModels
package import Text

/// A model that plays the real world (Seddik et al. 2024): what it draws is real text without end, and
/// what it says of the next token is the truth.
///
/// The truth after a context is p(w | context)^(1/T), normalised over the tokens that the tokenizer
/// knows, the unknown one aside, p being the model and T the temperature; a transformer's document has
/// at least one token, and an n-gram model reads a shorter context where nothing is left after this
/// one. That is what documents are drawn from, and what `distributions(at:pool:)` and `nats(of:pool:)`
/// say.
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
            let all = model.configuration.vocabularyCount
            let forbidden =
                (tokenizer.unknown.map { [$0] } ?? []) + (known(of: all)..<all).map { UInt32($0) }
            return try TransformerSampler(
                model, boundary: tokenizer.documentBoundary,
                rule: SamplingRule(
                    Temperature(temperature), forbidden: forbidden)
            ).sample(
                SamplingRequest(
                    .documents(count), maximumDocumentLength: maximumDocumentLength),
                key: key, pool: pool
            ).documents
        case .ngram(let model):
            return model.sample(
                documents: count,
                options: NGramSamplingOptions(
                    maximumDocumentLength: maximumDocumentLength, temperature: temperature,
                    forbidden: tokenizer.unknown),
                key: key, pool: pool
            ).dataset
        }
    }

    /// The distribution of the next token at each position of some passages that begin with a
    /// document's boundary, row after row: as many numbers as the tokenizer has tokens.
    ///
    /// - Throws: `TransformerError` for passages that are longer than the model's context.
    package func distributions(at passages: [Passage], pool: WorkerPool) throws -> [Double] {
        switch model {
        case .transformer(let model):
            let rows = try model.distributions(at: passages, pool: pool)
            let width = model.configuration.vocabularyCount
            return passages.flatMap(\.positions).enumerated().flatMap { row, position in
                var weights = allowed(rows[row * width..<row * width + known(of: width)])
                if position == 1 { weights[Int(tokenizer.documentBoundary)] = 0 }
                return tempered(weights)
            }
        case .ngram(let model):
            return passages.flatMap { passage in
                passage.positions.flatMap { tempered(allowed(model, after: passage.tokens[..<$0])) }
            }
        }
    }

    /// Negative log-likelihoods in nats of documents that the truth drew: for each its tokens, then its
    /// end.
    ///
    /// - Throws: As `distributions(at:pool:)`.
    package func nats(of documents: TokenDataset, pool: WorkerPool) throws -> [Double] {
        let boundary = [tokenizer.documentBoundary]
        var nats: [Double] = []
        for index in 0..<documents.documentCount {
            let document = documents.document(index)
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

    private func allowed(_ row: ArraySlice<Double>) -> [Double] {
        var weights = Array(row)
        if let unknown = tokenizer.unknown { weights[Int(unknown)] = 0 }
        return weights
    }

    /// What an n-gram model draws from: the longest context after which something is left.
    private func allowed(_ model: NGramModel, after context: ArraySlice<UInt32>) -> [Double] {
        for length in stride(from: min(model.order - 1, context.count), through: 0, by: -1) {
            let weights = allowed(model.conditional(after: context.suffix(length))[...])
            if weights.contains(where: { $0 > 0 }) { return weights }
        }
        var end = [Double](repeating: 0, count: model.vocabularyCount)
        end[Int(tokenizer.documentBoundary)] = 1
        return end
    }

    private func tempered(_ weights: [Double]) -> [Double] {
        var weights = weights
        if temperature != 1, let greatest = weights.max(), greatest > 0 {
            for index in weights.indices where weights[index] > 0 {
                weights[index] = Elementary.exp(
                    Elementary.log(weights[index] / greatest) / temperature)
            }
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
