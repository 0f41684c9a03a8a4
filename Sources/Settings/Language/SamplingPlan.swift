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
        SamplingStages.keys
        beams
        lengthPenalty
        prompt
        promptTokens
        minimumDocumentLength
        maximumDocumentLength
        passAs
    }

    let rule: SamplingRule
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
        rule = try SamplingRule(values)
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
