import Collapse
import Report
import Testing

struct TheoryFigureTests {
    private func figure(_ results: ExperimentResults, _ name: String) throws -> Figure {
        try #require(FigureBuilder(Analysis(results)).all().first { $0.figure.name == name })
            .figure
    }

    /// The dashed lines of a figure, as points.
    private func dashed(_ figure: Figure) -> [[(x: Double, y: Double)]] {
        figure.plots.flatMap(\.layers).flatMap { layer -> [[(x: Double, y: Double)]] in
            if case .line(let runs, _, _, isDashed: true) = layer { return runs }
            return []
        }
    }

    @Test("Measured minus predicted is drawn about zero")
    func differences() throws {
        let figure = try figure(SampleResults.make(predictions: true), "theory")
        let plot = try #require(figure.plots.first)
        #expect(plot.y.contains(0))
        // The first arm rises by 0.1 a generation, as predicted; what is left is noise below 0.05.
        guard
            case .line(let runs, _, _, _) = plot.layers.first(where: { layer in
                if case .line = layer { return true }
                return false
            })
        else {
            Issue.record("no line")
            return
        }
        #expect(runs[0].count == 4)
        #expect(runs[0].allSatisfy { abs($0.y) < 0.05 })
    }

    @Test("A far bound does not stretch the figure, and ends where it leaves the frame")
    func bounds() throws {
        let near = try figure(SampleResults.make(), "headline")
        let far = try figure(SampleResults.make(bound: [5, 4.5, 100, 1_000]), "headline")
        #expect(far.plots[0].y.upper < 10)
        #expect(near.plots[0].y.lower <= far.plots[0].y.lower + 1)
        #expect(dashed(far).allSatisfy { $0.allSatisfy { $0.y < 10 } })
    }

    @Test("Experiments of one step are drawn along their sweep, to scale, with theory along it")
    func steps() throws {
        let results = SampleResults.sizes([100, 1_000, 10_000])
        let figure = try figure(results, "headline")
        let plot = try #require(figure.plots.first)
        #expect(plot.x.isLogarithmic)
        #expect(plot.x.contains(100) && plot.x.contains(10_000))
        let theory = try #require(dashed(figure).first)
        #expect(theory.map(\.x) == [100, 1_000, 10_000])
        #expect(theory.map(\.y) == [0.1, 0.01, 0.001])
    }

    @Test("A panel against a metric draws arms in the plane of two metrics")
    func plane() throws {
        var results = SampleResults.sizes([100, 1_000, 10_000])
        results.setting.panels = [
            PanelDeclaration(
                section: "Plane", title: "Depth and volume", metrics: [SampleResults.depth],
                against: SampleResults.volume)
        ]
        let figure = try figure(results, "plane-depth-and-volume")
        let plot = try #require(figure.plots.first)
        #expect(plot.x.contains(0.01) && plot.x.contains(0.0001))
        #expect(figure.title.contains("against"))
    }
}
