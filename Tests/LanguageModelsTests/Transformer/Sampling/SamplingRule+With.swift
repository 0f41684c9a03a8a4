import LanguageModels

extension SamplingRule {
    /// A rule of some of the stages.
    static func with(
        temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, minP: Double? = nil,
        typical: Double? = nil, repetitionPenalty: Double = 1, forbidden: [UInt32] = []
    ) -> SamplingRule {
        SamplingRule(
            RepetitionPenalty(repetitionPenalty), Temperature(temperature), TopK(topK), TopP(topP),
            MinP(minP), Typical(typical), forbidden: forbidden)
    }
}
