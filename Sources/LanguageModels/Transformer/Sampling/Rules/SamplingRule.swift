/// From which tokens, and with which probabilities, the next one is drawn. Without settings: from the model's own distribution.
///
/// The stages act in the order of Hugging Face's `generate`, each on what those before have left, with the same results:
/// repetition penalty, forbidden tokens, temperature, top-k, top-p, min-p, typical.
package struct SamplingRule: Codable, Hashable, Sendable {
    /// Divides the logits; 0 takes the likeliest token and ignores what comes after it.
    package var temperature: Double
    /// Only the likeliest `topK` tokens, and those as likely as the last of them; nil for all.
    package var topK: Int?
    /// Only the likeliest tokens whose probabilities first sum to `topP`; nil for all.
    package var topP: Double?
    /// Only tokens at least `minP` times as likely as the likeliest; nil for all.
    package var minP: Double?
    /// Only the tokens whose surprise is nearest to the entropy, until their probabilities sum to `typical`; nil for all.
    package var typical: Double?
    /// Divides positive logits of tokens that have occurred, and multiplies negative ones; 1 for none.
    package var repetitionPenalty: Double
    /// Tokens that are never drawn.
    package var forbidden: [UInt32]

    package init(
        temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, minP: Double? = nil,
        typical: Double? = nil, repetitionPenalty: Double = 1, forbidden: [UInt32] = []
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.typical = typical
        self.repetitionPenalty = repetitionPenalty
        self.forbidden = forbidden
    }

    /// The stages that change the scores of the model before one is chosen, and those that shape a draw, each in order.
    ///
    /// A rule of one's own is a file with a ``SamplingStage``, a setting above and a line here.
    var stages: (always: [any SamplingStage], drawing: [any SamplingStage]) {
        let always: [(any SamplingStage)?] = [RepetitionPenalty(self), Forbidden(self)]
        let drawing: [(any SamplingStage)?] = [
            Temperature(self), TopK(self), TopP(self), MinP(self), Typical(self),
        ]
        return (always.compactMap { $0 }, isGreedy ? [] : drawing.compactMap { $0 })
    }

    /// Whether the likeliest token is taken.
    package var isGreedy: Bool { temperature == 0 }

    /// Whether the rule leaves something to draw from `vocabularyCount` tokens.
    package func validate(vocabularyCount: Int) throws(TransformerError) {
        func problem(_ text: String) -> TransformerError {
            TransformerError(.request("sampling." + text))
        }
        func share(_ name: String, _ value: Double?) throws(TransformerError) {
            guard let value, !(value > 0 && value <= 1) else { return }
            throw problem("\(name) is \(value); it must lie above 0 and be at most 1")
        }
        guard temperature >= 0, temperature.isFinite else {
            throw problem("temperature is \(temperature); it must be at least 0")
        }
        if let topK, topK < 1 { throw problem("top-k is \(topK); it must be at least 1") }
        try share("top-p", topP)
        try share("min-p", minP)
        try share("typical", typical)
        guard repetitionPenalty > 0, repetitionPenalty.isFinite else {
            throw problem("repetition-penalty is \(repetitionPenalty); it must lie above 0")
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
