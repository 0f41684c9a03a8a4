import Collapse
import Report
import Support
import TestSupport
import Testing

/// What the page says of arms against their controls.
struct ChangeSummaryTests {
    /// Arms A and B whose depth rises by 0.5 and 0.1 a generation, with their control that falls by
    /// 0.1; what differs between seeds is shared by all.
    private func results(seeds: Int = 3, generations: Int = 2) -> ExperimentResults {
        var results = SampleResults.make(
            arms: ["A", "B", "control"], seeds: seeds, generations: generations
        ) { arm, seed, generation in
            4 + 0.3 * Double(seed) + [0.5, 0.1, -0.1][arm] * Double(generation)
                + (arm == 0 ? 0.01 * Double(seed - 1) * Double(generation) : 0)
        }
        results.arms[0].reference = .arm(2)
        results.arms[1].reference = .arm(2)
        results.arms[2].reference = .itself
        return results
    }

    private func page(_ results: ExperimentResults) throws -> String {
        let folder = try TemporaryFolder()
        #expect(try ReportWriter().write(Analysis(results), to: folder.path).problems == [])
        let page = try folder.text("report.html")
        #expect(markupFault(page) == nil)
        return page
    }

    @Test("An arm is held against its control at the same generation, seed by seed")
    func control() throws {
        let page = try page(results())
        // 2 (0.5 + 0.1) with differences 0.02 apart: t(0.975, 2) 0.02 / sqrt(3) = 0.0497.
        #expect(
            page.contains(
                "<b>A</b>: 1.200 mm above control (95 % confidence interval of the difference 1.150 to 1.250, 3 seeds)."
            ))
        // Without noise the interval has no width.
        #expect(page.contains("<b>B</b>: 0.4"))
        #expect(page.contains("<b>control</b> (real data only): fell by 0.2"))
        #expect(page.contains("id=\"figure-excess-over-control\""))
        #expect(!page.contains("What has no control"))
    }

    @Test("Without a control an arm is held against generation 0, and the page says how to add one")
    func withoutControl() throws {
        var results = results()
        results.arms[0].reference = .missing
        let page = try page(results)
        #expect(page.contains("<b>A</b>: rose by 1.00"))
        #expect(page.contains("<b>B</b>: 0.4"))
        #expect(page.contains("`controls: true` in the experiment adds the controls"))
    }

    @Test("Where a control has no real data left, the comparison stops at the generation before")
    func exhausted() throws {
        var results = results(generations: 3)
        results.arms[2].exhausted = 2
        results.metrics = MetricTable(
            rows: results.metrics.rows.filter { $0.arm != "control" || $0.generation < 2 })
        let page = try page(results)
        #expect(
            page.contains(
                "<b>A</b>: at generation 1, the last that its control has real data for: 0.60"))
        #expect(page.contains("control (before generation 2)"))
        #expect(!page.contains("Unfinished"))
    }

    @Test("One seed and two seeds give a sentence in place of an interval of what is enough")
    func fewSeeds() throws {
        for seeds in 1...2 {
            var results = SampleResults.sweep()
            results.seeds = (0..<seeds).map(UInt64.init)
            let page = try page(results)
            #expect(page.contains("Fewer than three seeds give no interval."))
            #expect(!page.contains("95 % interval of the interpolated value"))
        }
    }

    @Test("How much is enough is asked of real data and of sizes, and of no other key")
    func amounts() throws {
        var results = SampleResults.sweep()
        for index in results.arms.indices {
            results.arms[index].coordinates = results.arms[index].coordinates.map {
                $0.key == "real-fraction" ? (key: "dimension", value: $0.value) : $0
            }
        }
        let page = try page(results)
        #expect(page.contains("Excess against dimension"))
        #expect(!page.contains("the smallest dimension"))
    }

    @Test("A metric without a better direction that falls is not enough")
    func twoSided() throws {
        var results = SampleResults.sweep()
        results.setting.metrics[0].direction = .neither
        results.metrics = MetricTable(
            rows: results.metrics.rows.map { row in
                var row = row
                if row.metric == "heldout.depth", row.arm != "outside" { row.value = 8 - row.value }
                return row
            })
        let page = try page(results)
        #expect(
            page.contains(
                "fresh: the smallest real-fraction of the grid within 0.05 mm of generation 0 is 1")
        )
    }

    @Test("A mixture of one step is held against its arm of real data alone")
    func oneStep() throws {
        var results = SampleResults.sweep()
        results.generations = 1
        results.arms.removeFirst()
        results.metrics = MetricTable(rows: results.metrics.rows.filter { $0.generation < 2 })
        let page = try page(results)
        // The seeds' own rise is in every arm and cancels: 0.2 (1 - a) meets 0.05 at 0.75.
        #expect(
            page.contains(
                "fresh: the smallest real-fraction of the grid within 0.05 mm of the arm of real data alone is 1"
            ))
        #expect(page.contains(">0.75<"))
    }

    @Test("Each pair of arms has one statement about its budgets")
    func budgets() throws {
        let page = try page(results())
        #expect(page.contains("The arms of one line have equal budgets"))
        #expect(page.contains("<b>A, control</b>: training data 300"))
        #expect(page.contains("<b>B</b>: training data 600 (2 times)"))
        #expect(!page.contains("All arms have the same budget"))
    }
}
