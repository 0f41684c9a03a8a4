import Collapse
import Compute
import Settings
import Testing
import Text

@Suite struct SampleLikelihoodTests {
    /// Documents with events of these nats, the last of each being its end.
    private func likelihood(
        _ nats: [[Double]], cut: [Int] = [], prompts: [Int] = []
    ) -> SampleLikelihood {
        let documents = nats.map { Array(repeating: UInt32(1), count: $0.count - 1) }
        return SampleLikelihood(
            nats: nats.flatMap { $0 }, of: dataset(documents).cutting(cut), promptLengths: prompts)
    }

    private func values(_ likelihood: SampleLikelihood) -> [String: Double] {
        byName(likelihood.metrics(SampleLikelihood.reference))
    }

    private func histogram(_ values: [String: Double]) -> [Double] {
        (1...40).compactMap { values["samples.reference_histogram_\($0)"] }
    }

    private let quantiles = ["q01", "q05", "q25", "q50", "q75", "q95", "q99"].map {
        "samples.reference_perplexity_\($0)"
    }

    @Test(
        "Quantiles, shares and means are numpy's, after prompts and without ends of cut documents")
    func agreesWithNumpy() throws {
        for example in try DistributionReference.load().likelihoods {
            let values = values(
                likelihood(example.nats, cut: example.cut, prompts: example.prompts))
            #expect(isNear(values["samples.reference_nats_per_token"], example.mean))
            #expect(
                isNear(
                    values["samples.reference_perplexity"], Elementary.exp(example.mean), 1e-12))
            for (name, expected) in zip(quantiles, example.quantiles) {
                #expect(isNear(values[name], expected, 1e-11), "\(name)")
            }
            let shares = histogram(values)
            #expect(shares.count == 40)
            #expect(isNear(shares.reduce(0, +), 1))
            for (own, other) in zip(shares, example.histogram) { #expect(isNear(own, other)) }
            #expect(values.count == 2 + 7 + 40)
        }
    }

    @Test("Bins begin at their lower edge, and the last has everything from there on")
    func bins() {
        let nats: [[Double]] = [
            [0], [0.24], [0.25], [1], [9.74], [9.75], [10], [1e4], [.infinity], [0.25],
        ]
        let shares = histogram(values(likelihood(nats)))
        var expected = Array(repeating: 0.0, count: 40)
        for (bin, count) in [(0, 2), (1, 2), (4, 1), (38, 1), (39, 3)] {
            expected[bin] = Double(count) / 10
        }
        #expect(shares == expected)
    }

    @Test("Prompts are not scored, and a document that is nothing else does not count")
    func prompts() {
        let whole = values(likelihood([[1, 2, 3], [2, 4]]))
        let prompted = values(
            likelihood(
                [[.infinity, 9, 1, 2, 3], [7, 2, 4], [5, 5]], cut: [2], prompts: [2, 1, 1]))
        #expect(prompted == whole)
        #expect(whole["samples.reference_nats_per_token"] == 12.0 / 5)
        #expect(isNear(whole["samples.reference_perplexity_q50"], Elementary.exp(2.5)))
    }

    @Test("The end of a document that was cut is no event, whatever its likelihood")
    func cuts() {
        let values = values(likelihood([[1, 3, .infinity], [2, 2], [100]], cut: [0, 2]))
        #expect(values["samples.reference_nats_per_token"] == 2)
        #expect(values["samples.reference_perplexity_q99"] == Elementary.exp(2))
        #expect(histogram(values)[8] == 1)
    }

    @Test("Impossible documents have an infinite perplexity, as have quantiles that reach them")
    func impossible() {
        let values = values(likelihood([[1, 1], [2, 2], [.infinity, 0], [1, .infinity]]))
        #expect(values["samples.reference_nats_per_token"] == .infinity)
        #expect(values["samples.reference_perplexity"] == .infinity)
        #expect(isNear(values["samples.reference_perplexity_q25"], Elementary.exp(1.75)))
        for percent in ["50", "75", "95", "99"] {
            #expect(values["samples.reference_perplexity_q\(percent)"] == .infinity)
        }
        #expect(histogram(values)[39] == 0)
        #expect(isNear(histogram(values).reduce(0, +), 0.5))
    }

    @Test("Without a document there is nothing to say")
    func empty() {
        #expect(likelihood([]).metrics(SampleLikelihood.reference).isEmpty)
        #expect(likelihood([[4]], cut: [0]).metrics(SampleLikelihood.reference).isEmpty)
    }

    @Test("Every metric of the samples refers to the one of real text with the same ending")
    func series() {
        let series = SampleLikelihood.reference
        let declared =
            [series.natsPerToken, series.perplexity] + series.quantiles + series.histogram
        let measured = likelihood([[1, 2], [3]]).metrics(series).map(\.name)
        #expect(declared.map(\.name) == measured)
        for metric in declared {
            #expect(metric.name.hasPrefix("samples.reference_"))
            #expect(metric.reference == "heldout." + metric.name.dropFirst("samples.".count))
        }
    }
}
