package import Text

/// What to write.
package struct SamplingRequest: Sendable, Hashable {
    /// How much.
    package enum Amount: Sendable, Hashable {
        /// Documents of exactly so many tokens in all: the last one is cut short.
        case tokens(Int)
        /// So many documents.
        case documents(Int)
    }

    /// How many tokens or documents to write; at least 0.
    package var amount: Amount
    /// The least tokens of a document, at least 1: before them it does not end. With the greatest
    /// length here, every document has that length.
    package var minimumDocumentLength: Int
    /// The most tokens of a document.
    package var maximumDocumentLength: Int
    /// Document i continues prompt i modulo their number; the prompt is not part of the result.
    /// Empty for none. Of a prompt as long as the context, the last half is read.
    package var prompts: [[UInt32]]
    /// Whether the log-probabilities of the tokens are wanted.
    package var recordsLogProbabilities: Bool

    package init(
        _ amount: Amount, minimumDocumentLength: Int = 1, maximumDocumentLength: Int,
        prompts: [[UInt32]] = [], recordsLogProbabilities: Bool = false
    ) {
        self.amount = amount
        self.minimumDocumentLength = minimumDocumentLength
        self.maximumDocumentLength = maximumDocumentLength
        self.prompts = prompts
        self.recordsLogProbabilities = recordsLogProbabilities
    }

    func validate(vocabularyCount: Int) throws(TransformerError) {
        func problem(_ text: String) -> TransformerError { TransformerError(.request(text)) }
        switch amount {
        case .tokens(let count), .documents(let count):
            guard count >= 0 else { throw problem("a sample of \(count); give at least 0") }
        }
        guard (1...maximumDocumentLength).contains(minimumDocumentLength) else {
            throw problem(
                "documents of \(minimumDocumentLength) to \(maximumDocumentLength) tokens; the least "
                    + "length must be at least 1 and the greatest no less")
        }
        for (index, prompt) in prompts.enumerated() {
            if let token = prompt.first(where: { $0 >= vocabularyCount }) {
                throw problem(
                    "token \(token) of prompt \(index) is outside the model's vocabulary of "
                        + "\(vocabularyCount)")
            }
        }
    }
}

/// The natural logarithms of a sampled token's probabilities.
package struct SampledToken: Sendable, Hashable {
    /// Under the model itself, at temperature 1 and before any rule.
    package var model: Double
    /// Under what it was drawn from: after the rule, and without the boundary where a document
    /// could not end.
    package var proposal: Double

    package init(model: Double, proposal: Double) {
        self.model = model
        self.proposal = proposal
    }
}

/// Documents that a model has written.
package struct TransformerSamples: Sendable, Hashable {
    /// Without boundaries and prompts.
    package internal(set) var documents = TokenDataset()
    /// One for each token of `documents`; empty where they were not asked for.
    package internal(set) var logProbabilities: [SampledToken] = []
    /// For each document, of the boundary that ended it; nil where it was cut at its greatest
    /// length or by the budget. Empty where they were not asked for.
    package internal(set) var endLogProbabilities: [SampledToken?] = []

    /// Takes the last document for cut.
    mutating func cutLast() {
        let last = documents.documentCount - 1
        guard last >= 0, !documents.isCut(last) else { return }
        documents = documents.cutting(documents.cutDocuments + [last])
        if !endLogProbabilities.isEmpty { endLogProbabilities[last] = nil }
    }

    /// Leaves the first `count` tokens.
    mutating func cut(toTokens count: Int) {
        guard documents.tokens.count > count else { return }
        documents = documents.prefix(tokens: count)
        guard !endLogProbabilities.isEmpty else { return }
        logProbabilities.removeLast(logProbabilities.count - count)
        endLogProbabilities.removeLast(endLogProbabilities.count - documents.documentCount)
        let last = documents.documentCount - 1
        if last >= 0, documents.isCut(last) { endLogProbabilities[last] = nil }
    }
}
