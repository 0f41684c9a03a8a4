import Collapse
import Foundation
import Report
import Support
import TestSupport
import Testing

/// How many curves stand in a frame, and what tells them apart.
@Suite struct FrameTests {
    private static func figures(arms: Int, seeds: Int = 2) -> [ReportFigure] {
        FigureBuilder(
            Analysis(SampleResults.make(arms: (0..<arms).map { "arm \($0)" }, seeds: seeds))
        ).all()
    }

    private static func curves(_ plot: Figure.Plot) -> Int {
        plot.layers.count { layer in
            if case .line(_, _, _, let isDashed) = layer { return !isDashed }
            return false
        }
    }

    @Test("No frame holds more than seven curves, and none is left out", arguments: [7, 8, 15, 40])
    func curves(arms: Int) throws {
        for entry in Self.figures(arms: arms, seeds: 1) {
            for plot in entry.figure.plots {
                #expect(Self.curves(plot) <= 7, "\(entry.figure.name)")
            }
            #expect(entry.figure.plots.allSatisfy { $0.frame.top < Double(entry.figure.height) })
        }
        let headline = try #require(Self.figures(arms: arms).first { $0.figure.name == "headline" })
        let names = try Self.names(headline.figure)
        #expect(Set(names).count == arms && names.count == arms)
        let axes = headline.figure.plots.map(\.y)
        #expect(axes.allSatisfy { $0.lower == axes[0].lower && $0.upper == axes[0].upper })
    }

    /// The names of the curves that the page's script draws.
    private static func names(_ figure: Figure) throws -> [String] {
        struct Chart: Decodable {
            struct Curve: Decodable {
                var name: String
                var colour: String
                var shape: String
            }
            var curves: [Curve]
        }
        let charts = try JSONDecoder().decode(
            [Chart].self, from: JSONEncoder().encode(figure.charts))
        let styles = charts.flatMap(\.curves).map { "\($0.colour) \($0.shape)" }
        #expect(Set(styles).count == styles.count, "two arms look alike")
        return charts.flatMap(\.curves).map(\.name)
    }

    @Test("Where a sweep has more values than curves fit, a map takes their place")
    func heatMap() throws {
        var results = SampleResults.make(arms: (0..<12).map { "n=\($0)" }, generations: 3)
        for index in results.arms.indices {
            results.arms[index].coordinates = [("sample-size", .integer(10 + index))]
        }
        let headline = try #require(
            FigureBuilder(Analysis(results)).all().first { $0.figure.name == "headline" })
        let cells = headline.figure.plots[0].layers.compactMap { layer -> Int? in
            if case .cells(let cells) = layer { return cells.count }
            return nil
        }
        #expect(cells == [12 * 4])
        #expect(headline.figure.charts.isEmpty)
    }

    @Test("A label is short text whatever was swept")
    func labels() throws {
        let schedule = SpecificationValue.map([
            .init("schedule", .text("power")), .init("scale", .number(100)),
            .init("exponent", .number(-1)),
        ])
        var results = SampleResults.sizes([10, 100, 1_000])
        for index in results.arms.indices {
            results.arms[index].coordinates.append(("growth", schedule))
        }
        let sweep = try #require(Sweep(results.arms))
        #expect(sweep.groups.map(\.label) == ["growth power, scale 100, exponent −1"])
    }
}
