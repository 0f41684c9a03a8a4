package import Collapse
import Compute
package import Text

/// What samples look like on their own, and how much of the held-out text's n-grams they cover.
package struct SampleStatistics {
    /// The n-grams of held-out text, lengths 1 to 4, computed once for a seed.
    package struct Reference: Sendable {
        let grams: [NGramSet]

        package init(_ heldOut: TokenDataset, vocabularyCount: Int) {
            grams = (1...4).map {
                NGramSet(of: heldOut, length: $0, vocabularyCount: vocabularyCount)
            }
        }
    }

    package static let windowLength = 1_000

    package static func metrics(
        of samples: TokenDataset, reference: Reference, vocabularyCount: Int
    ) -> [MetricValue] {
        let grams = (1...4).map {
            NGramSet(of: samples, length: $0, vocabularyCount: vocabularyCount)
        }
        var metrics = (0..<4).map {
            MetricValue("samples.distinct_\($0 + 1)", grams[$0].distinctShare)
        }
        metrics += [
            MetricValue("samples.type_token_ratio", typeTokenRatio(samples, vocabularyCount)),
            MetricValue("samples.types", Double(grams[0].distinctCount)),
            MetricValue("samples.unigram_entropy", unigramEntropy(samples, vocabularyCount)),
        ]
        metrics += (0..<4).map {
            MetricValue(
                "samples.coverage_\($0 + 1)", reference.grams[$0].share(coveredBy: grams[$0]))
        }
        metrics += [
            MetricValue("samples.longest_repeat", Double(RepeatedSpan.longest(in: samples))),
            MetricValue("samples.documents", Double(samples.documentCount)),
            MetricValue(
                "samples.mean_length", Double(samples.tokens.count) / Double(samples.documentCount)),
        ]
        return metrics
    }

    /// The mean share of distinct tokens in consecutive windows, which does not depend on the sample's size.
    private static func typeTokenRatio(_ samples: TokenDataset, _ vocabularyCount: Int) -> Double {
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
    private static func unigramEntropy(_ samples: TokenDataset, _ vocabularyCount: Int) -> Double {
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
