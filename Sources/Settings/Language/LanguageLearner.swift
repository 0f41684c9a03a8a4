import Collapse
import Compute
import LanguageModels
import Support
import Text

/// A family of models that specifications can name: a type that conforms and a line in
/// ``LearnerKind``.
protocol ModelFamily: LanguageLearner, KeyGroup {
    /// One sentence for the manual.
    static var help: String { get }
    /// What a fit reports beside ``FitMetrics``.
    static var metrics: [MetricDeclaration] { get }
}

/// What the language setting asks of whatever makes its models.
protocol LanguageLearner: Sendable {
    /// A fitted model, with what a later fit may carry over.
    associatedtype Model: Sendable

    /// The version of what fits.
    var fitVersion: String { get }
    /// The version of what samples.
    var sampleVersion: String { get }
    /// Whether a fit can start from a model.
    var canStartFromModel: Bool { get }
    /// Whether models give no probability to much of what they have not seen.
    var needsScoringSmoothing: Bool { get }
    /// Whether a fit measures the validation split.
    var stopsOnValidation: Bool { get }
    /// Whether what is specified acts only in a fit that starts from a model.
    var needsModelToStartFrom: Bool { get }

    /// Refuses a base model that exists and is not what the learner's own keys describe.
    func check(base: BaseShape) throws(SpecificationIssue)
    /// Refuses the models of another learner, from which a phase of an arm goes on: to measure its own
    /// against, and where `startsFromThem` to train on.
    func check(
        after earlier: any LanguageLearner, startsFromThem: Bool
    ) throws(SpecificationIssue)
    /// The learner whose models carry their optimizer's state to the next generation.
    func carryingOptimizer() throws(SpecificationIssue) -> Self
    /// Refuses what the learner cannot be scored with, in the evaluation plan's own keys.
    func check(_ evaluation: EvaluationPlan) throws(SpecificationIssue)
    /// Refuses curation whose weights the learner cannot count with, in the keys of its stages.
    func check(_ curation: [any CurationStage]) throws(SpecificationIssue)
    /// Refuses what the learner cannot draw with, in the sampling plan's own keys.
    func check(_ plan: SamplingPlan) throws(SpecificationIssue)

    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<Model>,
        budget: TrainingBudget, seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> Fitted<Model>

    /// Negative log-likelihoods in nats: for each document its tokens, then its end, which is an
    /// event only where the document was not cut.
    func score(
        _ data: TokenDataset, under model: Model, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [Double]

    /// What a model says of every event, in the order of ``score(_:under:window:seedData:work:)``.
    func predictions(
        of data: TokenDataset, under model: Model, window: ScoringWindow, seedData: LanguageData,
        work: Workload
    ) throws -> [EventPrediction]

    /// The most tokens of a passage that the learner reads at once; nil for any number.
    func longestPassage(_ window: ScoringWindow) -> Int?

    /// The distribution of the next token at each position of some passages, row after row.
    func distributions(
        at passages: [Passage], under model: Model, work: Workload
    ) throws -> [Double]

    /// What a model makes of the contexts at each position of some passages: a vector of about unit
    /// length in each row.
    func contextVectors(at passages: [Passage], under model: Model, work: Workload) throws -> Matrix

    /// The weights that a model is smoothed with when it is scored, fitted to other text; nil for a
    /// family of models that needs none.
    func interpolation(of model: Model, over text: TokenDataset) -> NGramInterpolation?
    /// A model as it is scored with such weights.
    func smoothed(_ model: Model, by weights: NGramInterpolation) -> Model

    /// Documents of exactly `size` tokens in total; document i draws from `key.at(i)`.
    func sample(
        from model: Model, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> TokenDataset

    func encode(_ model: Model, seedData: LanguageData) throws -> [String: [UInt8]]
    func decode(_ files: [String: [UInt8]], seedData: LanguageData) throws -> Model

    /// A base model as one of the learner's own.
    func adopted(_ base: LanguageModel) -> Model
}

/// What every learner's fit reports first.
enum FitMetrics {
    static let tokens = MetricDeclaration(
        "fit.tokens", title: "tokens trained on", unit: "tokens", direction: .neither,
        help: "Tokens seen in training, repetitions counted.")
}

/// The shape of a base model that exists, as far as learners ask for it.
enum BaseShape: Sendable {
    case transformer(TransformerConfiguration)
    /// From which no fit can start, but samples can come.
    case ngram

    /// The most tokens that the model sees at once; nil for any number.
    var contextLength: Int? {
        if case .transformer(let shape) = self { shape.contextLength } else { nil }
    }
}

/// The families of models that specifications can name.
enum LearnerKind: String, CaseIterable, Sendable {
    case ngram, transformer

    var type: any ModelFamily.Type {
        switch self {
        case .ngram: NGramLearner.self
        case .transformer: TransformerLearner.self
        }
    }
}

/// What `model` can be: a family, or whatever the base model is.
enum ModelKind: CaseIterable, RawRepresentable, Sendable {
    case family(LearnerKind)
    case base

    static var allCases: [ModelKind] { LearnerKind.allCases.map(ModelKind.family) + [.base] }

    init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = kind
    }

    var rawValue: String {
        switch self {
        case .family(let kind): kind.rawValue
        case .base: "base"
        }
    }
}

/// The learner that a specification names.
struct ChosenLearner: TaggedKeys {
    static let kind = Key<ModelKind>("kind", .choice, help: "The family of the model.")

    static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: ModelKind.allCases.map { kind in
                switch kind {
                case .family(let family):
                    .init(kind.rawValue, family.type.keys, help: family.type.help)
                case .base:
                    .init(
                        kind.rawValue, TransformerSpecification.fineTuningKeys,
                        help: "The architecture of base.model.")
                }
            }, presetFolder: "models")
    }

    private enum Choice {
        case family(any ModelFamily)
        case base(SpecificationValue)
    }

    private let choice: Choice

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .family(let family): choice = .family(try family.type.init(values))
        case .base: choice = .base(values)
        }
    }

    /// The learner, which may take its shape from the base.
    ///
    /// - Throws: `SpecificationIssue` where no base exists to take it from.
    func learner(base: BaseShape?) throws(SpecificationIssue) -> any LanguageLearner {
        switch (choice, base) {
        case (.family(let learner), _):
            return learner
        case (.base, nil):
            throw SpecificationIssue(
                path: [Self.kind.name],
                message:
                    "this is the architecture of a base model that exists, and there is no "
                    + "base.model: give it, or choose ngram, transformer or a preset")
        case (.base, .ngram):
            throw SpecificationIssue(
                path: [Self.kind.name],
                message:
                    "the base is an n-gram model, from which no fit can start: leave out start-from, let "
                    + "samples come from it (sample-from: base-then-previous, or base for ever), and say "
                    + "what counts them, such as `model: {kind: ngram, order: 3}`")
        case (.base(let values), .transformer(let shape)):
            return try TransformerLearner(
                TransformerSpecification(fineTuning: values, shape: shape))
        }
    }
}
