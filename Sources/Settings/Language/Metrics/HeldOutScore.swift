package import Collapse
package import Compute
package import Text

/// Held-out text with what its metrics need.
package struct HeldOutText: Sendable {
    /// The held-out documents as tokens of the seed's tokenizer.
    package var dataset: TokenDataset
    /// Bytes of each document's text.
    package var byteCounts: [Int]
    /// Words of each document, split at white space.
    package var wordCounts: [Int]
    /// The tenth (0 = rarest) of the held-out tokens that each token id belongs to, by its
    /// frequency in generation 0's real sample.
    package var decileOfToken: [UInt8]
    /// Whether bytes can be recovered from tokens, so that bits per byte mean something.
    package var isLossless: Bool
    /// The share of `dataset` that is the unknown token; nil where the tokenizer has none.
    package var unknownRate: Double?

    package init(
        dataset: TokenDataset, byteCounts: [Int], wordCounts: [Int], decileOfToken: [UInt8],
        isLossless: Bool, unknownRate: Double?
    ) {
        self.dataset = dataset
        self.byteCounts = byteCounts
        self.wordCounts = wordCounts
        self.decileOfToken = decileOfToken
        self.isLossless = isLossless
        self.unknownRate = unknownRate
    }

    /// Sorts token ids by frequency and cuts the held-out occurrences into ten parts of about equal
    /// count. Ids of equal frequency are taken in order; an id is never divided.
    package static func deciles(frequencies: [Int], heldOut: TokenDataset) -> [UInt8] {
        var occurrences = Array(repeating: 0, count: frequencies.count)
        for token in heldOut.tokens { occurrences[Int(token)] += 1 }
        let order = frequencies.indices.sorted {
            frequencies[$0] != frequencies[$1] ? frequencies[$0] < frequencies[$1] : $0 < $1
        }
        var deciles = Array(repeating: UInt8(0), count: frequencies.count)
        var before = 0
        let total = max(1, heldOut.tokens.count)
        for id in order {
            // The middle of the id's share of the occurrences decides its tenth.
            let middle = Double(before) + Double(occurrences[id]) / 2
            deciles[id] = UInt8(min(9, Int(10 * middle / Double(total))))
            before += occurrences[id]
        }
        return deciles
    }
}

