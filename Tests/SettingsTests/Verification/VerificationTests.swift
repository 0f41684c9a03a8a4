import Collapse
import Compute
import Settings
import Support
import Testing

/// Bar V1. A z-score beyond 4 has probability 6e-5 for a correct program and other seeds; about 20
/// are taken.
@Suite struct VerificationTests {
    private func measure(
        p: Double, phi: Double = 1, psi: Double = 1, n: Double, seeds: Int,
        _ more: [String: SpecificationValue] = [:]
    ) throws -> Measured {
        try VerificationSetting.measure(
            [
                "workflow": "replace", "sample-from": "base", "label-error": .number(p),
                "sample-size": ["schedule": "step", "values": [50, .number(n)], "at": [1]],
                "curate": [
                    [
                        "stage": "verifier", "keep-correct": .number(phi),
                        "keep-wrong": .number(psi),
                    ]
                ],
            ].merging(more) { _, new in new },
            generations: 1, seeds: 0..<seeds)
    }

    @Test(
        "V1: the student jumps over 1/2 at p* = 1/(1 + psi/phi)",
        arguments: [(1.0, 1.0, 0.5), (0.9, 0.3, 0.75), (0.7, 0.05, 0.933)],
        ["least-squares", "logistic"])
    func threshold(rates: (Double, Double, Double), learner: String) throws {
        let (phi, psi, worked) = rates
        let threshold = 1 / (1 + psi / phi)
        #expect(abs(threshold - worked) < 5e-4)
        for (share, side) in [(0.6, 1.0), (0.85, 1), (0.95, 1), (1.05, 0), (1.15, 0)] {
            // A thousandth of labels stay right, so that a verifier of psi = 0.05 keeps enough to
            // learn from.
            let p = min(share * threshold, 0.999)
            let measured = try measure(
                p: p, phi: phi, psi: psi, n: 20_000, seeds: 2, ["learner": .text(learner)])
            #expect(try measured.values("verification.right_side", at: 1) == [side, side])
            #expect(
                try measured.prediction("verification.right_side", .approximation)[1] == side)
            let wrong = p * psi / (p * psi + (1 - p) * phi)
            let kept = 20_000 * (p * psi + (1 - p) * phi)
            let found = try measured.mean("curate.1.verifier.wrong_out", at: 1)
            #expect(abs(found - wrong) < 4 * (wrong * (1 - wrong) / (2 * kept)).squareRoot())
        }
    }

    @Test(
        "The accuracy of least squares is that of a normal estimate",
        arguments: [(0.3, 1.0, 1.0), (0.45, 1.0, 1.0), (0.7, 0.9, 0.3), (0.8, 0.9, 0.3)])
    func accuracy(p: Double, phi: Double, psi: Double) throws {
        let measured = try measure(p: p, phi: phi, psi: psi, n: 2_000, seeds: 60)
        let expected = try measured.prediction("verification.accuracy", .approximation)
        for t in 0...1 {
            let z = try measured.zScore("verification.accuracy", at: t, expected: expected[t])
            // Generation 0 has 50 right labels in 20 dimensions: the large-sample formula is 1 %
            // off there.
            #expect(t == 1 ? abs(z) < 4 : abs(z) < 8, "generation \(t): z = \(z)")
        }
    }

    @Test("Least squares and logistic regression with weights are those with repeated examples")
    func weights() throws {
        for learner in ["least-squares", "logistic"] {
            let setting = try VerificationSetting.make([
                "label-error": 0.2, "dimension": 3, "learner": .text(learner),
            ])
            let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: 0)
            let base = try setting.baseModel(in: seedData, work: Workload(workers: 1))
            let key = RandomKey(seed: 1, purpose: .test)
            let examples = try setting.sample(
                from: [base], size: 40, conditions: nil, seedData: seedData, key: key,
                work: Workload(workers: 1))
            func fit(_ examples: ClassifiedInputs, _ weights: [Double]?) throws -> [Double] {
                try setting.fit(
                    TrainingData(pool: Pool(examples, provenance: 1), weights: weights),
                    start: .scratch, seedData: seedData, key: key, work: Workload(workers: 1)
                ).model.weights
            }
            let weighted = try fit(examples, (0..<40).map { Double($0 % 3) })
            let repeated = try fit(
                examples.selecting((0..<40).flatMap { Array(repeating: $0, count: $0 % 3) }), nil)
            for (left, right) in zip(weighted, repeated) { #expect(abs(left - right) < 1e-9) }
            #expect(try setting.correctness(of: examples, seedData: seedData).count { !$0 } > 0)
        }
    }

    @Test("A setting without right answers says so")
    func unanswerable() throws {
        let limit = try #require(
            throws: MissingCapability.self,
            performing: {
                try GaussianSetting.measure(
                    [
                        "workflow": "replace", "sample-size": 10,
                        "curate": [["stage": "verifier"]],
                    ], generations: 1, seeds: 0..<1)
            })
        #expect(
            limit.description
                == "the setting gaussian has no right answers to verify examples by: change the arm "
                + "that asks for one")
    }

    @Test("A student that knows nothing is on neither side of 1/2")
    func nothingLearnt() throws {
        let measured = try VerificationSetting.measure(
            [
                "workflow": "replace", "sample-size": 20, "label-error": 0.1,
                "curate": [["stage": "weight", "real": 0.0]],
            ], generations: 0, seeds: 0..<2)
        #expect(try measured.values("verification.right_side", at: 0) == [0, 0])
        #expect(try abs(measured.mean("verification.accuracy", at: 0) - 0.5) < 1e-12)
    }
}
