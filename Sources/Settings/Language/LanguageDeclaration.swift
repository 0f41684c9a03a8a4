package import Collapse

extension LanguageSetting {
    /// The setting `language`; sizes count tokens.
    ///
    /// Its evaluations are `heldout`, `samples` and `reference`.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "language",
            summary:
                "Language models on real text: n-grams and transformers, tokenizer to perplexity.",
            version: 1,
            sizeUnit: "tokens",
            keys: LanguageKeys.all,
            evaluations: [
                HeldOutScore.evaluation, SampleStatistics.evaluation, ReferenceScore.evaluation,
            ],
            metrics: HeldOutScore.metrics + SampleStatistics.metrics + ReferenceScore.metrics
                + fitMetrics + DataMetrics.all,
            headline: HeldOutScore.natsPerToken,
            panels: HeldOutScore.panels + SampleStatistics.panels + ReferenceScore.panels + [
                PanelDeclaration(
                    section: "Data", title: "What each generation trained on",
                    metrics: [
                        DataMetrics.size, DataMetrics.realFraction, FitMetrics.tokens,
                        TransformerLearner.steps,
                    ])
            ],
            recordUnit: .generation)
    }

    /// What all learners say of their fits; each metric once.
    private static var fitMetrics: [MetricDeclaration] {
        [FitMetrics.tokens] + LearnerKind.allCases.flatMap { $0.type.metrics }
    }
}
