import Collapse
import Support
import Testing

/// Stages that could keep nothing are refused before anything runs.
@Suite struct CurationRefusalTests {
    private func path(_ stage: SpecificationValue) -> [String]? {
        do {
            _ = try CurationStages.stage(resolvedStage(stage))
            return nil
        } catch { return error.path }
    }

    @Test(
        "Values that no example meets are refused at their key, and their neighbours are not",
        arguments: [
            (["stage": "score-threshold", "minimum": -1.0, "maximum": -2.0], ["minimum"]),
            (["stage": "score-threshold", "minimum": -2.0, "maximum": -2.0], nil),
            (["stage": "top-fraction", "fraction": 0.0], ["fraction"]),
            (["stage": "top-fraction", "fraction": 1e-9], nil),
            (["stage": "score-band", "from": 0.5, "to": 0.5], ["to"]),
            (["stage": "verifier", "keep-correct": 0.0, "keep-wrong": 0.0], ["keep-correct"]),
            (["stage": "verifier", "keep-correct": 0.0, "keep-wrong": 0.1], nil),
            (["stage": "pattern", "begins-with": "a b a", "holds": "a"], ["times"]),
            (["stage": "pattern", "begins-with": "a b a", "holds": "a", "times": 2], nil),
            (["stage": "pattern", "begins-with": "aaa", "holds": "aa", "times": 0], ["times"]),
            (["stage": "pattern", "begins-with": "aaa", "holds": "aa"], nil),
        ] as [(SpecificationValue, [String]?)])
    func values(stage: SpecificationValue, expected: [String]?) {
        #expect(path(stage) == expected)
        // A random control of the stage runs it, too.
        #expect(
            path(["stage": "random", "like": stage]).map { $0.drop { $0 == "like" } }.map(
                Array.init)
                == expected)
    }

    @Test("However small a share, one synthetic example is kept")
    func smallShares() throws {
        let curate = ToyCuration(real: [0], synthetic: [[5, 31, 12]])
        for stage: any CurationStage in [
            TopFraction(under: .previous, fraction: 1e-9),
            ScoreBand(under: .previous, band: 0...0.01),
            ScoreBand(under: .previous, band: 0.99...1),
            ScoreBand(under: .previous, band: 0.5...0.51),
        ] {
            #expect(try curate(stage).data.examples.count == 2, "\(stage)")
        }
        // Of no synthetic examples none.
        let real = ToyCuration(real: [0, 3], synthetic: [])
        #expect(try real(ScoreBand(under: .previous, band: 0.99...1)).data.examples.count == 2)
        #expect(try real(TopFraction(under: .previous, fraction: 0.1)).data.examples.count == 2)
    }

    private static func weight(_ real: Double, _ synthetic: Double) -> SpecificationValue {
        ["stage": "weight", "real": .number(real), "synthetic": .number(synthetic)]
    }

    @Test(
        "Weights that together leave nothing are refused, in a random control and a phase, too",
        arguments: [
            ("mixture", [weight(1, 0)], nil),
            ("mixture", [weight(1, 0), weight(0, 1)], ["0", "synthetic"]),
            ("mixture", [weight(0, 1), weight(1, 0.5)], nil),
            ("mixture", [weight(0, 0)], ["0", "synthetic"]),
            ("replace", [weight(1, 1), weight(1, 0)], ["1", "synthetic"]),
            (
                "replace", [["stage": "random", "like": weight(1, 0)]],
                ["0", "like", "synthetic"]
            ),
        ] as [(String, [SpecificationValue], [String]?)])
    func weights(workflow: String, stages: [SpecificationValue], expected: [String]?) throws {
        // From a phase on, as generation 0 is of real data alone.
        let phase = SpecificationMap([
            .init("from", 1), .init("curate", .list(stages.map(resolvedStage))),
        ])
        let half: [SpecificationMap.Entry] =
            workflow == "mixture"
            ? [.init("real-fraction", constant(0.5)), .init("real-data", "fresh")] : []
        let arm = try ArmSpecification(
            name: "arm",
            values: armValues(workflow, changes: half + [.init("phases", .list([.map(phase)]))]))
        let plan = try ChainPlan(arm: arm, generations: 2)
        do {
            try plan.checkWeights()
            #expect(expected == nil)
        } catch {
            #expect(error.path == expected.map { ["phases", "0", "curate"] + $0 })
        }
    }
}
