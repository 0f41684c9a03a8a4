import Collapse
import Compute
import Testing

@Suite struct VerdictTests {
    private static let metric = MetricDeclaration(
        "risk", title: "risk", direction: .lowerIsBetter, help: "")
    private static let rules = DefinitionRule.risk(metric, margin: 0.1, catastrophic: 3)

    private static func cases(
        arm: String = "arm", _ curves: [[Double]], rules: [DefinitionRule] = rules
    ) -> [VerdictCase] {
        rules.map {
            VerdictCase(
                arm: arm, definition: $0.definition, rule: $0, reference: "the control",
                evidence: .curves(curves))
        }
    }

    private static func outcomes(_ cases: [VerdictCase]) -> [CollapseDefinition: Verdict.Outcome] {
        Dictionary(uniqueKeysWithValues: Verdict.of(cases).map { ($0.definition, $0.outcome) })
    }

    // MARK: What is right

    @Test(
        "Which verdict is right for which drift",
        arguments: [
            (.none, 0, .bounded, .bounded, .bounded),
            (.bounded, 1, .collapsed, .bounded, .bounded),
            // So slow that what it adds lies within the margin.
            (.logarithmic, 1, .collapsed, .bounded, .inconclusive),
            (.logarithmic, 4, .collapsed, .collapsed, .collapsed),
            (.linear, 1, .collapsed, .bounded, .collapsed),
            (.linear, 6, .collapsed, .collapsed, .collapsed),
            (.exponential, 6, .collapsed, .collapsed, .collapsed),
            (.bounded, -1, .improving, .bounded, .bounded),
            (.linear, -1, .improving, .bounded, .improving),
        ]
            as [(
                SimulatedChains.Drift, Double, Verdict.Outcome, Verdict.Outcome, Verdict.Outcome
            )])
    func truthTable(
        drift: SimulatedChains.Drift, size: Double, risk: Verdict.Outcome,
        catastrophic: Verdict.Outcome, divergence: Verdict.Outcome
    ) {
        var random = RandomStream(RandomKey(seed: 1, purpose: .test))
        let chains = SimulatedChains(
            drift: drift, size: size, deviation: 0.02, generations: 24, degrees: 30)
        let outcomes = Self.outcomes(Self.cases(chains.curves(seeds: 20, random: &random)))
        #expect(outcomes[.populationRisk] == risk)
        #expect(outcomes[.catastrophic] == catastrophic)
        #expect(outcomes[.divergence] == divergence)
    }

    @Test("Growth that may be a slow saturation is not called growth")
    func slowSaturation() {
        // The rise fades, and noise hides how fast.
        var random = RandomStream(RandomKey(seed: 2, purpose: .test))
        let chains = SimulatedChains(
            drift: .bounded, size: 1, deviation: 0.5, generations: 12, degrees: 30)
        let outcomes = Self.outcomes(Self.cases(chains.curves(seeds: 5, random: &random)))
        #expect(outcomes[.divergence] == .inconclusive)
    }

    @Test("What does not improve a definition is at most bounded")
    func oneSided() {
        let rule = DefinitionRule(
            .variance, Self.metric, largerIsWorse: false, margin: 0.1, improves: false)
        let grown = (0..<5).map { [1 + 0.01 * Double($0)] }
        let lost = (0..<5).map { [-1 - 0.01 * Double($0)] }
        #expect(Self.outcomes(Self.cases(grown, rules: [rule]))[.variance] == .bounded)
        #expect(Self.outcomes(Self.cases(lost, rules: [rule]))[.variance] == .collapsed)
    }

    // MARK: Operating characteristics

    @Test(
        "At most 5 % of experiments without a collapse have any arm called collapsed or improving",
        arguments: [
            // Nothing drifts; chains inherit their errors, seeds are heavy-tailed.
            (.none, 0.0, 0.05, 5), (.none, 0, 0.3, 5), (.none, 0, 0.3, 20),
            // A difference that is as large as the margin allows.
            (.bounded, 0.1, 0.05, 5), (.bounded, 0.1, 0.2, 10),
        ] as [(SimulatedChains.Drift, Double, Double, Int)])
    func falseVerdicts(
        drift: SimulatedChains.Drift, size: Double, deviation: Double, seeds: Int
    ) {
        let chains = SimulatedChains(drift: drift, size: size, deviation: deviation)
        let wrong = (0..<2_000).count { experiment in
            var random = RandomStream(
                RandomKey(seed: UInt64(experiment), purpose: .test))
            let cases = (0..<4).flatMap { arm in
                Self.cases(
                    arm: "arm\(arm)", chains.curves(seeds: seeds, random: &random))
            }
            return Verdict.of(cases).contains {
                $0.outcome == .collapsed || $0.outcome == .improving
            }
        }
        #expect(wrong <= 120)
    }

    @Test("A plateau far beyond the margin is not called growth in more than 5 % of experiments")
    func falseDivergence() {
        let chains = SimulatedChains(drift: .bounded, size: 2, deviation: 0.1)
        let wrong = (0..<2_000).count { experiment in
            var random = RandomStream(RandomKey(seed: UInt64(experiment), purpose: .test))
            let cases = (0..<4).flatMap { arm in
                Self.cases(arm: "arm\(arm)", chains.curves(seeds: 5, random: &random))
            }
            return Verdict.of(cases).contains {
                $0.definition == .divergence && $0.outcome != .bounded
                    && $0.outcome != .inconclusive
            }
        }
        #expect(wrong <= 120)
    }

    // MARK: What is said

    @Test("Some infinite seeds are judged by how many there are")
    func infinite() throws {
        let rule = Self.rules[0]
        let all = Verdict.of(
            Self.cases(Array(repeating: [Double.infinity], count: 8), rules: [rule]))[0]
        #expect(all.outcome == .collapsed)
        #expect(all.estimate == .infinity && all.interval == nil)
        #expect(abs(try #require(all.pValue) - 2.0 / 256) < 1e-12)
        let few = Verdict.of(
            Self.cases([[.infinity], [.infinity], [0]], rules: [rule]))[0]
        #expect(few.outcome == .inconclusive && few.seedsNeeded == nil)
    }

    @Test("The seeds that would settle it do, four times in five")
    func planning() throws {
        let rule = Self.rules[0]
        var random = RandomStream(RandomKey(seed: 5, purpose: .test))
        let few = (0..<6).map { _ in [0.3 + 0.4 * random.normal()] }
        let verdict = Verdict.of(Self.cases(few, rules: [rule]))[0]
        #expect(verdict.outcome == .inconclusive)
        let needed = try #require(verdict.seedsNeeded)
        let summary = Summary(few.map { $0[0] })
        let settled = (0..<1_000).count { _ in
            let curves = (0..<needed).map { _ in
                [summary.mean + summary.standardDeviation * random.normal()]
            }
            return Verdict.of(Self.cases(curves, rules: [rule]))[0].outcome != .inconclusive
        }
        #expect((740...880).contains(settled), "\(needed) seeds, \(settled)")
    }

    @Test("What was not tested says why, and has no numbers")
    func untested() {
        let verdict = Verdict.of([
            VerdictCase(
                arm: "arm", definition: .modes, rule: nil, reference: "",
                evidence: .insufficient("no metric"))
        ])[0]
        #expect(verdict.outcome == .inconclusive && verdict.rule == "no metric")
        #expect(verdict.estimate == nil && verdict.pValue == nil && verdict.seedsNeeded == nil)
    }
}
