import Collapse
import Compute
package import LanguageModels
import Support
import Text

/// A fitted language model of either family.
package enum LanguageModel: Sendable {
    case ngram(NGramModel)
    case transformer(TrainedTransformer)
}

/// What the language setting asks of a family of models.
protocol LanguageLearner: Sendable {
    /// The version of what fits.
    var fitVersion: String { get }
    /// The version of what samples.
    var sampleVersion: String { get }
    /// Whether a fit can start from a model.
    var canStartFromModel: Bool { get }
    /// Whether a fit measures the validation split.
    var stopsOnValidation: Bool { get }
    /// Whether what is specified acts only in a fit that starts from a model.
    var needsModelToStartFrom: Bool { get }

    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<LanguageModel>,
        budget: TrainingBudget, world: LanguageWorld, key: RandomKey, work: Workload
    ) throws -> Fitted<LanguageModel>

    /// Negative log-likelihoods in nats: for each document its tokens, then its end.
    func score(
        _ data: TokenDataset, under model: LanguageModel, window: ScoringWindow,
        world: LanguageWorld, work: Workload
    ) throws -> [Double]

    /// Documents of exactly `size` tokens in total; document i draws from `key.at(i)`.
    func sample(
        from model: LanguageModel, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        world: LanguageWorld, key: RandomKey, work: Workload
    ) throws -> TokenDataset

    func encode(_ model: LanguageModel, world: LanguageWorld) throws -> [String: [UInt8]]
    func decode(_ files: [String: [UInt8]], world: LanguageWorld) throws -> LanguageModel
}

/// How long a fit trains.
struct TrainingBudget: Sendable, Hashable {
    enum Unit: String, Sendable {
        case epochs, steps, tokens
    }

    var unit: Unit
    var amount: Double

    init(unit: Unit, amount: Double) {
        self.unit = unit
        self.amount = amount
    }

    init(_ values: SpecificationValue) {
        unit = Unit(rawValue: values.required("unit").textValue) ?? .epochs
        amount = values.required("amount").numberValue
    }

    /// Optimizer steps over a stream of `tokens` with `tokensPerStep` in a step; at least one.
    func steps(tokens: Int, tokensPerStep: Int) -> Int {
        let steps =
            switch unit {
            case .steps: amount
            case .tokens: amount / Double(tokensPerStep)
            case .epochs: amount * Double(tokens) / Double(tokensPerStep)
            }
        return max(1, Int(steps.rounded()))
    }
}

/// How documents are scored by a model with a limited context.
struct ScoringWindow: Sendable, Hashable {
    /// Tokens of a window; nil for the model's own context length.
    var context: Int?
    /// How far the window moves; nil for half the context.
    var stride: Int?
}

/// How documents are drawn.
struct SamplingPlan: Sendable, Hashable {
    enum Prompt: String, Sendable {
        case boundary, real
    }

    var temperature: Double
    var topK: Int?
    var topP: Double?
    var minP: Double?
    var typical: Double?
    var repetitionPenalty: Double
    /// Beam search above 1.
    var beams: Int
    var lengthPenalty: Double
    var prompt: Prompt
    var promptTokens: Int
    var minimumDocumentLength: Int
    var maximumDocumentLength: Int
    /// Whether samples are decoded and tokenised again.
    var passesText: Bool

    init(_ values: SpecificationValue) {
        func optional<Value>(_ key: String, _ read: (SpecificationValue) -> Value) -> Value? {
            let value = values.required(key)
            return value.isNull ? nil : read(value)
        }
        temperature = values.required("temperature").numberValue
        topK = optional("top-k") { $0.integerValue }
        topP = optional("top-p") { $0.numberValue }
        minP = optional("min-p") { $0.numberValue }
        typical = optional("typical") { $0.numberValue }
        repetitionPenalty = values.required("repetition-penalty").numberValue
        beams = values.required("beams").integerValue
        lengthPenalty = values.required("length-penalty").numberValue
        prompt = Prompt(rawValue: values.required("prompt").textValue) ?? .boundary
        promptTokens = values.required("prompt-tokens").integerValue
        minimumDocumentLength = values.required("minimum-document-length").integerValue
        maximumDocumentLength = values.required("maximum-document-length").integerValue
        passesText = values.required("pass-as").textValue == "text"
    }

    /// What the keys cannot say one by one; `isNGram` where an n-gram model draws.
    func check(isNGram: Bool) throws(SpecificationIssue) {
        if isNGram {
            for (key, isGiven) in [
                ("min-p", minP != nil), ("typical", typical != nil),
                ("repetition-penalty", repetitionPenalty != 1), ("beams", beams > 1),
                ("minimum-document-length", minimumDocumentLength > 1),
            ] where isGiven {
                throw SpecificationIssue(
                    path: [key],
                    message:
                        "n-gram models draw with temperature, top-k and top-p only: leave this "
                        + "out, or use a transformer")
            }
        }
        guard minimumDocumentLength <= maximumDocumentLength else {
            throw SpecificationIssue(
                path: ["minimum-document-length"],
                message: "\(minimumDocumentLength) is more than maximum-document-length: "
                    + "\(maximumDocumentLength)")
        }
        guard beams == 1 || prompt == .real else {
            throw SpecificationIssue(
                path: ["beams"],
                message: "beam search finds one continuation of each prompt: give prompt: real, or "
                    + "beams: 1")
        }
        guard beams == 1 || (topK == nil && topP == nil && minP == nil && typical == nil) else {
            throw SpecificationIssue(
                path: ["beams"],
                message: "beam search draws nothing: leave out top-k, top-p, min-p and typical")
        }
    }
}
