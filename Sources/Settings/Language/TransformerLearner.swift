import Collapse
import Compute
import LanguageModels
import Support
import Text

/// A transformer with, where the specification carries it over, the state of its optimizer.
package struct TrainedTransformer: Sendable {
    var model: TransformerModel
    var optimizer: OptimizerState?
}

/// Transformers as learners: trained for a budget, sampled with a key-value cache.
struct TransformerLearner: ModelFamily {
    static let help = "A GPT-2 or Llama style transformer."
    static var keys: [KeyDeclaration] { TransformerSpecification.keys }

    static let steps = MetricDeclaration(
        "fit.steps", title: "optimizer steps", unit: "steps", direction: .neither,
        help: "Steps of the fit.")
    static let loss = MetricDeclaration(
        "fit.loss", title: "training loss", unit: "nats/token", direction: .lowerIsBetter,
        help: "Mean loss over the last tenth of the steps.")
    static let metrics = [steps, loss]

    private let specification: TransformerSpecification
    /// Whether models carry their optimizer's state to the next generation.
    private var keepsOptimizer = false

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        self.init(try TransformerSpecification(values))
    }

    init(_ specification: TransformerSpecification) {
        self.specification = specification
    }

    func carryingOptimizer() throws(SpecificationIssue) -> TransformerLearner {
        if specification.training.adapters != nil {
            throw SpecificationIssue(
                path: [TransformerSpecification.training.name, TransformerTraining.adapters.name],
                message: "every fit makes adapters of its own, so no optimizer state carries over: "
                    + "leave out optimizer-state: carry-over")
        }
        var learner = self
        learner.keepsOptimizer = true
        return learner
    }

    func check(base: BaseShape) throws(SpecificationIssue) {
        switch base {
        case .transformer(let shape): try specification.check(base: shape)
        case .ngram:
            throw SpecificationIssue(
                path: [],
                message: "the base is an n-gram model, and a transformer can neither start from it "
                    + "nor stand beside it in one loop: begin from a transformer, fit n-grams, or "
                    + "give this arm `base: null`")
        }
    }

    func check(
        after earlier: any LanguageLearner, startsFromThem: Bool
    ) throws(SpecificationIssue) {
        guard let earlier = earlier as? TransformerLearner else { throw PhaseIssue.otherFamily }
        let (shape, before) = (specification.shape, earlier.specification.shape)
        guard shape.contextLength == before.contextLength else {
            throw SpecificationIssue(
                path: [TransformerSpecification.contextLength.name],
                message:
                    "models of one arm read the same contexts, and those before this phase read "
                    + "\(before.contextLength) tokens: use that context-length, or another arm")
        }
        guard startsFromThem, shape != before else { return }
        throw PhaseIssue.otherShape
    }

    func check(_ plan: SamplingPlan) throws(SpecificationIssue) {
        let limit = specification.shape.contextLength
        guard plan.prompt == .real, plan.promptTokens >= limit else { return }
        throw SpecificationIssue(
            path: [SamplingPlan.promptTokens.name],
            message:
                "a prompt of \(plan.promptTokens) tokens, and the model sees \(limit) at once, the "
                + "document's beginning among them: choose 1...\(limit - 1)")
    }

    func check(_ curation: [any CurationStage]) {}

    func check(_ evaluation: EvaluationPlan) throws(SpecificationIssue) {
        guard evaluation.scoringSmoothing == .unsmoothed else {
            throw SpecificationIssue(
                path: [EvaluationPlan.scoringSmoothing.name],
                message: "a transformer gives every token probability already: leave this out")
        }
        try check(evaluation.window)
    }

    private func check(_ window: ScoringWindow) throws(SpecificationIssue) {
        let limit = specification.shape.contextLength
        let length = window.context ?? limit
        guard length <= limit else {
            throw SpecificationIssue(
                path: [EvaluationPlan.context.name],
                message:
                    "a context of \(length) tokens, and the model's is \(limit): choose 2...\(limit)"
            )
        }
        guard window.stride ?? 1 <= length else {
            throw SpecificationIssue(
                path: [EvaluationPlan.stride.name],
                message: "a stride of \(window.stride ?? 1) tokens in windows of \(length): choose "
                    + "1...\(length)")
        }
    }

    var fitVersion: String {
        "transformer v\(TransformerTrainer.version)"
            + (specification.training.sequenceLength.map { " sequences of \($0)" } ?? "")
    }
    var sampleVersion: String {
        "transformer v\(TransformerSampler.version) beams v\(BeamSearch.version)"
    }

    var canStartFromModel: Bool { true }
    var needsScoringSmoothing: Bool { false }
    var stopsOnValidation: Bool { specification.training.earlyStopping != nil }
    var needsModelToStartFrom: Bool {
        specification.training.adapters != nil || !specification.training.frozen.isEmpty
    }

    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<TrainedTransformer>,
        budget: TrainingBudget, seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> Fitted<TrainedTransformer> {
        let stream = try TokenStream(
            data, boundary: seedData.tokenizer.documentBoundary, weights: weights)
        let (initial, optimizer) = try beginning(start, seedData: seedData, key: key)
        let training = training(from: start, carriesOptimizer: optimizer != nil)
        let tokensPerStep = training.tokensPerStep(of: specification.shape)
        let steps = budget.steps(tokens: stream.count, tokensPerStep: tokensPerStep)
        let trainer = try TransformerTrainer(
            from: initial, on: stream, configuration: training, steps: steps,
            validation: stopsOnValidation ? try seedData.validation() : nil, optimizer: optimizer,
            key: key.with(purpose: .shuffle), pool: WorkerPool(count: work.workers))
        try run(trainer, keeping: work.checkpoint) {
            work.progress($0.tokens, steps * tokensPerStep)
        }
        let trained = TrainedTransformer(
            model: trainer.model(), optimizer: keepsOptimizer ? trainer.optimizerState() : nil)
        return Fitted(
            model: trained,
            metrics: [
                FitMetrics.tokens.value(Double(trainer.step * tokensPerStep)),
                Self.steps.value(Double(trainer.step)),
                Self.loss.value(trainer.lateNats),
            ])
    }

    /// How a fit trains. Nothing is frozen or adapted in a fresh model; training that goes on where
    /// another ended has no warm-up, and keeps the rate at which the schedule ended.
    private func training(
        from start: FitStart<TrainedTransformer>, carriesOptimizer: Bool
    ) -> TransformerTrainingConfiguration {
        var training = specification.training
        if case .scratch = start {
            training.frozen = []
            training.adapters = nil
        }
        if carriesOptimizer {
            training.learningRate *= training.schedule.end
            training.schedule = .flat
        }
        return training
    }

    private func beginning(
        _ start: FitStart<TrainedTransformer>, seedData: LanguageData, key: RandomKey
    ) throws -> (TransformerModel, OptimizerState?) {
        switch start {
        case .scratch:
            var shape = specification.shape
            shape.vocabularyCount = seedData.tokenizer.vocabularyCount
            return (
                try TransformerModel.initial(
                    shape, initialisation: specification.initialisation,
                    key: key.with(purpose: .initialise)), nil
            )
        case .model(let model, let carriesOptimizer):
            return (model.model, carriesOptimizer ? model.optimizer : nil)
        }
    }

    func score(
        _ data: TokenDataset, under model: TrainedTransformer, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [Double] {
        try TransformerScorer(
            model.model, contextLength: window.context, stride: window.stride
        ).score(
            data, boundary: seedData.tokenizer.documentBoundary,
            pool: WorkerPool(count: work.workers))
    }

    func predictions(
        of data: TokenDataset, under model: TrainedTransformer, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [EventPrediction] {
        try TransformerScorer(
            model.model, contextLength: window.context, stride: window.stride
        ).predictions(
            of: data, boundary: seedData.tokenizer.documentBoundary,
            pool: WorkerPool(count: work.workers))
    }

    func longestPassage(_ window: ScoringWindow) -> Int? {
        window.context ?? specification.shape.contextLength
    }

    func distributions(
        at passages: [Passage], under model: TrainedTransformer, work: Workload
    ) throws -> [Double] {
        try model.model.distributions(at: passages, pool: WorkerPool(count: work.workers))
    }

    func contextVectors(
        at passages: [Passage], under model: TrainedTransformer, work: Workload
    ) throws -> Matrix {
        try model.model.hiddenStates(at: passages, pool: WorkerPool(count: work.workers))
            .withRowsOfUnitLength()
    }

    func interpolation(
        of model: TrainedTransformer, over text: TokenDataset
    ) -> NGramInterpolation? { nil }

    func smoothed(
        _ model: TrainedTransformer, by weights: NGramInterpolation
    ) -> TrainedTransformer { model }

    func sample(
        from model: TrainedTransformer, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> TokenDataset {
        let (model, boundary) = (model.model, seedData.tokenizer.documentBoundary)
        var rule = plan.rule
        // A base may have embeddings for more tokens than its tokenizer knows.
        let known = seedData.tokenizer.vocabularyCount
        rule.forbidden =
            (seedData.tokenizer.unknown.map { [$0] } ?? [])
            + (known..<max(known, model.configuration.vocabularyCount)).map { UInt32($0) }
        let request = SamplingRequest(
            .tokens(size), minimumDocumentLength: plan.minimumDocumentLength,
            maximumDocumentLength: plan.maximumDocumentLength, prompts: prompts)
        let pool = WorkerPool(count: work.workers)
        func report(_ written: Int) { work.progress(min(written, size), size) }
        guard plan.beams > 1 else {
            return try TransformerSampler(
                model, boundary: boundary, rule: rule, configuration: specification.decoding
            ).sample(request, key: key, pool: pool, progress: report).documents
        }
        return try BeamSearch(
            model, boundary: boundary,
            configuration: BeamConfiguration(
                beams: plan.beams, lengthPenalty: plan.lengthPenalty),
            rule: rule, decoding: specification.decoding
        ).search(request, pool: pool, progress: report).documents
    }

    func encode(_ model: TrainedTransformer, seedData: LanguageData) throws -> [String: [UInt8]] {
        files(of: model, tokenizer: seedData.tokenizer)
    }

    func decode(_ files: [String: [UInt8]], seedData: LanguageData) throws -> TrainedTransformer {
        try trained(from: files)
    }
}
