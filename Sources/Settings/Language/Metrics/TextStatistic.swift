import Collapse

/// A statistic of a text of a fixed number of tokens, measured on samples and on real text alike.
///
/// One more is a value in the list ``all``. When values change, the version of the evaluation that
/// records them all is raised, `SampleStatistics.evaluation`.
package struct TextStatistic: Sendable {
    /// The real text that the statistic is also taken of.
    package enum RealText: Sendable {
        /// Held-out documents.
        case heldOut
        /// Generation 0's real sample, for what is itself a comparison with held-out text.
        case initial
    }

    /// Such as `distinct_2`.
    package var name: String
    var title: String
    var unit = ""
    /// One sentence, with where the definition comes from.
    var help: String
    /// The word in `metrics` that asks for it.
    var group = SampleMetricGroup.standard
    var realText = RealText.heldOut
    /// Nil where there is nothing to hold the sample against.
    package var measure: @Sendable (TextSample, Settings.RealText) -> Double?

    /// What is recorded of the samples.
    var ofSamples: MetricDeclaration {
        MetricDeclaration(
            "samples.\(name)", title: title, unit: unit, direction: .nearerToReference,
            help: help, reference: "heldout.\(name)")
    }

    /// What is recorded of real text of the same size.
    var ofRealText: MetricDeclaration {
        let which = realText == .heldOut ? "held-out text" : "generation 0's real sample"
        return MetricDeclaration(
            "heldout.\(name)", title: "\(title), real text", unit: unit, direction: .neither,
            help: "samples.\(name) of \(which), on as many tokens.")
    }

    /// All of them, in the order in which they are recorded.
    package static let all: [TextStatistic] =
        distinct + [typeTokenRatio, types, unigramEntropy] + coverage + repetition + [longestRepeat]
        + [meanTextualDiversity, zipfExponent, heapsExponent, uniqueSentences] + divergence
        + survival + [selfBLEU] + memorised + invented
}

/// What the key `metrics` asks for.
package enum SampleMetricGroup: String, CaseIterable, Sendable {
    /// All but what takes long.
    case standard
    case all
    case selfBLEU = "self-bleu"
    case overlap
    case frontier
}
