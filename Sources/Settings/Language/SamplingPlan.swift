import Collapse
import LanguageModels
package import Support
import Text

/// How documents are drawn.
package struct SamplingPlan: KeyGroup {
    enum Prompt: String, CaseIterable, Sendable {
        case boundary, real
    }

    /// As what samples reach the next generation.
    enum Form: String, CaseIterable, Sendable {
        case tokens, text
    }

    private static let range = 0.0...100.0
    static let temperature = Key<Schedule>(
        Temperature.key.name, .schedule(range, constantsNameResults: true),
        default: .constant(1),
        help: Temperature.key.declaration.help
            + " A schedule gives each generation that draws its own.")
    package static let beams = Key(
        "beams", .integer(1...1_024), default: 1,
        help: "Above 1, beam search with so many beams in place of random draws; it needs "
            + "prompt: real.")
    package static let lengthPenalty = Key(
        "length-penalty", .number(-100...100), default: 1,
        help: "Beam search ranks finished continuations by log-probability over length to "
            + "this power.")
    static let prompt = Key<Prompt>(
        "prompt", .choice, default: .boundary,
        help: "What a document starts from: the document boundary, or the first tokens of a "
            + "document of generation 0's real sample, which are not part of what is drawn.")
    static let promptTokens = Key(
        "prompt-tokens", .integer(1...65_536), default: 16,
        help: "How many tokens of a real document a prompt takes.")
    static let minimumDocumentLength = Key(
        "minimum-document-length", .integer(1...10_000_000), default: 1,
        help: "A document does not end before so many tokens.")
    static let maximumDocumentLength = Key(
        "maximum-document-length", .integer(1...10_000_000), default: 2_000,
        help: "A document that has not ended by itself is cut after this many tokens.")
    static let passAs = Key<Form>(
        "pass-as", .choice, default: .tokens,
        help: "Whether samples reach the next generation as token ids, or decoded to text "
            + "and tokenised again.")

    @KeyList package static var keys: [KeyDeclaration] {
        SamplingStages.keys.map {
            $0.key == temperature.name ? temperature.declaration : $0
        }
        beams
        lengthPenalty
        prompt
        promptTokens
        minimumDocumentLength
        maximumDocumentLength
        passAs
    }

    /// What tokens are drawn by, at the temperature of a generation.
    private(set) var rule: SamplingRule
    private let temperatures: Schedule
    /// Beam search above 1.
    let beams: Int
    let lengthPenalty: Double
    let prompt: Prompt
    let promptTokens: Int
    let minimumDocumentLength: Int
    let maximumDocumentLength: Int
    let form: Form
    /// The keys whose values are not their defaults.
    private let changed: [String]

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        temperatures = try values[Self.temperature]
        rule = try SamplingRule(values, replacing: [Temperature(temperatures.value(at: 0) ?? 1)])
        beams = try values[Self.beams]
        lengthPenalty = try values[Self.lengthPenalty]
        prompt = try values[Self.prompt]
        promptTokens = try values[Self.promptTokens]
        minimumDocumentLength = try values[Self.minimumDocumentLength]
        maximumDocumentLength = try values[Self.maximumDocumentLength]
        form = try values[Self.passAs]
        changed = Self.keys.filter { values[$0.key] != $0.defaultValue }.map(\.key)
    }

    /// What the keys cannot say one by one.
    func check() throws(SpecificationIssue) {
        guard minimumDocumentLength <= maximumDocumentLength else {
            throw SpecificationIssue(
                path: [Self.minimumDocumentLength.name],
                message: "\(minimumDocumentLength) is more than maximum-document-length: "
                    + "\(maximumDocumentLength)")
        }
        guard beams > 1 else { return }
        guard prompt == .real else {
            throw SpecificationIssue(
                path: [Self.beams.name],
                message: "beam search finds one continuation of each prompt: give prompt: real, or "
                    + "beams: 1")
        }
        let truncations = SamplingStages.names(in: .truncation)
        guard truncations.allSatisfy({ !changed.contains($0) }) else {
            let names = truncations.dropLast().joined(separator: ", ")
            throw SpecificationIssue(
                path: [Self.beams.name],
                message: "beam search draws nothing: leave out \(names) and "
                    + (truncations.last ?? ""))
        }
    }

    /// Refuses a schedule that leaves a generation without a temperature.
    func check(drawingIn generations: some Sequence<Int>) throws(SpecificationIssue) {
        for t in generations {
            let value = temperatures.value(at: t)
            guard let value, Self.range.contains(value) else {
                throw SpecificationIssue(
                    path: [Self.temperature.name],
                    message: "the schedule "
                        + (value.map { "gives \($0) in" } ?? "has no value for")
                        + " generation \(t), which draws samples: choose one with values from 0 to "
                        + "100 there")
            }
        }
    }

    /// The plan of a generation that draws.
    func drawing(in generation: Int) -> SamplingPlan {
        guard let temperature = temperatures.value(at: generation) else { return self }
        var plan = self
        plan.rule = rule.replacing(Temperature(temperature))
        return plan
    }

    /// What documents start from where they are prompted: the beginnings of real documents, in
    /// order. Sample i continues prompt i modulo their number.
    func prompts(in real: TokenDataset) -> [[UInt32]] {
        (0..<real.documentCount).map { Array(real.document($0).prefix(promptTokens)) }
    }

    /// Whether documents are drawn from the model's distribution as it is.
    var isPlain: Bool { prompt == .boundary && firstKey(beyond: []) == nil }

    /// The first key, in order, that asks for more than drawing with some of the sampling rules;
    /// nil where none does.
    func firstKey(beyond rules: [String]) -> String? {
        (SamplingStages.keys.map(\.key).filter { !rules.contains($0) }
            + [Self.beams.name, Self.minimumDocumentLength.name])
            .first(where: changed.contains)
    }
}
