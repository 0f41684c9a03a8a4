import Collapse
import Testing

@Suite struct ExcessTheoryTests {
    private static let metric = MetricDeclaration(
        "m", title: "metric", unit: "nats", direction: .lowerIsBetter, help: "")

    private static func theory(
        _ variances: [Double], calibrates: Bool = false, learner: String = "one",
        perDesignEffect: Double = 0.01, sizes: [Double]? = nil
    ) -> ExcessTheory {
        ExcessTheory(
            metric: metric,
            variances: variances.map { .init(independent: $0, perDesignEffect: perDesignEffect) },
            sizes: sizes ?? variances.map { _ in 100 }, learner: learner,
            calibrates: calibrates, limit: 0.1, source: "S")
    }

    /// Arms of two seeds whose curves are given, around a control or around generation 0.
    private func results(
        _ arms: [(name: String, theory: ExcessTheory?, curve: [Double])], control: [Double]?
    ) -> ExperimentResults {
        var table = MetricTable()
        var all = arms.map { (name: $0.name, theory: $0.theory, curve: $0.curve) }
        if let control { all.append((name: "control", theory: nil, curve: control)) }
        for arm in all {
            for seed in 0..<2 {
                for (t, value) in arm.curve.enumerated() {
                    // What a seed adds to every arm cancels.
                    table.append(
                        .init(
                            arm: arm.name, seed: UInt64(seed), generation: t, metric: "m",
                            value: value + 5 * Double(seed)))
                }
            }
        }
        return ExperimentResults(
            name: "", description: "",
            setting: SettingDeclaration(
                name: "toy", summary: "", version: 1, sizeUnit: "tokens", keys: [],
                evaluations: [], metrics: [Self.metric], headline: Self.metric, panels: [],
                recordUnit: .generation),
            arms: all.map { arm in
                .init(
                    name: arm.name, summary: "", excessTheory: arm.theory,
                    reference: arm.theory == nil || arm.name == "grown"
                        ? .itself : control == nil ? .missing : .arm(all.count - 1))
            }, seeds: [0, 1], generations: arms[0].curve.count - 1, metrics: table, samples: [],
            tolerance: 0, specificationText: "", environment: [])
    }

    @Test("One factor, fitted where data are replaced, predicts every arm over its control")
    func factor() throws {
        let results = results(
            [
                ("replace", Self.theory([0.01, 0.02, 0.03], calibrates: true), [3, 3.03, 3.05]),
                ("mixture", Self.theory([0.01, 0.015, 0.016]), [3, 3.02, 3.02]),
            ], control: [3, 3.01, 3])
        let comparisons = results.theoryComparisons
        #expect(comparisons.map(\.arm) == ["replace", "mixture"])
        // 3.03 - 3.01 = k/2 (0.02 - 0.01).
        for (comparison, predicted) in zip(comparisons, [[0, 0.02, 0.04], [0, 0.01, 0.012]]) {
            #expect(comparison.prediction.relation == .excess)
            #expect(
                zip(comparison.points, predicted).allSatisfy { abs($0.predicted - $1) < 1e-12 })
            #expect(comparison.points.allSatisfy { $0.isInRange })
        }
        #expect(abs(comparisons[1].points[2].measured.mean - 0.02) < 1e-12)
        #expect(comparisons[1].points[2].measured.count == 2)
        #expect(
            comparisons[1].lines.contains(",excess,S,\"over the arm control, seed by seed; k"))
    }

    @Test("What more real data brings a control tells how far its draws are from independent")
    func designEffect() throws {
        let results = results(
            [
                ("replace", Self.theory([0.01, 0.02, 0.03], calibrates: true), [3, 3.02, 3.04]),
                (
                    "mixture", Self.theory([0.01, 0.015, 0.02], perDesignEffect: 0.005),
                    [3, 3, 3]
                ),
                // Twice the data gain 0.02, where k/2 (1/100 - 1/200) of independent draws is 0.01.
                (
                    "grown",
                    Self.theory([0.01, 0.005, 0.0025], sizes: [100, 200, 400]), [3, 2.98, 2.97]
                ),
            ], control: [3, 3, 3])
        let comparison = try #require(results.theoryComparisons.first { $0.arm == "mixture" })
        // k/2 = 2 and an effect of 2: 2 (0.015 + 0.005 - 0.02) and 2 (0.02 + 0.005 - 0.02).
        let predicted = comparison.points.map(\.predicted)
        #expect(zip(predicted.dropFirst(), [0, 0.01]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(comparison.prediction.note?.contains("design effect of real data of 2.0") == true)
        #expect(!results.theoryComparisons.contains { $0.arm == "grown" })
    }

    @Test("Without a control the change since generation 0 is predicted")
    func withoutControl() throws {
        let results = results(
            [("replace", Self.theory([0.01, 0.03, 0.05], calibrates: true), [3, 3.02, 3.1])],
            control: nil)
        let points = try #require(results.theoryComparisons.first).points
        #expect(abs(points[1].predicted - 0.02) < 1e-12)
        #expect(abs(points[2].predicted - 0.04) < 1e-12)
        #expect(abs(points[2].measured.mean - 0.1) < 1e-12)
    }

    @Test("Where the variance is not small the prediction is said to be beyond its range")
    func range() throws {
        let results = results(
            [("replace", Self.theory([0.01, 0.02, 0.04], calibrates: true), [3, 3.03, 3.05])],
            control: [3, 3, 3])
        let comparison = try #require(results.theoryComparisons.first)
        // k/2 is 3: 0.03 and 0.06, then 0.12 nats.
        #expect(comparison.points.map(\.isInRange) == [true, true, false])
        let lines = comparison.lines.split(separator: "\n")
        #expect(!lines[1].contains("beyond the range") && lines[2].contains("beyond the range"))
    }

    @Test(
        "Without an arm of the same learner that lost something there is no prediction",
        arguments: [
            (Self.theory([0.01, 0.02]), [3, 3.1]),
            (Self.theory([0.01, 0.02], calibrates: true, learner: "other"), [3, 3.1]),
            (Self.theory([0.01, 0.02], calibrates: true), [3, 2.9]),
            (Self.theory([0.01, 0.02], calibrates: true), [3, .infinity]),
        ])
    func noFactor(theory: ExcessTheory, curve: [Double]) {
        let results = results(
            [("replace", theory, curve), ("mixture", Self.theory([0.01, 0.02]), [3, 3.05])],
            control: [3, 3])
        #expect(!results.theoryComparisons.contains { $0.arm == "mixture" })
    }
}
