import Collapse
import Compute
package import LanguageModels
import Text

/// A fitted language model of either family.
package enum LanguageModel: Sendable {
    case ngram(NGramModel)
    case transformer(TrainedTransformer)
}

/// What the language setting asks of a family of models.
protocol LanguageLearner: Sendable {
    /// Everything that determines a fit, beside data and tokenizer.
    var fitFingerprint: String { get }
    /// Everything of the family that determines samples, beside the model.
    var sampleFingerprint: String { get }
    /// Whether a fit depends on the training budget.
    var usesBudget: Bool { get }
    /// Whether a fit can start from a model.
    var canStartFromModel: Bool { get }

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
    var prompt: Prompt
    var promptTokens: Int
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
        prompt = Prompt(rawValue: values.required("prompt").textValue) ?? .boundary
        promptTokens = values.required("prompt-tokens").integerValue
        maximumDocumentLength = values.required("maximum-document-length").integerValue
        passesText = values.required("pass-as").textValue == "text"
    }
}
