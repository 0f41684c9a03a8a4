import Collapse
import LanguageModels
import Text

/// How text of any generation is scored under the model of another.
extension LanguageSetting {
    /// Samples as ``SampleLikelihood`` scores them, held-out text as ``HeldOutScore``.
    var crossScoring: CrossScoring<LanguageSetting> {
        CrossScoring(
            metric: HeldOutScore.natsPerToken, events: "tokens",
            samples: { samples, model, reference, seedData, work in
                let model = try scored(model, generation0: reference, seedData: seedData)
                var score = try likelihood(
                    of: samples.dataset, after: givenPrompts(in: seedData), under: model,
                    seedData: seedData, work: work
                ).total
                let tokenizer = seedData.tokenizer
                if tokenizer.isLossless {
                    score.bytes = (0..<samples.count).reduce(0) {
                        $0 + tokenizer.decode(samples.dataset.document($1)).count
                    }
                }
                return score
            },
            heldOut: { model, reference, seedData, work in
                HeldOutScore(
                    nats: try heldOutPredictions(of: model, reference: reference, seedData, work)
                        .map(\.nats), text: seedData.heldOut
                ).total
            })
    }
}
