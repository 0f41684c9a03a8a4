package import Collapse
import Compute
package import Text

/// How likely documents are under a model that real text made: their perplexities one by one, as
/// quantiles and as a histogram (Shumailov et al. 2024, figure 1).
package struct SampleLikelihood {
    static let evaluation = SettingDeclaration.Evaluation("reference", version: 2)

    /// Which model scores which documents.
    package struct Series: Sendable {
        package let natsPerToken: MetricDeclaration
        package let perplexity: MetricDeclaration
        package let quantiles: [MetricDeclaration]
        package let histogram: [MetricDeclaration]

        var metrics: [MetricDeclaration] { [natsPerToken, perplexity] + quantiles + histogram }

        /// - Parameters:
        ///   - name: What the metrics' names begin with, such as `samples.reference`.
        ///   - documents: What is scored, for help.
        ///   - model: What scores, for titles and help.
        ///   - real: The name of the same series of real text, if there is one.
        init(_ name: String, of documents: String, under model: String, real: String? = nil) {
            func metric(
                _ suffix: String, _ title: String, _ help: String, unit: String = ""
            ) -> MetricDeclaration {
                MetricDeclaration(
                    "\(name)_\(suffix)", title: title, unit: unit,
                    direction: real == nil ? .neither : .nearerToReference, help: help,
                    reference: real.map { "\($0)_\(suffix)" })
            }
            natsPerToken = metric(
                "nats_per_token", "cross-entropy under \(model)",
                "Mean negative log-likelihood of \(documents) under \(model) over their tokens and "
                    + "ends, given the prompt where there is one.", unit: "nats/token")
            perplexity = metric(
                "perplexity", "perplexity under \(model)", "exp of \(name)_nats_per_token.",
                unit: "per token")
            quantiles = SampleLikelihood.percents.map { percent in
                metric(
                    "perplexity_q" + (percent < 10 ? "0\(percent)" : "\(percent)"),
                    (percent == 50 ? "median" : "\(percent) % quantile of the")
                        + " perplexity under \(model)",
                    "The \(percent) % quantile, over \(documents), of a document's perplexity under "
                        + "\(model), interpolated between neighbours.", unit: "per token")
            }
            histogram = SampleLikelihood.bins.map { bin in
                metric(
                    "histogram_\(bin + 1)", "share of documents, bin \(bin + 1)",
                    "The share of \(documents) whose perplexity under \(model) has a natural "
                        + "logarithm "
                        + (bin == SampleLikelihood.bins.upperBound - 1
                            ? "of at least \(SampleLikelihood.edge(bin)) and is finite."
                            : "from \(SampleLikelihood.edge(bin)) to below "
                                + "\(SampleLikelihood.edge(bin + 1))."))
            }
        }
    }

    /// Samples and held-out text under a model of a second real sample.
    package static let reference = Series(
        "samples.reference", of: "the sampled documents", under: "the reference model",
        real: "heldout.reference")
    static let realText = Series(
        "heldout.reference", of: "the held-out documents", under: "the reference model")
    /// Shumailov's own form, in which generation 0 scores its own samples.
    static let generation0 = Series(
        "samples.generation0", of: "the sampled documents", under: "generation 0's model")

    package static let percents = [1, 5, 25, 50, 75, 95, 99]
    static let bins = 0..<40
    private static let binWidth = 0.25

    /// Where a bin begins, in nats.
    static func edge(_ bin: Int) -> Double { Double(bin) * binWidth }

    static let metrics = reference.metrics + realText.metrics + generation0.metrics

    static let panels =
        panels(of: reference, under: "a model of other real text")
        + panels(of: generation0, under: "generation 0's model")

    private static func panels(of series: Series, under model: String) -> [PanelDeclaration] {
        let section = "Likelihood of the samples"
        return [
            PanelDeclaration(
                section: section, title: "Perplexity of the samples under \(model)",
                metrics: [
                    series.perplexity, series.quantiles[3], series.quantiles[0],
                    series.quantiles[6],
                ], logarithmic: true),
            PanelDeclaration(
                section: section, title: "Documents by their perplexity under \(model)",
                metrics: series.histogram,
                bins: .init(
                    bins.map { Elementary.exp(edge($0) + binWidth / 2) },
                    title: "perplexity of a document")),
        ]
    }

    /// Mean nats of the events of each document.
    private let documents: [Double]
    /// The sums over the events of all documents, without the bytes of their text.
    package let total: CrossScore
    /// Mean nats of all events.
    private var mean: Double { total.natsPerEvent }

    /// - Parameters:
    ///   - nats: For each document its tokens, then its end.
    ///   - dataset: The documents.
    ///   - promptLengths: How many tokens at the beginning of each document are given; empty for
    ///     none.
    package init(nats: [Double], of dataset: TokenDataset, promptLengths: [Int] = []) {
        var documents: [Double] = []
        var total = CrossScore(nats: 0, events: 0, bytes: nil, impossibleEvents: 0)
        for document in 0..<dataset.documentCount {
            let given = promptLengths.isEmpty ? 0 : promptLengths[document]
            let own = nats[dataset.events(ofDocument: document)].dropFirst(given)
            guard !own.isEmpty else { continue }
            let sum = own.reduce(0, +)
            documents.append(sum / Double(own.count))
            total.nats += sum
            total.events += own.count
            total.impossibleEvents += own.count { $0 == .infinity }
        }
        self.documents = documents.sorted()
        self.total = total
    }

    /// The metrics of a series; none where there is no document.
    package func metrics(_ series: Series) -> [MetricValue] {
        guard !documents.isEmpty else { return [] }
        return [
            series.natsPerToken.value(mean), series.perplexity.value(Elementary.exp(mean)),
        ]
            + zip(series.quantiles, Self.percents).map { metric, percent in
                metric.value(Elementary.exp(quantile(Double(percent) / 100)))
            }
            + zip(series.histogram, histogram).map { $0.value($1) }
    }

    /// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
    private func quantile(_ share: Double) -> Double {
        let position = share * Double(documents.count - 1)
        let index = min(Int(position), documents.count - 1)
        let fraction = position - Double(index)
        guard fraction > 0 else { return documents[index] }
        // Where neighbours are both infinite so is what lies between.
        guard documents[index] != documents[index + 1] else { return documents[index] }
        return documents[index] + fraction * (documents[index + 1] - documents[index])
    }

    private var histogram: [Double] {
        var counts = Self.bins.map { _ in 0 }
        for document in documents where document.isFinite {
            let bin = min(document / Self.binWidth, Double(Self.bins.upperBound - 1))
            counts[Int(bin)] += 1
        }
        return counts.map { Double($0) / Double(documents.count) }
    }
}
