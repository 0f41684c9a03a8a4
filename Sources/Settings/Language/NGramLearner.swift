import Collapse
import Compute
import LanguageModels
import Support
import Text

/// N-gram models as learners: a fit counts its data once, whatever the budget.
struct NGramLearner: ModelFamily {
    private let configuration: NGramConfiguration
    private let samplesUnknown: Bool
    private static let file = NGramFolder.modelFile

    static let help = "A back-off n-gram model."
    static var metrics: [MetricDeclaration] { NGramFit.metrics }
    static let order = Key(
        "order", .integer(NGramConfiguration.orders), default: 3,
        help: "Length of the longest n-gram counted.")
    static let smoothing = Key<NGramSmoothing>(
        "smoothing", .choice, default: .modifiedKneserNey,
        help: "How unseen n-grams get probability.")
    static let k = Key(
        "k", .number(1e-9...1e6), default: 0.1,
        help: "The pseudo-count of add-k smoothing; other smoothings ignore it.")
    static let sampleUnknown = Key(
        "sample-unknown", .boolean, default: false,
        hashed: .only([.sample], because: "a fit does not sample"),
        help: "Whether <unk> may be sampled.")

    @KeyList static var keys: [KeyDeclaration] {
        order
        smoothing
        k
        sampleUnknown
    }

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        configuration = NGramConfiguration(
            order: try values[Self.order], smoothing: try values[Self.smoothing],
            k: try values[Self.k])
        samplesUnknown = try values[Self.sampleUnknown]
    }

    var fitVersion: String { "ngram v\(NGramModel.trainingVersion)" }
    var sampleVersion: String { "ngram v\(NGramModel.samplingVersion)" }

    var canStartFromModel: Bool { false }
    var needsScoringSmoothing: Bool { configuration.smoothing == .maximumLikelihood }
    var stopsOnValidation: Bool { false }
    var needsModelToStartFrom: Bool { false }

    func carryingOptimizer() -> NGramLearner { self }

    func check(base: BaseShape) throws(SpecificationIssue) {
        guard case .transformer = base else { return }
        throw SpecificationIssue(
            path: [],
            message: "an n-gram model counts its data and cannot go on from base.model: leave out "
                + "one of them, or give this arm `base: null`")
    }

    func check(_ evaluation: EvaluationPlan) throws(SpecificationIssue) {
        guard
            evaluation.scoringSmoothing == .unsmoothed
                || configuration.smoothing == .maximumLikelihood
        else {
            throw SpecificationIssue(
                path: [EvaluationPlan.scoringSmoothing.name],
                message: "the smoothing \(configuration.smoothing.rawValue) gives every token "
                    + "probability already: leave this out, or use smoothing: maximum-likelihood")
        }
    }

    func check(_ curation: [any CurationStage]) throws(SpecificationIssue) {
        guard configuration.smoothing == .modifiedKneserNey else { return }
        for (index, stage) in curation.enumerated() where stage.hasFractionalWeights {
            throw SpecificationIssue(
                path: [String(index)],
                message:
                    "modified-kneser-ney counts documents a whole number of times: round the weights, "
                    + "let the stage resample where it can, or use the smoothing witten-bell, add-k "
                    + "or maximum-likelihood")
        }
    }

    func check(
        after earlier: any LanguageLearner, startsFromThem: Bool
    ) throws(SpecificationIssue) {
        guard !(earlier is NGramLearner) else { return }
        throw PhaseIssue.otherFamily
    }

    func check(_ plan: SamplingPlan) throws(SpecificationIssue) {
        let rules = [Temperature.key.name, TopK.key.name, TopP.key.name]
        guard let key = plan.firstKey(beyond: rules) else { return }
        throw SpecificationIssue(
            path: [key],
            message: "n-gram models draw with temperature, top-k and top-p only: leave this "
                + "out, or use a transformer")
    }

    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<NGramModel>,
        budget: TrainingBudget, seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> Fitted<NGramModel> {
        let model = try NGramModel(
            training: data, weights: weights, vocabularyCount: seedData.tokenizer.vocabularyCount,
            boundary: seedData.tokenizer.documentBoundary, configuration: configuration)
        return Fitted(
            model: model,
            metrics: [FitMetrics.tokens.value(Double(data.tokens.count))]
                + NGramFit.metrics(of: model))
    }

    func score(
        _ data: TokenDataset, under model: NGramModel, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [Double] {
        model.score(data).nats
    }

    func predictions(
        of data: TokenDataset, under model: NGramModel, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [EventPrediction] {
        model.predictions(of: data, pool: WorkerPool(count: work.workers))
    }

    func longestPassage(_ window: ScoringWindow) -> Int? { nil }

    func distributions(
        at passages: [Passage], under model: NGramModel, work: Workload
    ) throws -> [Double] {
        model.distributions(at: passages)
    }

    /// The square roots of the next token's distribution, which have unit length, projected at
    /// random to few dimensions (Johnson and Lindenstrauss 1984).
    func contextVectors(
        at passages: [Passage], under model: NGramModel, work: Workload
    ) throws -> Matrix {
        let count = model.vocabularyCount
        let dimensions = min(Self.contextDimensions, count)
        var random = RandomStream(RandomKey(seed: 0, purpose: .evaluate))
        let scale = 1 / Double(dimensions).squareRoot()
        let projection = Matrix(
            rows: count, columns: dimensions,
            (0..<count * dimensions).map { _ in scale * random.normal() })
        // A passage at a time, so that no more than its distributions are held.
        var vectors: [Double] = []
        for passage in passages {
            let roots = model.distributions(at: [passage]).map { $0.squareRoot() }
            vectors +=
                Matrix(rows: passage.positions.count, columns: count, roots)
                .times(projection).elements
        }
        return Matrix(rows: vectors.count / dimensions, columns: dimensions, vectors)
    }

    private static let contextDimensions = 64

    func interpolation(of model: NGramModel, over text: TokenDataset) -> NGramInterpolation? {
        NGramInterpolation(of: model, over: text)
    }

    func smoothed(_ model: NGramModel, by weights: NGramInterpolation) -> NGramModel {
        model.interpolated(weights)
    }

    func sample(
        from model: NGramModel, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> TokenDataset {
        let options = NGramSamplingOptions(
            maximumDocumentLength: plan.maximumDocumentLength,
            temperature: plan.rule[Temperature.self]?.temperature ?? 1,
            topK: plan.rule[TopK.self]?.k, topP: plan.rule[TopP.self]?.p,
            forbidden: samplesUnknown ? nil : seedData.tokenizer.unknown, prompts: prompts,
            includesPrompt: false)
        return try model.sample(
            until: size, options: options, key: key, pool: WorkerPool(count: work.workers)
        ).dataset
    }

    func encode(_ model: NGramModel, seedData: LanguageData) throws -> [String: [UInt8]] {
        [NGramLearner.file: model.encoded()]
    }

    func decode(_ files: [String: [UInt8]], seedData: LanguageData) throws -> NGramModel {
        try NGramModel(decoding: files[NGramLearner.file] ?? [])
    }
}
