import Collapse
import Compute
import LanguageModels
import Text

/// A transformer with, where the specification carries it over, the state of its optimizer.
package struct TrainedTransformer: Sendable {
    var model: TransformerModel
    var optimizer: OptimizerState?
}

/// Transformers as learners: trained by AdamW for a budget, sampled with a key-value cache.
struct TransformerLearner: LanguageLearner {
    /// The model's shape, but for the vocabulary, which is the tokenizer's.
    private let shape: TransformerConfiguration
    private let training: TransformerTrainingConfiguration
    private let decoding: TransformerSamplingConfiguration
    private let keepsOptimizer: Bool
    private let values: SpecificationValue

    /// Reads the keys of the model; `keepsOptimizer` says whether models carry their optimizer's state to the next
    /// generation.
    init(_ values: SpecificationValue, keepsOptimizer: Bool) throws {
        self.values = values
        self.keepsOptimizer = keepsOptimizer
        shape = try TransformerLearner.shape(values)
        let training = values.required("training")
        func number(_ key: String) -> Double { training.required(key).numberValue }
        self.training = TransformerTrainingConfiguration(
            batchSize: training.required("batch-size").integerValue,
            learningRate: number("learning-rate"), warmupFraction: number("warmup-fraction"),
            finalLearningRateFraction: number("final-learning-rate-fraction"),
            weightDecay: number("weight-decay"), beta1: number("beta1"), beta2: number("beta2"),
            gradientClip: number("gradient-clip"), shards: training.required("shards").integerValue,
            dropout: number("dropout"))
        let decoding = values.required("decoding")
        self.decoding = TransformerSamplingConfiguration(
            batchWidth: decoding.required("batch-width").integerValue,
            groups: decoding.required("groups").integerValue)
        try check()
    }

    private static func shape(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> TransformerConfiguration {
        func optional<Value>(
            _ key: String, _ read: (SpecificationValue) -> Value
        ) -> Value? {
            let value = values.required(key)
            return value.isNull ? nil : read(value)
        }
        let (heads, width) = (
            values.required("heads").integerValue, values.required("width").integerValue
        )
        guard width % heads == 0 else {
            throw SpecificationIssue(
                path: ["heads"], message: "\(heads) heads do not divide the width \(width)")
        }
        let family = TransformerFamily(rawValue: values.required("family").textValue) ?? .gpt2
        if family == .gpt2 {
            for key in ["key-value-heads", "rope-theta"] where !values.required(key).isNull {
                throw SpecificationIssue(
                    path: [key],
                    message: "gpt2 has no \(key): leave it out, or choose family: llama")
            }
        }
        let shape = TransformerConfiguration(
            family: family, layers: values.required("layers").integerValue, heads: heads,
            keyValueHeads: optional("key-value-heads") { $0.integerValue }, width: width,
            innerWidth: optional("inner-width") { $0.integerValue },
            contextLength: values.required("context-length").integerValue, vocabularyCount: 1,
            ropeTheta: optional("rope-theta") { $0.numberValue } ?? 10_000,
            tiesEmbedding: optional("tied-embedding") { $0.booleanValue })
        do {
            try shape.validate()
        } catch {
            throw SpecificationIssue(path: [], message: "\(error)")
        }
        return shape
    }

    /// What a configuration can be told without a vocabulary.
    private func check() throws(SpecificationIssue) {
        do {
            try training.validate()
        } catch {
            throw SpecificationIssue(path: ["training"], message: "\(error)")
        }
        do {
            try decoding.validate()
        } catch {
            throw SpecificationIssue(path: ["decoding"], message: "\(error)")
        }
    }

    private var tokensPerStep: Int { training.batchSize * shape.contextLength }

    var fitFingerprint: String {
        let keys = [
            "family", "layers", "heads", "key-value-heads", "width", "inner-width",
            "context-length", "rope-theta", "tied-embedding", "training",
        ]
        let text = keys.map { "\($0)=\(values.required($0).canonicalText)" }
        return "transformer v\(TransformerTrainer.version) \(text.joined(separator: " ")) "
            + "keeps-optimizer=\(keepsOptimizer)"
    }

    var sampleFingerprint: String {
        "transformer v\(TransformerSampler.version) "
            + "decoding=\(values.required("decoding").canonicalText)"
    }

    var usesBudget: Bool { true }
    var canStartFromModel: Bool { true }

    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<LanguageModel>,
        budget: TrainingBudget, world: LanguageWorld, key: RandomKey, work: Workload
    ) throws -> Fitted<LanguageModel> {
        let stream = try TokenStream(
            data, boundary: world.tokenizer.documentBoundary, weights: weights)
        let steps = budget.steps(tokens: stream.count, tokensPerStep: tokensPerStep)
        let total = steps * tokensPerStep
        let (initial, optimizer) = try beginning(start, world: world, key: key)
        let trainer = try TransformerTrainer(
            from: initial, on: stream,
            configuration: optimizer == nil ? training : continuedTraining, steps: steps,
            optimizer: optimizer,
            key: key.with(purpose: .shuffle), pool: WorkerPool(count: work.workers))
        var lateLosses: [Double] = []
        try trainer.run { progress in
            work.progress(progress.tokens, total)
            if 10 * progress.step > 9 * steps { lateLosses.append(progress.meanNats) }
        }
        let trained = TrainedTransformer(
            model: trainer.model(), optimizer: keepsOptimizer ? trainer.optimizerState() : nil)
        return Fitted(
            model: .transformer(trained),
            metrics: [
                MetricValue("tokens", Double(total)), MetricValue("steps", Double(steps)),
                MetricValue(
                    "loss", lateLosses.reduce(0, +) / Double(lateLosses.count)),
            ])
    }

