/// How many documents are written at a time: part of the result's last bits, so part of the specification.
package struct TransformerSamplingConfiguration: Codable, Hashable, Sendable {
    /// Documents written side by side.
    package var batchWidth: Int
    /// Parts of the batch that are computed apart: the most workers that help.
    package var groups: Int

    package init(batchWidth: Int = 256, groups: Int = 4) {
        self.batchWidth = batchWidth
        self.groups = groups
    }

    /// Whether a batch can be cut so.
    package func validate() throws(TransformerError) {
        guard (1...65_536).contains(batchWidth), (1...batchWidth).contains(groups) else {
            throw TransformerError(
                .configuration(
                    "sampling.batch-width is \(batchWidth) and sampling.groups \(groups); choose "
                        + "1...65536 documents in at most as many groups"))
        }
    }
}

/// From which tokens, and with which probabilities, the next one is drawn.
package struct SamplingRule: Codable, Hashable, Sendable {
    /// Divides the logits; 0 takes the likeliest token.
    package var temperature: Double
    /// Only the likeliest `topK` tokens; nil for all.
    package var topK: Int?
    /// Only the likeliest tokens whose probabilities first sum to `topP`; nil for all.
    package var topP: Double?
    /// Tokens that are never drawn.
    package var forbidden: [UInt32]

    package init(
        temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, forbidden: [UInt32] = []
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.forbidden = forbidden
    }

    /// Whether the rule leaves something to draw from `vocabularyCount` tokens.
    package func validate(vocabularyCount: Int) throws(TransformerError) {
        func problem(_ text: String) -> TransformerError {
            TransformerError(.request("sampling." + text))
        }
        guard temperature >= 0, temperature.isFinite else {
            throw problem("temperature is \(temperature); it must be at least 0")
        }
        if let topK, topK < 1 { throw problem("top-k is \(topK); it must be at least 1") }
        if let topP, !(topP > 0 && topP <= 1) {
            throw problem("top-p is \(topP); it must lie above 0 and be at most 1")
        }
        if let token = forbidden.first(where: { $0 >= vocabularyCount }) {
            throw problem(
                "forbidden has token \(token), outside the vocabulary of \(vocabularyCount)")
        }
        // A document's first token is never the boundary, so one more token must remain.
        guard Set(forbidden).count + 2 <= vocabularyCount else {
            throw problem("forbidden leaves nothing of \(vocabularyCount) tokens to draw from")
        }
    }
}