/// Perplexities of a model on held-out text.
///
/// Definition 1: every document is scored alone, from its boundary token on. Events are its tokens
/// and the boundary that ends it; cross-entropy is the mean over all events. Word perplexity and
/// bits per byte divide the same sum by the words and bytes of the text.
package struct HeldOutScore {
    static let evaluation = SettingDeclaration.Evaluation(
        "heldout", version: 2, measuresBase: true)

    static let natsPerToken = MetricDeclaration(
        "heldout.nats_per_token", title: "held-out cross-entropy", unit: "nats/token",
        direction: .lowerIsBetter,
        help: "Mean negative log-likelihood of held-out real text over its tokens and document "
            + "ends, each document scored alone, with `evaluation.context` and `evaluation.stride` (definition 1).",
        reference: "heldout.nats_per_token_truth")
    static let perplexity = MetricDeclaration(
        "heldout.perplexity", title: "held-out perplexity", unit: "per token",
        direction: .lowerIsBetter, help: "exp of heldout.nats_per_token.",
        reference: "heldout.perplexity_truth")
    static let wordPerplexity = MetricDeclaration(
        "heldout.word_perplexity", title: "held-out word perplexity", unit: "per word",
        direction: .lowerIsBetter,
        help: "exp of the summed nats over the number of words, split at white space.",
        comparesAcrossUnits: true)
    static let bitsPerByte = MetricDeclaration(
        "heldout.bits_per_byte", title: "held-out bits per byte", unit: "bits/byte",
        direction: .lowerIsBetter,
        help: "Summed bits over the bytes of the text: comparable across tokenizers.",
        reference: "heldout.bits_per_byte_truth", comparesAcrossUnits: true)
    static let unknownRate = MetricDeclaration(
        "heldout.unknown_rate", title: "unknown tokens", direction: .neither,
        help: "Share of held-out tokens that are <unk>.")
    static let natsPerTokenInterval = interval(of: natsPerToken)
    static let bitsPerByteInterval = interval(of: bitsPerByte)
    static let unsmoothedNatsPerToken = MetricDeclaration(
        "heldout.unsmoothed_nats_per_token", title: "held-out cross-entropy, unsmoothed",
        unit: "nats/token", direction: .lowerIsBetter,
        help: "heldout.nats_per_token of the model that draws the samples, where "
            + "`evaluation.scoring-smoothing` smooths the one that is scored.")
    static let zeroProbabilityTokens = MetricDeclaration(
        "heldout.zero_probability_tokens", title: "tokens of probability zero",
        direction: .lowerIsBetter,
        help: "Held-out events that the model holds impossible, unsmoothed.")
    static let zeroProbabilityShare = MetricDeclaration(
        "heldout.zero_probability_share", title: "share of probability zero",
        direction: .lowerIsBetter, help: "The same as a share of all events.")
    /// One for each tenth of frequency, the rarest first.
    static let deciles = (1...10).map {
        MetricDeclaration(
            "heldout.decile_\($0).nats_per_token",
            title: $0 == 1 ? "rarest tenth" : $0 == 10 ? "commonest tenth" : "tenth \($0)",
            unit: "nats/token", direction: .lowerIsBetter,
            help: "Cross-entropy of one tenth of the held-out tokens, ranked by frequency in "
                + "generation 0's real sample (1 = rarest).")
    }

    static let metrics: [MetricDeclaration] =
        [
            natsPerToken, perplexity, wordPerplexity, bitsPerByte, unknownRate,
            natsPerTokenInterval.low, natsPerTokenInterval.high, bitsPerByteInterval.low,
            bitsPerByteInterval.high, unsmoothedNatsPerToken, zeroProbabilityTokens,
            zeroProbabilityShare,
        ] + deciles

    static let panels = [
        PanelDeclaration(
            section: "Perplexity", title: "Held-out perplexity",
            metrics: [perplexity, bitsPerByte]),
        PanelDeclaration(
            section: "Tails", title: "Held-out cross-entropy by token frequency",
            metrics: [1, 2, 5, 10].map { deciles[$0 - 1] }),
    ]

    private static func interval(
        of metric: MetricDeclaration
    ) -> (low: MetricDeclaration, high: MetricDeclaration) {
        func bound(_ suffix: String, _ title: String, _ percent: String) -> MetricDeclaration {
            MetricDeclaration(
                metric.name + suffix, title: title, unit: metric.unit, direction: .neither,
                help: "\(percent) % point of the bootstrap over held-out documents.")
        }
        return (bound(".low", "lower bound", "2.5"), bound(".high", "upper bound", "97.5"))
    }

    /// Negative log-likelihoods in nats: for each document its tokens, then its end.
    package let nats: [Double]
    /// The text that ``nats`` belong to.
    package let text: HeldOutText

    package init(nats: [Double], text: HeldOutText) {
        precondition(
            nats.count == text.dataset.tokens.count + text.dataset.documentCount,
            "\(nats.count) scores for \(text.dataset.tokens.count) tokens and document ends")
        self.nats = nats
        self.text = text
    }

    /// The metrics of the evaluation `heldout`; intervals come from `count` resamples of documents.
    ///
    /// Intervals are left out below two resamples or documents, bits per byte where the text is not
    /// lossless, the unknown rate where it is nil, and tenths of frequency without a token.
    /// `unsmoothed` are the nats of the model that samples are drawn from, where this is another's.
    package func metrics(
        bootstrap count: Int, key: RandomKey, unsmoothed: [Double]? = nil
    ) -> [MetricValue] {
        let documents = perDocument
        let sum = self.total
        let (total, events, crossEntropy) = (sum.nats, sum.events, sum.natsPerEvent)
        let words = text.wordCounts.reduce(0, +)
        let own = text.dataset.events(of: unsmoothed ?? nats)
        let infinite = own.count { $0 == .infinity }
        var metrics = [
            Self.natsPerToken.value(crossEntropy),
            Self.perplexity.value(Elementary.exp(crossEntropy)),
            Self.wordPerplexity.value(Elementary.exp(total / Double(words))),
        ]
        if let bits = sum.bitsPerByte { metrics.append(Self.bitsPerByte.value(bits)) }
        if let rate = text.unknownRate { metrics.append(Self.unknownRate.value(rate)) }
        let intervals = bootstrapIntervals(documents, count: count, key: key)
        if let intervals, text.isLossless {
            metrics += [
                Self.bitsPerByteInterval.low.value(intervals.bitsPerByte.low),
                Self.bitsPerByteInterval.high.value(intervals.bitsPerByte.high),
            ]
        }
        if unsmoothed != nil {
            metrics.append(
                Self.unsmoothedNatsPerToken.value(own.reduce(0, +) / Double(own.count)))
        }
        if let intervals {
            metrics += [
                Self.natsPerTokenInterval.low.value(intervals.natsPerToken.low),
                Self.natsPerTokenInterval.high.value(intervals.natsPerToken.high),
            ]
        }
        metrics += [
            Self.zeroProbabilityTokens.value(Double(infinite)),
            Self.zeroProbabilityShare.value(Double(infinite) / Double(events)),
        ]
        return metrics + decileMetrics
    }

    /// The sums over the whole text.
    package var total: CrossScore {
        let documents = perDocument
        return CrossScore(
            nats: documents.reduce(0) { $0 + $1.nats },
            events: documents.reduce(0) { $0 + $1.events },
            bytes: text.isLossless ? text.byteCounts.reduce(0, +) : nil,
            impossibleEvents: text.dataset.events(of: nats).count { $0 == .infinity })
    }

    private var perDocument: [(nats: Double, events: Int)] {
        (0..<text.dataset.documentCount).map { document in
            let events = nats[text.dataset.events(ofDocument: document)]
            return (events.reduce(0, +), events.count)
        }
    }

    private typealias Interval = (low: Double, high: Double)

    /// The 95 % percentile intervals when documents are drawn with replacement: the same draws for
    /// both units.
    private func bootstrapIntervals(
        _ documents: [(nats: Double, events: Int)], count: Int, key: RandomKey
    ) -> (natsPerToken: Interval, bitsPerByte: Interval)? {
        guard count > 1, documents.count > 1 else { return nil }
        var natsPerToken: [Double] = []
        var bitsPerByte: [Double] = []
        for resample in 0..<count {
            var random = RandomStream(key.at(resample))
            var total = 0.0
            var events = 0
            var bytes = 0
            for _ in documents.indices {
                let index = random.below(documents.count)
                total += documents[index].nats
                events += documents[index].events
                bytes += text.byteCounts[index]
            }
            natsPerToken.append(total / Double(events))
            bitsPerByte.append(total / Elementary.log(2) / Double(bytes))
        }
        func interval(_ values: [Double]) -> Interval {
            let sorted = values.sorted()
            let tail = Int(0.025 * Double(count))
            return (sorted[tail], sorted[count - 1 - tail])
        }
        return (interval(natsPerToken), interval(bitsPerByte))
    }

    /// Cross-entropy of the tokens in each tenth of frequency; document ends belong to none.
    private var decileMetrics: [MetricValue] {
        var sums = Array(repeating: 0.0, count: 10)
        var counts = Array(repeating: 0, count: 10)
        var position = 0
        for document in 0..<text.dataset.documentCount {
            for token in text.dataset.document(document) {
                let decile = Int(text.decileOfToken[Int(token)])
                sums[decile] += nats[position]
                counts[decile] += 1
                position += 1
            }
            position += 1
        }
        return (0..<10).filter { counts[$0] > 0 }.map {
            Self.deciles[$0].value(sums[$0] / Double(counts[$0]))
        }
    }
}