    /// Training that goes on where another ended: no warm-up, and the rate at which the schedule ended.
    private var continuedTraining: TransformerTrainingConfiguration {
        var continued = training
        continued.warmupFraction = 0
        continued.learningRate *= training.finalLearningRateFraction
        continued.finalLearningRateFraction = 1
        return continued
    }

    private func beginning(
        _ start: FitStart<LanguageModel>, world: LanguageWorld, key: RandomKey
    ) throws -> (TransformerModel, OptimizerState?) {
        switch start {
        case .scratch:
            var shape = shape
            shape.vocabularyCount = world.tokenizer.vocabularyCount
            return (
                try TransformerModel.initial(shape, key: key.with(purpose: .initialise)), nil
            )
        case .model(let model, let carriesOptimizer):
            let trained = transformer(model)
            return (trained.model, carriesOptimizer ? trained.optimizer : nil)
        }
    }

    func score(
        _ data: TokenDataset, under model: LanguageModel, window: ScoringWindow,
        world: LanguageWorld, work: Workload
    ) throws -> [Double] {
        try TransformerScorer(
            transformer(model).model, contextLength: window.context, stride: window.stride
        ).score(
            data, boundary: world.tokenizer.documentBoundary,
            pool: WorkerPool(count: work.workers))
    }

    func sample(
        from model: LanguageModel, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        world: LanguageWorld, key: RandomKey, work: Workload
    ) throws -> TokenDataset {
        let sampler = try TransformerSampler(
            transformer(model).model, boundary: world.tokenizer.documentBoundary,
            rule: SamplingRule(
                temperature: plan.temperature, topK: plan.topK, topP: plan.topP,
                forbidden: world.tokenizer.unknown.map { [$0] } ?? []),
            configuration: decoding)
        return try sampler.sample(
            tokenBudget: size, maximumDocumentLength: plan.maximumDocumentLength,
            prompts: prompts, key: key, pool: WorkerPool(count: work.workers)
        ) { work.progress($0, size) }
    }

    func encode(_ model: LanguageModel, world: LanguageWorld) throws -> [String: [UInt8]] {
        files(of: transformer(model), boundary: world.tokenizer.documentBoundary)
    }

    func decode(_ files: [String: [UInt8]], world: LanguageWorld) throws -> LanguageModel {
        .transformer(try trained(from: files))
    }

    private func transformer(_ model: LanguageModel) -> TrainedTransformer {
        guard case .transformer(let model) = model else {
            preconditionFailure("a transformer learner was given an n-gram model")
        }
        return model
    }
}
