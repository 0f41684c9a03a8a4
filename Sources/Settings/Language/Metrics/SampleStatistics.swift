package import Collapse
import Compute
package import Text

/// What samples look like on their own, and how much of the held-out text's n-grams they cover.
package struct SampleStatistics {
    static let evaluation = SettingDeclaration.Evaluation("samples", version: 1)

    /// The lengths of n-grams that are looked at.
    private static let lengths = 1...4

    /// One for each length of n-gram.
    static let distinct = byLength(
        "distinct", title: "distinct", help: "Distinct token n-grams over all, in the samples.")
    /// One for each length of n-gram.
    static let coverage = byLength(
        "coverage", title: "covered",
        help: "Share of held-out n-gram occurrences that the samples contain.")
    static let typeTokenRatio = MetricDeclaration(
        "samples.type_token_ratio", title: "type/token ratio", direction: .higherIsBetter,
        help: "Mean share of distinct tokens in windows of 1,000 tokens.")
    static let types = MetricDeclaration(
        "samples.types", title: "vocabulary in use", unit: "types", direction: .higherIsBetter,
        help: "Distinct tokens in the samples.")
    static let unigramEntropy = MetricDeclaration(
        "samples.unigram_entropy", title: "unigram entropy", unit: "nats",
        direction: .higherIsBetter, help: "Entropy of the samples' token frequencies.")
    static let longestRepeat = MetricDeclaration(
        "samples.longest_repeat", title: "longest repeated span", unit: "tokens",
        direction: .lowerIsBetter,
        help: "The longest run of tokens that occurs twice in the samples.")
    static let documents = MetricDeclaration(
        "samples.documents", title: "documents", direction: .neither,
        help: "Documents in the samples.")
    static let meanLength = MetricDeclaration(
        "samples.mean_length", title: "mean document length", unit: "tokens",
        direction: .neither, help: "Mean length of the sampled documents.")

    static let metrics: [MetricDeclaration] =
        distinct + coverage + [
            typeTokenRatio, types, unigramEntropy, longestRepeat, documents, meanLength,
        ]

    static let panels = [
        PanelDeclaration(
            section: "Tails", title: "Held-out n-grams that the samples cover",
            metrics: Array(coverage.prefix(3))),
        PanelDeclaration(
            section: "Diversity", title: "Distinct n-grams of the samples",
            metrics: Array(distinct.prefix(3))),
        PanelDeclaration(
            section: "Diversity", title: "Vocabulary in use and entropy",
            metrics: [types, unigramEntropy, typeTokenRatio]),
        PanelDeclaration(
            section: "Diversity", title: "Repetition", metrics: [longestRepeat]),
    ]

    private static func byLength(
        _ name: String, title: String, help: String
    ) -> [MetricDeclaration] {
        lengths.map {
            MetricDeclaration(
                "samples.\(name)_\($0)", title: "\(title) \($0)-grams",
                direction: .higherIsBetter, help: help)
        }
    }

    /// The n-grams of held-out text, lengths 1 to 4, computed once for a seed.
    package struct Reference: Sendable {
        let grams: [NGramSet]

        package init(_ heldOut: TokenDataset, vocabularyCount: Int) {
            grams = lengths.map {
                NGramSet(of: heldOut, length: $0, vocabularyCount: vocabularyCount)
            }
        }
    }

    /// The number of tokens in a window of the type/token ratio; smaller samples are one window.
    package static let windowLength = 1_000

    /// The metrics of the evaluation `samples`, for samples of the reference's tokenizer.
    ///
    /// Token ids must lie below `vocabularyCount`. Shares and means over nothing are not a number.
    package static func metrics(
        of samples: TokenDataset, reference: Reference, vocabularyCount: Int
    ) -> [MetricValue] {
        let grams = lengths.map {
            NGramSet(of: samples, length: $0, vocabularyCount: vocabularyCount)
        }
        var metrics = zip(distinct, grams).map { $0.value($1.distinctShare) }
        metrics += [
            typeTokenRatio.value(ratio(of: samples, vocabularyCount)),
            types.value(Double(grams[0].distinctCount)),
            unigramEntropy.value(entropy(of: samples, vocabularyCount)),
        ]
        for (index, metric) in coverage.enumerated() {
            metrics.append(metric.value(reference.grams[index].share(coveredBy: grams[index])))
        }
        metrics += [
            longestRepeat.value(Double(RepeatedSpan.longest(in: samples))),
            documents.value(Double(samples.documentCount)),
            meanLength.value(Double(samples.tokens.count) / Double(samples.documentCount)),
        ]
        return metrics
    }

    /// The mean share of distinct tokens in consecutive windows, which does not depend on the
    /// sample's size.
    private static func ratio(of samples: TokenDataset, _ vocabularyCount: Int) -> Double {
        let tokens = samples.tokens
        let length = min(windowLength, tokens.count)
        guard length > 0 else { return .nan }
        var lastWindow = Array(repeating: -1, count: vocabularyCount)
        var total = 0.0
        let windows = tokens.count / length
        for window in 0..<windows {
            var types = 0
            for token in tokens[window * length..<(window + 1) * length]
            where lastWindow[Int(token)] != window {
                lastWindow[Int(token)] = window
                types += 1
            }
            total += Double(types) / Double(length)
        }
        return total / Double(windows)
    }

    /// The entropy of the samples' token frequencies, in nats.
    private static func entropy(of samples: TokenDataset, _ vocabularyCount: Int) -> Double {
        var counts = Array(repeating: 0, count: vocabularyCount)
        for token in samples.tokens { counts[Int(token)] += 1 }
        let total = Double(samples.tokens.count)
        return counts.reduce(0) { entropy, count in
            guard count > 0 else { return entropy }
            let share = Double(count) / total
            return entropy - share * Elementary.log(share)
        }
    }
}
