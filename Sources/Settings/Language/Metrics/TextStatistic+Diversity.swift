import Compute
import Text

/// How varied a text is by itself.
extension TextStatistic {
    static let lengths = 1...4

    static let distinct = lengths.map { length in
        TextStatistic(
            name: "distinct_\(length)", title: "distinct \(length)-grams",
            help: "Distinct \(length)-grams of tokens over all (Li et al. 2016).",
            measure: { sample, _ in sample.grams(length).distinctShare })
    }

    static let types = TextStatistic(
        name: "types", title: "vocabulary in use", unit: "types", help: "Distinct tokens.",
        measure: { sample, _ in Double(sample.ranked.count) })

    static let unigramEntropy = TextStatistic(
        name: "unigram_entropy", title: "unigram entropy", unit: "nats",
        help: "Entropy of the token frequencies.",
        measure: { sample, _ in
            let total = Double(sample.dataset.tokens.count)
            return sample.counts.reduce(0) { entropy, count in
                guard count > 0 else { return entropy }
                let share = Double(count) / total
                return entropy - share * Elementary.log(share)
            }
        })

    /// The tokens of a window of ``typeTokenRatio``; smaller texts are one window.
    private static let windowLength = 1_000

    static let typeTokenRatio = TextStatistic(
        name: "type_token_ratio", title: "type/token ratio",
        help: "Mean share of distinct tokens in windows of 1,000 tokens.",
        measure: { sample, _ in
            let tokens = sample.dataset.tokens
            let length = min(windowLength, tokens.count)
            guard length > 0 else { return .nan }
            var lastWindow = Array(repeating: -1, count: sample.vocabularyCount)
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
        })

    static let repetition = (2...4).map { length in
        TextStatistic(
            name: "rep_\(length)", title: "repeated \(length)-grams",
            help: "1 less the share of distinct \(length)-grams within a document, mean over the "
                + "documents that have any (rep-n; Welleck et al. 2020, Su et al. 2022).",
            measure: { sample, _ in
                var total = 0.0
                var documents = 0
                for document in 0..<sample.dataset.documentCount {
                    let grams = NGramSet(
                        of: sample.dataset.selecting([document]), length: length,
                        vocabularyCount: sample.vocabularyCount)
                    guard !grams.occurrences.isEmpty else { continue }
                    total += 1 - grams.distinctShare
                    documents += 1
                }
                return documents == 0 ? .nan : total / Double(documents)
            })
    }

    static let longestRepeat = TextStatistic(
        name: "longest_repeat", title: "longest repeated span", unit: "tokens",
        help: "The longest run of tokens that occurs twice.",
        measure: { sample, _ in Double(RepeatedSpan.longest(in: sample.dataset)) })

    static let zipfExponent = TextStatistic(
        name: "zipf_exponent", title: "Zipf exponent",
        help:
            "The s of p(r) = r^-s / sum of k^-s over the ranks 1 to V of the tokens in use, by maximum "
            + "likelihood (Moreno-Sanchez et al. 2016).",
        measure: { sample, _ in PowerLaw.rankExponent(counts: sample.ranked) })

    static let heapsExponent = TextStatistic(
        name: "heaps_exponent", title: "Heaps exponent",
        help:
            "The slope of log distinct tokens in log tokens by least squares, at the length and at its "
            + "halves down to 1/128.",
        measure: { sample, _ in
            let tokens = sample.dataset.tokens
            var seen = Array(repeating: false, count: sample.vocabularyCount)
            var distinct = 0
            var points: [(x: Double, y: Double)] = []
            var marks = (0..<8).map { tokens.count >> $0 }.filter { $0 > 0 }.sorted()
            marks = marks.indices.filter { $0 == 0 || marks[$0] != marks[$0 - 1] }.map { marks[$0] }
            var next = 0
            for (index, token) in tokens.enumerated() {
                if !seen[Int(token)] {
                    seen[Int(token)] = true
                    distinct += 1
                }
                if next < marks.count, index + 1 == marks[next] {
                    points.append(
                        (Elementary.log(Double(index + 1)), Elementary.log(Double(distinct))))
                    next += 1
                }
            }
            return PowerLaw.slope(points)
        })
}
