import Collapse
import Compute
import LanguageModels
import Support
import Text

/// N-gram models as learners: a fit counts its data once, whatever the budget.
struct NGramLearner: LanguageLearner {
    private let configuration: NGramConfiguration
    private let samplesUnknown: Bool
    private static let file = "model.ngram"

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        configuration = NGramConfiguration(
            order: values.required("order").integerValue,
            smoothing: NGramSmoothing(rawValue: values.required("smoothing").textValue)
                ?? .modifiedKneserNey,
            k: values.required("k").numberValue)
        samplesUnknown = values.required("sample-unknown").booleanValue
    }

    var fitVersion: String { "ngram v\(NGramModel.trainingVersion)" }
    var sampleVersion: String { "ngram v\(NGramModel.samplingVersion)" }

    var canStartFromModel: Bool { false }
    var stopsOnValidation: Bool { false }
    var needsModelToStartFrom: Bool { false }

    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<LanguageModel>,
        budget: TrainingBudget, world: LanguageWorld, key: RandomKey, work: Workload
    ) throws -> Fitted<LanguageModel> {
        let model = try NGramModel(
            training: data, weights: weights, vocabularyCount: world.tokenizer.vocabularyCount,
            boundary: world.tokenizer.documentBoundary, configuration: configuration)
        var metrics = [MetricValue("tokens", Double(data.tokens.count))]
        for summary in model.metrics {
            metrics.append(MetricValue("types_\(summary.order)", Double(summary.types)))
            guard let discounts = summary.discounts else { continue }
            metrics += [
                MetricValue("discount_\(summary.order)_1", discounts.one),
                MetricValue("discount_\(summary.order)_2", discounts.two),
                MetricValue("discount_\(summary.order)_3", discounts.threeOrMore),
                MetricValue("discount_\(summary.order)_fallback", discounts.isFallback ? 1 : 0),
            ]
        }
        return Fitted(model: .ngram(model), metrics: metrics)
    }

    func score(
        _ data: TokenDataset, under model: LanguageModel, window: ScoringWindow,
        world: LanguageWorld, work: Workload
    ) throws -> [Double] {
        ngram(model).score(data).nats
    }

    func sample(
        from model: LanguageModel, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        world: LanguageWorld, key: RandomKey, work: Workload
    ) throws -> TokenDataset {
        let options = NGramSamplingOptions(
            maximumDocumentLength: plan.maximumDocumentLength, temperature: plan.temperature,
            topK: plan.topK, topP: plan.topP,
            forbidden: samplesUnknown ? nil : world.tokenizer.unknown, prompts: prompts,
            includesPrompt: false)
        return try ngram(model).sample(
            until: size, options: options, key: key, pool: WorkerPool(count: work.workers)
        ).dataset
    }

    func encode(_ model: LanguageModel, world: LanguageWorld) throws -> [String: [UInt8]] {
        [NGramLearner.file: ngram(model).encoded()]
    }

    func decode(_ files: [String: [UInt8]], world: LanguageWorld) throws -> LanguageModel {
        .ngram(try NGramModel(decoding: files[NGramLearner.file] ?? []))
    }

    private func ngram(_ model: LanguageModel) -> NGramModel {
        guard case .ngram(let model) = model else {
            preconditionFailure("an n-gram learner was given a transformer")
        }
        return model
    }
}
