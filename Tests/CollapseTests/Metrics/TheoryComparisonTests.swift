import Collapse
import Testing

@Suite struct TheoryComparisonTests {
    private func results(_ prediction: Prediction, values: [[Double]]) -> ExperimentResults {
        var table = MetricTable()
        for (seed, curve) in values.enumerated() {
            for (t, value) in curve.enumerated() {
                table.append(
                    .init(
                        arm: "a, b", seed: UInt64(seed), generation: t, metric: "m", value: value))
            }
        }
        return ExperimentResults(
            name: "", description: "",
            setting: SettingDeclaration(
                name: "toy", summary: "", version: 1, sizeUnit: "units", keys: [], evaluations: [],
                metrics: [], headline: Self.metric("m"), panels: [], recordUnit: .generation),
            arms: [.init(name: "a, b", summary: "", predictions: [prediction])],
            seeds: (0..<values.count).map(UInt64.init), generations: values[0].count - 1,
            metrics: table, samples: [], tolerance: 0, specificationText: "", environment: [])
    }

    @Test("Measured minus predicted carries the standard error of the measurement")
    func difference() throws {
        let prediction = Prediction(
            metric: Self.metric("m"), values: [1, 5, 9], source: "here, and there")
        let results = results(prediction, values: [[1, 6], [3, 8]])
        let comparison = try #require(results.theoryComparisons.first)
        #expect(comparison.points.map(\.generation) == [0, 1])
        #expect(comparison.points.map(\.difference) == [1, 2])
        #expect(comparison.points.map(\.standardErrors) == [1, 2])
        let lines = comparison.lines.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("\"a, b\",0,m,1.0,2.0,1.0,1.0,12.7"))
        #expect(lines[0].hasSuffix(",2,expectation,\"here, and there\","))
    }

    @Test("Where theory is infinite or undefined the table says so and why")
    func undefined() throws {
        let prediction = Prediction(
            metric: Self.metric("m"), values: [.infinity, .nan], source: "S", relation: .upperBound,
            note: "n <= d + 1")
        let comparison = try #require(
            results(prediction, values: [[1, 6], [3, 8]]).theoryComparisons.first)
        let lines = comparison.lines.split(separator: "\n")
        #expect(lines[0].contains(",inf,2.0,1.0,-inf,"))
        #expect(lines[1].contains(",nan,7.0,"))
        #expect(lines[1].hasSuffix("upper-bound,S,n <= d + 1"))
        #expect(
            prediction.lines(arm: "x").split(separator: "\n")[0]
                == "x,0,m,inf,upper-bound,S,n <= d + 1")
    }

    @Test("A metric that nobody measured has a prediction without points")
    func unmeasured() {
        let prediction = Prediction(metric: Self.metric("other"), values: [1], source: "S")
        #expect(results(prediction, values: [[1]]).theoryComparisons.map(\.points.count) == [0])
    }

    private static func metric(_ name: String) -> MetricDeclaration {
        MetricDeclaration(name, title: name, direction: .neither, help: "")
    }
}
