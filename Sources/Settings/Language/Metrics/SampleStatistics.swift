package import Collapse
package import Text

/// What samples look like on a fixed number of tokens, beside real text of the same size.
///
/// Most statistics of a text depend on its length, so that all arms and generations are looked at on
/// as many tokens, and better is what is nearer to real text.
package struct SampleStatistics {
    static let evaluation = SettingDeclaration.Evaluation("samples", version: 2)

    static let tokens = MetricDeclaration(
        "samples.tokens", title: "tokens looked at", unit: "tokens", direction: .neither,
        help: "The first tokens of the samples that their statistics are taken on: "
            + "`evaluation.sample-tokens`, or the samples' number where it is less and nothing is measured."
    )
    static let documents = MetricDeclaration(
        "samples.documents", title: "documents", direction: .neither,
        help: "Documents in all samples of the generation.")
    static let meanLength = MetricDeclaration(
        "samples.mean_length", title: "mean document length", unit: "tokens",
        direction: .neither, help: "Mean length of the sampled documents.")

    static let metrics: [MetricDeclaration] =
        [tokens, documents, meanLength]
        + TextStatistic.all.flatMap { [$0.ofSamples, $0.ofRealText] }

    static let panels = [
        panel("Tails", "Held-out n-grams that the samples cover", TextStatistic.coverage.prefix(3)),
        panel(
            "Tails", "Types of generation 0 that the samples have",
            [0, 1, 4, 9].map { TextStatistic.survival[$0] }),
        panel("Diversity", "Distinct n-grams of the samples", TextStatistic.distinct.prefix(3)),
        panel(
            "Diversity", "Vocabulary in use and entropy",
            [.types, .unigramEntropy, .typeTokenRatio, .meanTextualDiversity]),
        panel("Diversity", "Laws of Zipf and Heaps", [.zipfExponent, .heapsExponent]),
        panel(
            "Diversity", "Repetition",
            TextStatistic.repetition.prefix(3) + [.longestRepeat, .uniqueSentences, .selfBLEU]),
        panel("Diversity", "Divergence from held-out text", TextStatistic.divergence.prefix(3)),
        panel(
            "Diversity", "Memorised and invented spans",
            TextStatistic.memorised + TextStatistic.invented),
    ]

    private static func panel(
        _ section: String, _ title: String, _ statistics: some Sequence<TextStatistic>
    ) -> PanelDeclaration {
        PanelDeclaration(section: section, title: title, metrics: statistics.map(\.ofSamples))
    }

    /// The metrics of the evaluation `samples`; statistics are left out where there are fewer tokens
    /// than they are taken on.
    package static func metrics(
        of samples: TokenDataset, real: RealText, groups: Set<SampleMetricGroup> = [.standard]
    ) -> [MetricValue] {
        let sample = real.sample(samples)
        var metrics = [
            tokens.value(Double(min(real.sampleSize, samples.tokens.count))),
            documents.value(Double(samples.documentCount)),
            meanLength.value(Double(samples.tokens.count) / Double(samples.documentCount)),
        ]
        for statistic in TextStatistic.all where groups.contains(statistic.group) {
            if let sample, let value = statistic.measure(sample, real) {
                metrics.append(statistic.ofSamples.value(value))
            }
            if let value = real.reference(statistic) {
                metrics.append(statistic.ofRealText.value(value))
            }
        }
        return metrics
    }
}
