import Collapse
import Compute
import LanguageModels
import Text

/// A fitted model of whatever family the specification chose. Models and their learner never part,
/// so a setting hands a model only to the learner that made it.
package struct LanguageModel: Sendable {
    fileprivate let model: any Sendable
}

extension LanguageModel {
    /// A transformer that exists, for a ``TransformerLearner``.
    init(_ base: TransformerModel) {
        self.init(model: TrainedTransformer(model: base, optimizer: nil))
    }

    /// An n-gram model that exists, for an ``NGramLearner``.
    init(_ base: NGramModel) { self.init(model: base) }
}

/// The learner's functions for a setting that does not know the family.
extension LanguageLearner {
    func fit(
        _ data: TokenDataset, weights: [Double]?, start: FitStart<LanguageModel>,
        budget: TrainingBudget, seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> Fitted<LanguageModel> {
        let own: FitStart<Model> =
            switch start {
            case .scratch: .scratch
            case .model(let model, let carriesOptimizer):
                .model(unwrap(model), carriesOptimizer: carriesOptimizer)
            }
        let fitted = try fit(
            data, weights: weights, start: own, budget: budget, seedData: seedData, key: key,
            work: work)
        return Fitted(model: LanguageModel(model: fitted.model), metrics: fitted.metrics)
    }

    func score(
        _ data: TokenDataset, under model: LanguageModel, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [Double] {
        try score(data, under: unwrap(model), window: window, seedData: seedData, work: work)
    }

    func predictions(
        of data: TokenDataset, under model: LanguageModel, window: ScoringWindow,
        seedData: LanguageData, work: Workload
    ) throws -> [EventPrediction] {
        try predictions(
            of: data, under: unwrap(model), window: window, seedData: seedData, work: work)
    }

    func distributions(
        at passages: [Passage], under model: LanguageModel, work: Workload
    ) throws -> [Double] {
        try distributions(at: passages, under: unwrap(model), work: work)
    }

    func contextVectors(
        at passages: [Passage], under model: LanguageModel, work: Workload
    ) throws -> Matrix {
        try contextVectors(at: passages, under: unwrap(model), work: work)
    }

    func interpolation(
        of model: LanguageModel, over text: TokenDataset
    ) -> NGramInterpolation? {
        interpolation(of: unwrap(model), over: text)
    }

    func smoothed(_ model: LanguageModel, by weights: NGramInterpolation) -> LanguageModel {
        LanguageModel(model: smoothed(unwrap(model), by: weights))
    }

    func sample(
        from model: LanguageModel, size: Int, plan: SamplingPlan, prompts: [[UInt32]],
        seedData: LanguageData, key: RandomKey, work: Workload
    ) throws -> TokenDataset {
        try sample(
            from: unwrap(model), size: size, plan: plan, prompts: prompts, seedData: seedData,
            key: key, work: work)
    }

    func encode(_ model: LanguageModel, seedData: LanguageData) throws -> [String: [UInt8]] {
        try encode(unwrap(model), seedData: seedData)
    }

    func decoded(
        _ files: [String: [UInt8]], seedData: LanguageData
    ) throws -> LanguageModel {
        LanguageModel(model: try decode(files, seedData: seedData))
    }

    private func unwrap(_ model: LanguageModel) -> Model {
        model.model as? Model ?? adopted(model)
    }

    func adopted(_ base: LanguageModel) -> Model {
        preconditionFailure("\(Self.self) was given a \(type(of: base.model))")
    }
}
