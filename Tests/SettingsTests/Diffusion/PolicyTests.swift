import Compute
import Settings
import Support
import Testing

/// Credit for rewards among the steps of a sampler.
@Suite struct PolicyTests {
    private static let schedules = NoiseSchedule.Kind.allCases

    private func actions(
        _ kind: NoiseSchedule.Kind, _ credit: PolicyCredit, steps: Int = 20, weight: Double? = nil
    ) throws -> [PolicyStep] {
        try DiffusionSampler.policy(
            NoiseSchedule(kind, steps: 100), steps: steps, credit: credit, weight: weight
        ).actions
    }

    @Test("The native weight is sqrt(SNR' / SNR - 1)", arguments: schedules, [5, 20, 50, 100])
    func nativeWeight(kind: NoiseSchedule.Kind, steps: Int) throws {
        let actions = try actions(kind, .native, steps: steps)
        #expect(actions.count == steps - 1)
        for action in actions {
            let (now, next) = (action.step.remaining, action.step.nextRemaining)
            let ratio = next / (1 - next) * (1 - now) / now
            #expect(abs(action.weight - (ratio - 1).squareRoot()) < 1e-6)
        }
    }

    @Test("In proportion all steps have one weight", arguments: schedules)
    func equalWeights(kind: NoiseSchedule.Kind) throws {
        for credit in [PolicyCredit.reweighted, .constantWeight] {
            let weights = try actions(kind, credit).map(\.weight)
            let (low, high) = (weights.min() ?? 0, weights.max() ?? 0)
            #expect(high / low - 1 < 1e-6, "\(credit)")
        }
        let native = try actions(kind, .native).map(\.weight)
        #expect((native.max() ?? 0) / (native.min() ?? 1) > 2)
        let mean = native.reduce(0, +) / Double(native.count)
        #expect(abs((try actions(kind, .reweighted))[0].weight - mean) < 1e-12)
    }

    @Test("Times that are even in the log of signal to noise have equal native weights")
    func logSNR() throws {
        // With a thousand times to choose from the distances are even to a few per cent.
        let actions = try DiffusionSampler.policy(
            NoiseSchedule(.linear, steps: 1_000), steps: 12, credit: .logSNR, weight: nil
        ).actions
        let weights = actions.dropLast().map(\.weight)
        #expect((weights.max() ?? 0) / (weights.min() ?? 1) < 1.1)
    }

    @Test("The log-ratio is the difference of the two Gaussian log-densities", arguments: schedules)
    func logRatio(kind: NoiseSchedule.Kind) throws {
        var random = RandomStream(RandomKey(seed: 2, purpose: .test))
        for credit in [PolicyCredit.native, .constantWeight] {
            for action in try actions(kind, credit) {
                let step = action.step
                let (image, old, z) = (random.normal(), random.normal(), random.normal())
                let new = old + 0.1 * random.normal()
                func mean(_ noise: Double) -> Double {
                    let clean =
                        (image - (1 - step.remaining).squareRoot() * noise)
                        / step.remaining.squareRoot()
                    let toward = 1 - step.nextRemaining - step.deviation * step.deviation
                    return step.nextRemaining.squareRoot() * clean
                        + max(0, toward).squareRoot() * noise
                }
                let drawn = mean(old) + step.deviation * z
                func logDensity(_ noise: Double) -> Double {
                    let distance = (drawn - mean(noise)) / step.deviation
                    return -distance * distance / 2
                }
                let shift = action.weight * (new - old)
                let expected = logDensity(new) - logDensity(old)
                #expect(abs(-shift * (z + shift / 2) - expected) < 1e-6 * max(1, abs(expected)))
            }
        }
    }

    @Test("A weight that a step cannot have names the step", arguments: schedules)
    func infeasible(kind: NoiseSchedule.Kind) throws {
        let native = try actions(kind, .native)
        let weights = native.map(\.weight)
        let mean = weights.reduce(0, +) / Double(weights.count)
        let first = try #require(native.first { $0.weight > mean })
        #expect {
            try actions(kind, .constantWeight, weight: mean)
        } throws: { error in
            let issue = error as? SpecificationIssue
            return issue?.path == ["weight"]
                && issue?.message.contains("from time \(first.step.time) ") ?? false
        }
        let least = weights.max() ?? 0
        let feasible = try actions(kind, .constantWeight, weight: 1.5 * least)
        #expect(feasible.allSatisfy { abs($0.weight / (1.5 * least) - 1) < 1e-6 })
    }

    @Test("A step between times of equal noise is no action")
    func stillStep() {
        #expect {
            try DiffusionSampler.policy(
                NoiseSchedule(.cosine, steps: 1_000), steps: 1_000, credit: .native, weight: nil)
        } throws: {
            ($0 as? SpecificationIssue)?.path == ["steps"]
        }
    }

    @Test("Advantages are standard scores within a class")
    func advantages() {
        let rewards = [1, 2, 3, 10, 10, 10.0]
        let scores = PolicyTraining.advantages(rewards, [0, 0, 0, 1, 1, 1])
        #expect(abs(scores[0] + 1) < 1e-5 && abs(scores[2] - 1) < 1e-5)
        #expect(scores[3...].allSatisfy { $0 == 0 })
    }

    @Test(
        "Objectives stop where a change of probability earns no more",
        arguments: PolicyTraining.Objective.allCases)
    func slopes(objective: PolicyTraining.Objective) throws {
        let keys = DiffusionSetting.resolved([
            "policy": ["objective": .text(objective.rawValue), "clip": 0.1]
        ])
        let policy = try PolicyTraining(try #require(keys["policy"]))
        func value(_ logRatio: Double, _ advantage: Double) -> Double {
            switch objective {
            case .ratioClip:
                let ratio = Elementary.exp(logRatio)
                return max(-advantage * ratio, -advantage * min(max(ratio, 0.9), 1.1))
            case .logHinge: return max(0, 0.1 * abs(advantage) - advantage * logRatio)
            }
        }
        for advantage in [-2, -0.5, 0, 0.5, 2.0] {
            for logRatio in [-0.5, -0.2, -0.05, 0, 0.05, 0.2, 0.5] {
                let difference =
                    (value(logRatio + 1e-6, advantage) - value(logRatio - 1e-6, advantage)) / 2e-6
                let found = policy.slope(logRatio: logRatio, advantage: advantage).slope
                #expect(abs(found - difference) < 1e-6, "\(logRatio) \(advantage)")
            }
        }
    }
}
