package import Text

/// How documents are drawn from an n-gram model.
package struct NGramSamplingOptions: Sendable, Hashable {
    /// Where a document is cut that has not ended; its prompt counts if it is part of the document.
    package var maximumDocumentLength: Int
    /// Probabilities are raised to 1 / temperature; 0 takes the most probable token.
    package var temperature: Double
    /// Only the k most probable tokens are drawn; of equal ones those with the lower id.
    package var topK: Int?
    /// Only the most probable tokens that together reach this probability are drawn, after `topK`.
    package var topP: Double?
    /// A token that is never drawn, as if the distribution had been renormalised without it.
    package var forbidden: UInt32?
    /// Document i begins with prompt i modulo their number; empty for none.
    package var prompts: [[UInt32]]
    /// Whether a prompt is part of its document, or only what follows it.
    package var includesPrompt: Bool

    package init(
        maximumDocumentLength: Int, temperature: Double = 1, topK: Int? = nil, topP: Double? = nil,
        forbidden: UInt32? = nil, prompts: [[UInt32]] = [], includesPrompt: Bool = true
    ) {
        precondition(
            maximumDocumentLength > 0, "documents of at most \(maximumDocumentLength) tokens")
        precondition(temperature >= 0 && temperature.isFinite, "temperature \(temperature)")
        precondition(topK.map { $0 > 0 } ?? true, "the top \(topK ?? 0) tokens")
        precondition(topP.map { $0 > 0 && $0 <= 1 } ?? true, "top-p \(topP ?? 0)")
        self.maximumDocumentLength = maximumDocumentLength
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.forbidden = forbidden
        self.prompts = prompts
        self.includesPrompt = includesPrompt
    }

    /// Whether the model's own distribution is drawn from, apart from a forbidden token.
    var isPlain: Bool { temperature == 1 && !truncates }

    /// Whether only the most probable token is ever drawn.
    var isGreedy: Bool { temperature == 0 || topK == 1 }

    /// Whether tokens are left out for their rank.
    var truncates: Bool { topK != nil || topP != nil }

    /// Whether a document draws from full distributions: greedily, or so near to it that powers
    /// leave the range of numbers.
    var isNearlyGreedy: Bool { isGreedy || temperature < 0.05 }
}

/// Documents drawn from a model.
package struct NGramSample: Sendable, Hashable {
    /// Without boundaries; with the prompts if ``NGramSamplingOptions/includesPrompt`` is set.
    package var dataset: TokenDataset
    /// How many tokens at the beginning of each document are its prompt; 0 where prompts are left
    /// out.
    package var promptLengths: [Int]
}
