package import Collapse
import Support

extension LanguageSetting {
    /// The setting `language`; sizes count tokens.
    ///
    /// Its evaluations are `heldout`, `samples`, `reference` and `next_token`.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "language",
            summary:
                "Language models on real text: n-grams and transformers, tokenizer to perplexity.",
            version: 2,
            sizeUnit: "tokens",
            keys: LanguageKeys.all,
            changingKeys: LanguageKeys.changing,
            unitKeys: [
                LanguageKeys.corpus.name, LanguageKeys.tokenizer.name, LanguageKeys.base.name,
            ],
            evaluations: [
                HeldOutScore.evaluation, SampleStatistics.evaluation,
                SampleLikelihood.evaluation, NextTokenDistributions.evaluation,
            ],
            metrics: HeldOutScore.metrics + Calibration.metrics + SampleStatistics.metrics
                + SampleLikelihood.metrics + SampleFrontier.metrics + NextTokenDistributions.metrics
                + TruthMetrics.metrics
                + fitMetrics
                + DataMetrics.all,
            headline: HeldOutScore.natsPerToken,
            drift: drift, definitions: definitions,
            panels: HeldOutScore.panels + [Calibration.panel] + SampleStatistics.panels
                + [SampleFrontier.panel] + SampleLikelihood.panels + NextTokenDistributions.panels
                + [
                    TruthMetrics.panel,
                    PanelDeclaration(
                        section: "Data", title: "What each generation trained on",
                        metrics: [
                            DataMetrics.size, DataMetrics.realFraction, FitMetrics.tokens,
                            TransformerLearner.steps,
                        ]),
                ],
            recordUnit: .generation)
    }

    /// Differences of a tenth of a nat, or of a twentieth of a number of kinds, are taken for small.
    private static let drift = DriftDeclaration([
        .init(TextStatistic.distinct[1].ofSamples, .diversity, isRatio: true, margin: 0.05),
        .init(TextStatistic.types.ofSamples, .diversity, isRatio: true, margin: 0.05),
        .init(NextTokenDistributions.entropy, .entropy, margin: 0.1),
        .init(SampleLikelihood.reference.natsPerToken, .likelihood, margin: 0.1),
        .init(HeldOutScore.deciles[9], .head, margin: 0.1),
    ])

    /// A fiftieth of a nat is what a neighbouring choice of tokenizer or seed makes; a nat, which
    /// multiplies the perplexity by e, is a useless model.
    private static let definitions =
        DefinitionRule.risk(HeldOutScore.natsPerToken, margin: 0.02, catastrophic: 1) + [
            DefinitionRule(
                .variance, NextTokenDistributions.entropy, largerIsWorse: false, margin: 0.1,
                improves: false),
            DefinitionRule(.tails, HeldOutScore.deciles[0], margin: 0.1),
            DefinitionRule(
                .hallucination, SampleLikelihood.reference.natsPerToken, margin: 0.1,
                improves: false),
        ]

    /// What all learners say of their fits; each metric once.
    private static var fitMetrics: [MetricDeclaration] {
        [FitMetrics.tokens] + LearnerKind.allCases.flatMap { $0.type.metrics }
    }
}
