import Collapse
import Report
import Testing

struct GnuplotScriptTests {
    private func script(_ results: ExperimentResults, _ name: String = "headline") throws -> String
    {
        let figure = try #require(
            FigureBuilder(Analysis(results)).all().first { $0.figure.name == name })
        return GnuplotScript.text(figure.figure, format: .svg)
    }

    /// The stretches of the first line that is drawn, as lists of x.
    private func stretches(_ script: String) throws -> [[Double]] {
        let line = try #require(script.firstMatch(of: /\$data(\d+) using 1:2 with lines/))
        let start = try #require(script.firstRange(of: "$data\(line.1) << END\n"))
        let end = try #require(script[start.upperBound...].firstRange(of: "\nEND"))
        return String(script[start.upperBound..<end.lowerBound]).replacing("\n\n", with: "|")
            .split(separator: "|").map { run in
                run.split(separator: "\n").compactMap { Double($0.prefix { $0 != " " }) }
            }
    }

    @Test func aCurveIsWholeWhileItsMeansAreFinite() throws {
        #expect(try stretches(script(SampleResults.make())) == [[0, 1, 2, 3]])
    }

    @Test func anInfiniteMeanBreaksTheCurveAndIsMarked() throws {
        let results = SampleResults.make(generations: 6) { arm, seed, generation in
            arm == 0 && seed == 1 && generation == 3 ? .infinity : nil
        }
        let text = try script(results)
        #expect(try stretches(text) == [[0, 1, 2], [4, 5, 6]])
        #expect(text.contains("'inf'"))
        #expect(text.contains("'1/3'"))
        #expect(!text.contains("inf\n"), "an infinity reached the data")
    }

    @Test func anUndefinedMeanBreaksTheCurveToo() throws {
        let results = SampleResults.make(generations: 6) { arm, seed, generation in
            arm == 0 && generation == 2 ? .nan : nil
        }
        let text = try script(results)
        #expect(try stretches(text) == [[0, 1], [3, 4, 5, 6]])
        #expect(text.contains("'undefined'"))
    }

    @Test func oneSeedHasNoBand() throws {
        #expect(try script(SampleResults.make()).contains("filledcurves"))
        let single = SampleResults.make(seeds: 1)
        #expect(try !script(single).contains("filledcurves"))
        let figures = FigureBuilder(Analysis(single)).all()
        #expect(figures[0].caption.contains("no confidence band"))
    }

    @Test func theoryIsDashed() throws {
        #expect(try !script(SampleResults.make()).contains("with lines linecolor rgb '#003f62'"))
        let text = try script(SampleResults.make(predictions: true))
        #expect(text.contains(/with lines linecolor rgb '#003f62' linewidth 1.6 dashtype/))
        #expect(text.contains("'theory'"))
    }

    @Test func axesCarryTheirUnit() throws {
        let text = try script(SampleResults.make())
        #expect(text.contains("'depth of the <deepest> puddle (mm)'"))
        #expect(text.contains("'generation'"))
    }

    @Test func aDeclaredLogarithmIsUsed() throws {
        #expect(try script(SampleResults.make(), "volume-volume").contains("\nset logscale y"))
        #expect(try !script(SampleResults.make()).contains("\nset logscale y"))
    }

    @Test func panelsWithoutMeasurementsAreLeftOut() {
        let figures = FigureBuilder(Analysis(SampleResults.make())).all()
        #expect(
            figures.map(\.figure.name) == [
                "headline", "shape-roundness-and-rim", "volume-volume",
                "data-what-each-generation-trained-on",
            ])
        #expect(figures.map(\.figure.plots.count) == [1, 2, 1, 1])
    }

    @Test func aSweepIsDrawnAgainstItsKey() throws {
        let text = try script(SampleResults.sweep(), "excess")
        #expect(text.contains("set xtics ('0' 0.0, '0.1' 1.0, '0.5' 2.0, '1' 3.0)"))
        #expect(text.contains("'tolerance 0.05'"))
        #expect(text.contains("'fresh'") && text.contains("'replayed'"))
    }

    @Test(arguments: [
        ("it's", "'it''s'"), ("`rm -r`", "'ʼrm -rʼ'"), ("a\nb", "'a b'"), ("\"x\"", "'\"x\"'"),
        ("back\\slash", "'back\\slash'"),
    ])
    func textsCannotLeaveTheirQuotes(_ text: String, _ literal: String) {
        #expect(GnuplotScript.quoted(text) == literal)
    }
}
