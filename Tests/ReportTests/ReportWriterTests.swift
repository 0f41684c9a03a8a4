import Collapse
import Report
import Support
import TestSupport
import Testing

struct ReportWriterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var results: ExperimentResults
    }

    static let cases = [
        Case(testDescription: "arms", results: SampleResults.make(predictions: true)),
        Case(
            testDescription: "theory and bound",
            results: SampleResults.make(predictions: true, bound: [5, .infinity, .nan, 5])),
        Case(testDescription: "one step", results: SampleResults.sizes([10, 100, 1_000, 3_000])),
        Case(testDescription: "one seed", results: SampleResults.make(seeds: 1)),
        Case(testDescription: "one generation", results: SampleResults.make(generations: 0)),
        Case(
            testDescription: "many arms",
            results: SampleResults.make(arms: (0..<30).map { "arm \($0)" })),
        Case(testDescription: "sweep", results: SampleResults.sweep()),
        Case(
            testDescription: "infinite",
            results: SampleResults.make { arm, _, generation in
                arm == 0 ? .infinity : arm == 1 && generation > 1 ? -.infinity : nil
            }),
        Case(
            testDescription: "all infinite", results: SampleResults.make { _, _, _ in .infinity }),
        Case(
            testDescription: "many arms, all infinite",
            results: SampleResults.make(arms: (0..<30).map { "arm \($0)" }) { _, _, _ in .infinity }
        ),
        Case(testDescription: "undefined", results: SampleResults.make { _, _, _ in .nan }),
        Case(
            testDescription: "collapsed below every number",
            results: SampleResults.make(generations: 8) { arm, seed, generation in
                arm == 1
                    ? nil
                    : [4, 1e-40, 1e-290, .leastNormalMagnitude / 100, .leastNonzeroMagnitude, 0][
                        min(5, seed + generation)]
            }),
        Case(
            testDescription: "the smallest numbers",
            results: SampleResults.make { _, seed, _ in
                Double(seed + 1) * Double.leastNonzeroMagnitude
            }),
        Case(
            testDescription: "the largest numbers",
            results: SampleResults.make(predictions: true) { arm, seed, generation in
                [.greatestFiniteMagnitude, -1e308, 1e308][(arm + seed + generation) % 3]
            }),
        Case(testDescription: "constant", results: SampleResults.make { _, _, _ in 0 }),
        Case(testDescription: "unfinished", results: unfinished),
        Case(testDescription: "empty", results: empty),
    ]

    private static var unfinished: ExperimentResults {
        var results = SampleResults.make()
        let rows = results.metrics.rows.filter {
            $0.generation < 2 || $0.arm == "replace" && $0.seed == 0
        }
        results.metrics = MetricTable(rows: rows)
        return results
    }

    private static var empty: ExperimentResults {
        var results = SampleResults.make()
        results.metrics = MetricTable()
        return results
    }

    @Test(arguments: cases)
    func thePageIsWholeAndNeedsNothingElse(_ example: Case) throws {
        let folder = try TemporaryFolder()
        let outcome = try ReportWriter().write(Analysis(example.results), to: folder.path)
        #expect(outcome.problems == [])
        let page = try folder.text("report.html")
        #expect(markupFault(page) == nil)
        for match in page.matches(of: /(?:src|href)\s*=\s*["']([^"']*)["']/) {
            #expect(match.1.hasPrefix("#") || match.1.hasPrefix("data:"), "\(match.1)")
        }
        // The data and the page's own script; the one address is the name of a language.
        #expect(page.ranges(of: "<script").count == 2)
        let rest = page.replacing("http-equiv=", with: "")
            .replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!rest.contains("http"))
        #expect(!page.contains(/url\((?!#)/))
        let ids = page.matches(of: /\bid=["']([^"']+)["']/).map { String($0.1) }
        #expect(Set(ids).count == ids.count, "two elements share an id")
        for arm in example.results.arms { #expect(page.contains(Markup.escaped(arm.name))) }
        if example.results.metrics.count > 0 {
            let measured = Set(example.results.metrics.metrics)
            for metric in example.results.setting.metrics where measured.contains(metric.name) {
                #expect(page.contains(Markup.escaped(metric.title)))
                #expect(page.contains("<code>\(metric.name)</code>"))
            }
        }
        #expect(!page.contains("never.seen"))
        #expect(!folder.files().contains { $0.contains("partial") || $0.contains("errors") })
    }

    @Test(arguments: [cases[0], cases[1], cases[2], cases[6], cases[7]])
    func equalResultsGiveEqualBytes(_ example: Case) throws {
        let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
        try ReportWriter().write(Analysis(example.results), to: first.path)
        try ReportWriter().write(Analysis(example.results), to: second.path)
        #expect(first.files() == second.files())
        #expect(first.files().contains("figures/headline.svg"))
        for file in first.files() where file.contains(".") {
            #expect(try first.text(file) == second.text(file), "\(file)")
        }
        #expect(try !first.text("figures/headline.svg").contains("GNUPLOT"))
    }

    @Test func textsAreEscaped() throws {
        let folder = try TemporaryFolder()
        try ReportWriter().write(Analysis(SampleResults.make()), to: folder.path)
        let page = try folder.text("report.html")
        #expect(page.contains("&lt;script&gt;alert(3)&lt;/script&gt;\n␀drip"))
        #expect(page.contains("<h1>Puddles &lt;b&gt;</h1>"))
        #expect(page.contains("name: &quot;&lt;puddles&gt;&quot;"))
        #expect(page.contains("wet &amp; windy"))
        #expect(page.contains("it&#39;s &lt;odd&gt; &amp; `loud`"))
    }

    @Test func withoutGnuplotThePageIsWrittenAndSaysSo() throws {
        let folder = try TemporaryFolder()
        let writer = ReportWriter(gnuplot: "gnuplot-that-nobody-has")
        let outcome = try writer.write(Analysis(SampleResults.make()), to: folder.path)
        #expect(
            outcome.problems.map(\.kind) == [.gnuplotMissing(executable: "gnuplot-that-nobody-has")]
        )
        let sentence =
            "Figures need the program gnuplot-that-nobody-has, which is not in any folder of PATH: "
            + "install it with `apt-get install gnuplot-nox` and write the report again."
        #expect(outcome.problems.map(\.description) == [sentence])
        let page = try folder.text("report.html")
        #expect(page.contains(sentence))
        #expect(markupFault(page) == nil)
        #expect(page.contains("Differences between arms"))
        #expect(!folder.files().contains { $0.hasSuffix(".svg") })
    }

    @Test func aProgramThatRefusesTheScriptIsAProblemOfEachFigure() throws {
        let folder = try TemporaryFolder()
        let outcome = try ReportWriter(gnuplot: "false").write(
            Analysis(SampleResults.make()), to: folder.path)
        #expect(
            outcome.problems.first?.kind
                == .figureFailed(figure: "headline", message: "exit status 1"))
        #expect(try folder.text("report.html").contains("The figure headline could not be drawn"))
    }

    @Test func aFolderThatCannotBeMadeIsAnError() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("", "file")
        #expect(throws: FileError.self) {
            try ReportWriter().write(Analysis(SampleResults.make()), to: file + "/here")
        }
    }

    @Test func otherFormatsOnRequest() throws {
        let folder = try TemporaryFolder()
        try ReportWriter(formats: [.pdf, .png]).write(
            Analysis(SampleResults.make(arms: ["a", "b"])), to: folder.path)
        for ending in ["svg", "pdf", "png", "gnuplot"] {
            #expect(folder.files().contains("figures/headline.\(ending)"))
        }
    }

    @Test func theVerdictReportsWhatMoved() throws {
        let folder = try TemporaryFolder()
        // A rises by 0.5 in both seeds give or take 0.01: 0.5 ± 12.706 * 0.01; B does not move for
        // sure.
        let results = SampleResults.make(arms: ["A", "B"], seeds: 2, generations: 1) {
            arm, seed, generation in
            let sign = seed == 0 ? -1.0 : 1.0
            return 4 + Double(generation) * (arm == 0 ? 0.5 + 0.01 * sign : 0.3 * sign)
        }
        try ReportWriter().write(Analysis(results), to: folder.path)
        let page = try folder.text("report.html")
        #expect(
            page.contains(
                "<b>A</b>: rose by 0.50 mm (95 % confidence interval of the difference 0.37 to 0.63, 2 seeds)."
            ))
        #expect(page.contains("<b>B</b>: no change that these seeds can tell from zero"))
        #expect(page.contains("any increase of the population risk"))
        #expect(page.contains("The arms of one line have equal budgets"))
    }

    @Test func aSweepReportsHowMuchIsEnough() throws {
        let folder = try TemporaryFolder()
        // The excess at generation 2 is 0.4 (1 - a) + 0.02 seed: with the mean 0.02 added, 0.05 is
        // met where a = 1 - 0.03 / 0.4 = 0.925.
        try ReportWriter().write(Analysis(SampleResults.sweep()), to: folder.path)
        let page = try folder.text("report.html")
        #expect(
            page.contains(
                "fresh: the smallest real-fraction of the grid within 0.05 mm of generation 0 is 1")
        )
        #expect(page.contains(">0.925<"))
    }

    @Test("A page of a thousand arms names twenty, counts all and says where they are")
    func manyArms() throws {
        let folder = try TemporaryFolder()
        let results = SampleResults.make(
            arms: (0..<1_000).map { "arm-\($0)" }, seeds: 1, generations: 2, predictions: true
        ) { arm, _, generation in 4 + Double(generation) / Double(arm + 1) }
        let outcome = try ReportWriter().write(Analysis(results), to: folder.path)
        #expect(outcome.problems == [])
        let page = try folder.text("report.html")
        #expect(page.contains("This page names 20 of its 1000 arms one by one"))
        #expect(
            page.contains("Of 1000 arms 1000 rose, 0 fell and 0 did not move in their only seed"))
        #expect(page.contains("<code>metrics.csv</code>"))
        #expect(page.contains("<code>theory.csv</code>"))
        #expect(page.contains("at generation 2 of 1000 arms"))
        let named = (0..<1_000).filter { page.contains("<th scope=\"row\">arm-\($0)<") }
        #expect(named.count == 20)
        // The first arm rises most, the last least.
        #expect(named.contains(0) && named.contains(999))
        #expect(page.utf8.count < 2_000_000)
        #expect(markupFault(page) == nil)
    }

    @Test("Noise in the last digits of a constant is not printed")
    func constant() throws {
        let folder = try TemporaryFolder()
        let results = SampleResults.make(predictions: false) { _, seed, generation in
            5 + Double(seed * generation) * 8.9e-16
        }
        try ReportWriter().write(Analysis(results), to: folder.path)
        let page = try folder.text("report.html")
        #expect(!page.contains("00000000"))
        #expect(page.contains("5 ± 0"))
        #expect(!page.contains("rose by"))
    }

    @Test("A count of what has not happened yet is printed as a lower bound")
    func countsUntilEvent() throws {
        let folder = try TemporaryFolder()
        // Of the first arm every chain gets there at generation 1, of the others none.
        var results = SampleResults.make(generations: 3) { arm, _, generation in
            Double(1 + (arm == 0 ? min(generation, 1) : generation))
        }
        results.setting.metrics[0].countsUntilEvent = true
        try ReportWriter().write(Analysis(results), to: folder.path)
        let page = try folder.text("report.html")
        #expect(page.contains("at least 4 (not yet reached in 3 of 3 seeds)"))
        #expect(page.contains("<b>replace</b>: rose by 1.0000"))
        #expect(page.contains("<b>accumulate</b>: at least 4"))
        #expect(page.contains("the mean is a lower bound"))
    }
}
