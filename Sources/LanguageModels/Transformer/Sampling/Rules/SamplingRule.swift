package import Support

/// From which tokens, and with which probabilities, the next one is drawn. Without stages: from the
/// model's own distribution.
///
/// The stages act in the order of Hugging Face's `generate`, each on what those before have left,
/// with the same results: repetition penalty, forbidden tokens, temperature, top-k, top-p, min-p,
/// typical.
package struct SamplingRule: Sendable {
    /// What was asked for; of several stages of a type the last.
    private var given: [any SamplingStage]
    /// Tokens that are never drawn.
    package var forbidden: [UInt32]

    package init(_ stages: any SamplingStage..., forbidden: [UInt32] = []) {
        given = stages
        self.forbidden = forbidden
    }

    /// The rule that resolved values of ``SamplingStages/keys`` ask for, with other stages in place of
    /// some.
    package init(
        _ values: SpecificationValue, replacing stages: [any SamplingStage] = []
    ) throws(SpecificationIssue) {
        given = stages
        forbidden = []
        for type in SamplingStages.types
        where !stages.contains(where: { Swift.type(of: $0) == type }) {
            given.append(try type.init(resolved: values))
        }
    }

    /// The rule with another stage in place of what was given of its type.
    package func replacing(_ stage: some SamplingStage) -> SamplingRule {
        var rule = self
        rule.given.append(stage)
        return rule
    }

    /// The stage of a type, where one was asked for.
    package subscript<Stage: SamplingStage>(_: Stage.Type) -> Stage? {
        given.lazy.compactMap { $0 as? Stage }.last
    }

    /// The stages that change something in a phase, in order.
    private func stages(in phase: SamplingPhase) -> [any SamplingStage] {
        SamplingStages.types.filter { $0.phase == phase }.compactMap { type in
            given.last { Swift.type(of: $0) == type }.flatMap { $0.isActive ? $0 : nil }
        }
    }

    /// The stages that change the scores of the model before one is chosen, and those that shape a
    /// draw, each in order.
    var stages: (always: [any SamplingStage], drawing: [any SamplingStage]) {
        (stages(in: .scores), isGreedy ? [] : stages(in: .scaling) + stages(in: .truncation))
    }

    /// Whether the likeliest token is taken.
    package var isGreedy: Bool { self[Temperature.self]?.temperature == 0 }

    /// The rule without what shapes draws.
    package var greedy: SamplingRule {
        replacing(Temperature(0))
    }

    /// Whether the rule leaves something to draw from `vocabularyCount` tokens.
    package func validate(vocabularyCount: Int) throws(TransformerError) {
        func problem(_ text: String) -> TransformerError {
            TransformerError(.request("sampling." + text))
        }
        for type in SamplingStages.types {
            guard let stage = given.last(where: { Swift.type(of: $0) == type }),
                let text = stage.problem
            else { continue }
            throw problem("\(type.declaration.key) is \(text)")
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
