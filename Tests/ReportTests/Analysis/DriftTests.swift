import Collapse
import Report
import Support
import TestSupport
import Testing

/// The direction that the page names, from components that are moved on purpose.
struct DriftTests {
    private static let kinds = MetricDeclaration(
        "s.kinds", title: "kinds", direction: .neither, help: "Kinds.")
    private static let entropy = MetricDeclaration(
        "s.entropy", title: "entropy", unit: "nats", direction: .neither, help: "Entropy.")
    private static let likelihood = MetricDeclaration(
        "s.likelihood", title: "likelihood", unit: "nats", direction: .neither, help: "Nats.")
    private static let head = MetricDeclaration(
        "s.head", title: "head", unit: "nats", direction: .neither, help: "Head.")

    /// What a component moves by, against the control, and how much the seeds differ in that.
    struct Shift: Sendable {
        var kinds = 0.0
        var entropy = 0.0
        var likelihood = 0.0
        var head = 0.0
        var noise = 0.01
    }

    private func results(_ shift: Shift, seeds: Int = 5) -> ExperimentResults {
        var results = SampleResults.make(arms: ["arm", "control"], seeds: seeds, generations: 2)
        results.setting.metrics += [Self.kinds, Self.entropy, Self.likelihood, Self.head]
        results.setting.drift = DriftDeclaration([
            .init(Self.kinds, .diversity, isRatio: true, margin: 0.05),
            .init(Self.entropy, .entropy, margin: 0.1),
            .init(Self.likelihood, .likelihood, margin: 0.1),
            .init(Self.head, .head, margin: 0.1),
        ])
        results.arms[0].reference = .arm(1)
        results.arms[1].reference = .itself
        for arm in ["arm", "control"] {
            for seed in 0..<seeds {
                for generation in 0...2 {
                    let isMoved = arm == "arm" && generation == 2
                    let noise = isMoved ? shift.noise * Double(seed - seeds / 2) : 0
                    let share = isMoved ? 1.0 : 0
                    for (metric, value) in [
                        (Self.kinds, 100 * (1 + share * shift.kinds + noise)),
                        (Self.entropy, 4 + share * shift.entropy + noise),
                        (Self.likelihood, 5 + share * shift.likelihood + noise),
                        (Self.head, 2 + share * shift.head + noise),
                    ] {
                        results.metrics.append(
                            .init(
                                arm: arm, seed: UInt64(seed), generation: generation,
                                metric: metric.name, value: value))
                    }
                }
            }
        }
        return results
    }

    private func page(_ results: ExperimentResults) throws -> String {
        let folder = try TemporaryFolder()
        #expect(try ReportWriter().write(Analysis(results), to: folder.path).problems == [])
        let page = try folder.text("report.html")
        #expect(markupFault(page) == nil)
        return page
    }

    @Test(
        "Each combination of components has its name",
        arguments: [
            (Shift(kinds: -0.5), "sharpening: kinds ×0.5"),
            (Shift(entropy: -0.5), "sharpening: entropy −0.5"),
            (Shift(likelihood: -0.5), "sharpening: likelihood −0.5"),
            // A model that says anything after what it no longer writes is no noise.
            (Shift(kinds: -0.5, entropy: 0.5, head: 1), "sharpening: kinds"),
            (Shift(kinds: -0.5, likelihood: 0.5), "sharpening and noising at once: kinds"),
            (Shift(kinds: 0.5), "noising: kinds"),
            (Shift(entropy: 0.5), "noising: entropy"),
            (Shift(head: 0.5), "noising: head"),
            (Shift(kinds: 0.5, entropy: -0.5, likelihood: 0.5), "noising: kinds"),
            (Shift(), "neither sharpening nor noising"),
            (Shift(noise: 0.2), "no direction can be told"),
        ] as [(Shift, String)])
    func directions(shift: Shift, words: String) throws {
        let page = try page(results(shift))
        #expect(page.contains("<b>arm</b>: \(words)"), "\(words)")
        #expect(page.contains("(against control, generation 2)"))
    }

    @Test("An interval over a margin decides nothing, one within both is equivalence")
    func margins() throws {
        // t(0.975, 4) sd / sqrt(5) with sd 0.0158: half a width of 0.0196 around 0.09 and 0.05.
        #expect(try page(results(Shift(entropy: 0.09))).contains("no direction can be told"))
        #expect(
            try page(results(Shift(entropy: 0.05))).contains("neither sharpening nor noising"))
        #expect(try page(results(Shift(entropy: 0.13))).contains("noising: entropy"))
    }

    @Test("Two seeds tell no direction", arguments: [1, 2])
    func fewSeeds(seeds: Int) throws {
        let page = try page(results(Shift(kinds: -0.5), seeds: seeds))
        #expect(page.contains("not tell a direction; three are needed."))
        #expect(!page.contains("sharpening: kinds"))
    }

    @Test("Without a control the page says so, and infinite values name nothing")
    func withoutControl() throws {
        var results = results(Shift(kinds: -0.5))
        results.arms[0].reference = .missing
        #expect(try page(results).contains("since generation 0, for want of a control"))
        var infinite = self.results(Shift())
        infinite.metrics = MetricTable(
            rows: infinite.metrics.rows.map { row in
                var row = row
                if row.metric.hasPrefix("s.") { row.value = .infinity }
                return row
            })
        #expect(try page(infinite).contains("<b>arm</b>: no direction can be told"))
    }

    @Test("A setting without components has no such section")
    func undeclared() throws {
        let page = try page(SampleResults.make())
        #expect(!page.contains("Direction of the drift"))
    }
}
