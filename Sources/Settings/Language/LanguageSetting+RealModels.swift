import Collapse
import Compute
import LanguageModels
import Support
import Text

/// Models of real text that no generation is.
extension LanguageSetting {
    /// The base model of a seed: one that exists, or one that is trained with the seed's tokenizer on
    /// the other text, which the loop keeps.
    func baseModel(in seedData: LanguageData, work: Workload) throws -> LanguageModel {
        if let baseModel { return try baseModel.model() }
        guard let text = baseText else {
            preconditionFailure("a base model was asked for where the specification has none")
        }
        let train = try corpus(of: text).train
        var random = RandomStream(seedData.key)
        let order = random.permutation(of: train.count)
        var data = TokenDataset()
        for document in order {
            if data.tokens.count >= text.size { break }
            data.append(document: seedData.tokenizer.encode(train.bytes(of: document)))
        }
        return try learner.fit(
            data.prefix(tokens: text.size), weights: nil, start: .scratch,
            budget: text.budget, seedData: seedData,
            key: seedData.key.with(purpose: .initialise), work: work
        ).model
    }

    /// A model that no generation descends from: made like generation 0's, of a second real sample
    /// of the same size; nil where the text has none.
    func referenceModel(
        in seedData: LanguageData, base: () throws -> LanguageModel, work: Workload
    ) throws -> LanguageModel? {
        guard seedData.secondSampleStart != nil else { return nil }
        return try seedData.models.value(for: "reference \(start) \(fitKeys)") {
            try learner.fit(
                seedData.secondSample(), weights: nil,
                start: start == .base
                    ? .model(try base(), carriesOptimizer: false) : .scratch, budget: budget,
                seedData: seedData,
                key: seedData.key.with(purpose: .initialise).at(1), work: work
            ).model
        }
    }

    /// A model as it is scored: smoothed by weights that fit generation 0 to the validation split,
    /// where the evaluation asks for that.
    func scored(
        _ model: LanguageModel, generation0: () throws -> LanguageModel, seedData: LanguageData
    ) throws -> LanguageModel {
        guard evaluation.scoringSmoothing == .interpolated,
            let weights = try seedData.interpolations.value(
                for: sharedName,
                make: {
                    let validation = try seedData.validation()
                    return learner.interpolation(of: try generation0(), over: validation)
                })
        else { return model }
        return learner.smoothed(model, by: weights)
    }
}
