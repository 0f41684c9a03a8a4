import Collapse
import Compute
import Settings
import Support
import Testing

/// Bar M3. A z-score beyond 4 has probability 6e-5 for a correct program and other seeds; about 30
/// are taken.
@Suite struct ContaminatedClassificationTests {
    private func measure(
        _ s: Double, _ learner: String = "repeated-erm", generations: Int, seeds: Int,
        _ more: [String: SpecificationValue] = [:]
    ) throws -> Measured {
        try ContaminatedClassificationSetting.measure(
            [
                "workflow": "accumulate", "synthetic-fraction": .number(s),
                "learner": .text(learner),
                "sample-size": ["schedule": "step", "values": [2, 1], "at": [1]],
                "domain-size": 4,
            ].merging(more) { _, new in new },
            generations: generations, seeds: 0..<seeds, metrics: "classification.")
    }

    @Test(
        "M3: a wrong point stays wrong for ever with probability max(0, (2s - 1)/s)",
        arguments: [(0.3, 0.0), (0.6, 1.0 / 3), (0.75, 2.0 / 3), (0.9, 8.0 / 9), (1.0, 1.0)])
    func stuck(s: Double, limit: Double) throws {
        let predictions = try measure(s, generations: 2_000, seeds: 0)
        let bound = try predictions.prediction("classification.stuck_share", .lowerBound)
        let exact = try predictions.prediction("classification.stuck_share")
        #expect(abs(bound[0] - limit) < 1e-12)
        // The walk near s = 1/2 is slow: 500 visits leave less than 1e-5 at s = 0.6.
        #expect(abs(exact[2_000] - limit) < 1e-5)
        #expect(zip(exact, exact.dropFirst()).allSatisfy { $0 >= $1 - 1e-12 })

        let measured = try measure(s, generations: 200, seeds: 400)
        // Once hardly a seed has errors left, their spread says nothing.
        for t in [1, 10, 40, 200] where exact[t] > 0.02 {
            let z = try measured.zScore("classification.stuck_share", at: t, expected: exact[t])
            #expect(abs(z) < 4, "generation \(t): z = \(z)")
        }
    }

    @Test(
        "Batches, unequal masses and mixed labels follow the walk of each point",
        arguments: ["repeated-erm", "disagreement"], [0.4, 0.8])
    func general(learner: String, s: Double) throws {
        let measured = try measure(
            s, learner, generations: 20, seeds: 2_000,
            [
                "sample-size": 3, "domain-size": 8, "mass-exponent": 1, "positive-share": 0.7,
            ])
        let expected = try measured.prediction("classification.error_mass")
        for t in [0, 1, 5, 20] {
            let z = try measured.zScore("classification.error_mass", at: t, expected: expected[t])
            #expect(abs(z) < 4, "generation \(t): z = \(z)")
        }
    }

    @Test("Keeping disagreement learns for every s < 1, and for s = 1 nothing can")
    func disagreement() throws {
        let learns = try measure(0.95, "disagreement", generations: 400, seeds: 200)
        #expect(try learns.mean("classification.error_mass", at: 400) < 0.02)
        #expect(try learns.mean("classification.error_mass", at: 0) > 0.5)
        let expected = try learns.prediction("classification.error_mass")
        let z = try learns.zScore("classification.error_mass", at: 100, expected: expected[100])
        #expect(abs(z) < 4)
        let stuck = try measure(1, "disagreement", generations: 20, seeds: 50)
        #expect(
            try stuck.mean("classification.error_mass", at: 20)
                == stuck.mean("classification.error_mass", at: 0))
    }

    @Test("A threshold between its evidence is found, and repeated ERM lets it stick too")
    func thresholds() throws {
        let more: [String: SpecificationValue] = ["concept": "threshold", "domain-size": 16]
        let erm = try measure(0.9, generations: 400, seeds: 100, more)
        let kept = try measure(0.9, "disagreement", generations: 400, seeds: 100, more)
        #expect(erm.predictions.isEmpty)
        #expect(
            try erm.mean("classification.error_mass", at: 0)
                == kept.mean("classification.error_mass", at: 0), "the same real data")
        #expect(try kept.mean("classification.error_mass", at: 400) < 0.01)
        #expect(try erm.mean("classification.error_mass", at: 400) > 0.05)
    }

    @Test("With everything seen there is no error, and no share of it")
    func nothingWrong() throws {
        let measured = try measure(
            0.9, generations: 2, seeds: 2, ["sample-size": 5, "domain-size": 1])
        #expect(try measured.values("classification.error_mass", at: 2) == [0, 0])
        #expect(try measured.mean("classification.stuck_share", at: 2).isNaN)
    }
}
