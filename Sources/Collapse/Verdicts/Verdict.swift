import Compute

/// What can be said of an arm in one sense of the word collapse.
public struct Verdict: Sendable {
    public enum Outcome: String, Codable, Sendable {
        /// Worse than the reference by more than the margin.
        case collapsed
        /// Equivalent to the reference, or not worse where the other way is no better: the difference is
        /// shown to lie within the margin.
        case bounded
        /// Better than the reference by more than the margin.
        case improving
        /// These data say none of the three.
        case inconclusive
    }

    public var arm: String
    public var definition: CollapseDefinition
    public var outcome: Outcome
    /// What was tested and how, or why nothing was.
    public var rule: String
    /// The mean over seeds of what is tested, with its 95 % interval, in the rule's unit; nil where
    /// there is none. Where some seed's is infinite the median, without an interval.
    public var estimate: Double?
    public var interval: ClosedRange<Double>?
    /// The p value after Holm's correction: of what the outcome says, or the least of the three that
    /// could be said.
    public var pValue: Double?
    /// The smallest change that these seeds would have shown four times in five, in the rule's unit.
    public var detectable: Double?
    /// The seeds that were compared.
    public var seeds: Int
    /// The seeds that would settle it with a probability of 80 % were these mean and spread the true
    /// ones; nil where that is not known.
    public var seedsNeeded: Int?

    /// The chance that any of the verdicts of one experiment wrongly says collapsed or improving.
    public static let level = 0.05
    /// The probability with which `seedsNeeded` settle.
    static let power = 0.8

    /// Judges all arms and definitions of an experiment at once: Holm's correction is over them all.
    public static func of(_ cases: [VerdictCase]) -> [Verdict] {
        let tests = cases.map { item -> VerdictTests? in
            guard let rule = item.rule, case .curves(let curves) = item.evidence else { return nil }
            return VerdictTests(curves, rule: rule)
        }
        // Arms of one sweep share the question of its scaling law, which is asked once.
        var tested: [Int] = []
        var places: [Int: Int] = [:]
        var questions: [VerdictCase.Question: Int] = [:]
        for index in tests.indices where tests[index] != nil {
            let question = cases[index].sharedQuestion
            if let known = question.flatMap({ questions[$0] }) {
                places[index] = known
                continue
            }
            if let question { questions[question] = tested.count }
            places[index] = tested.count
            tested.append(index)
        }
        let changes = HolmCorrection.adjusted(tested.map { tests[$0]?.change ?? 1 })
        let equivalences = HolmCorrection.adjusted(tested.map { tests[$0]?.equivalent ?? 1 })
        return cases.indices.map { index in
            guard let test = tests[index], let rule = cases[index].rule,
                let place = places[index]
            else { return Verdict(untested: cases[index]) }
            return Verdict(
                cases[index], rule, test, change: changes[place],
                equivalence: equivalences[place], tests: tested.count)
        }
    }

    private init(untested item: VerdictCase) {
        (arm, definition, outcome, seeds) = (item.arm, item.definition, .inconclusive, 0)
        if case .insufficient(let reason) = item.evidence {
            rule = reason
        } else {
            rule = item.definition.withoutDesign
        }
    }

    private init(
        _ item: VerdictCase, _ rule: DefinitionRule, _ test: VerdictTests, change: Double,
        equivalence: Double, tests: Int
    ) {
        (arm, definition) = (item.arm, item.definition)
        seeds = test.contrasts.count
        let sign: Double = rule.largerIsWorse ? 1 : -1
        let summary = Summary(test.contrasts.map { sign * $0 })
        if change <= Self.level {
            outcome = rule.improves && test.better < test.worse ? .improving : .collapsed
            pValue = change
        } else if equivalence <= Self.level {
            outcome = .bounded
            pValue = equivalence
        } else {
            outcome = .inconclusive
            pValue = min(change, equivalence)
        }
        let planning = SeedPlanning(
            mean: sign * summary.mean, deviation: summary.standardDeviation, margin: rule.margin,
            level: Self.level / Double(tests), power: Self.power)
        if summary.mean.isFinite {
            estimate = summary.mean
            let half = summary.halfWidth()
            interval = half.isFinite ? summary.mean - half...summary.mean + half : nil
            // Whether growth shows depends on the curve's shape, too.
            seedsNeeded =
                outcome != .inconclusive
                ? seeds : rule.statistic == .growth ? nil : planning.seeds
        } else {
            let sorted = test.contrasts.map { sign * $0 }.sorted()
            let median = sorted[(sorted.count - 1) / 2]
            estimate = median.isNaN ? nil : median
            seedsNeeded = outcome == .inconclusive ? nil : seeds
        }
        detectable = planning.detectable(seeds: seeds)
        self.rule = Self.words(
            item, rule, test.growth, tests: tests, isFinite: summary.mean.isFinite)
    }

    private static func words(
        _ item: VerdictCase, _ rule: DefinitionRule, _ growth: [GrowthModel], tests: Int,
        isFinite: Bool
    ) -> String {
        let shape =
            growth.isEmpty
            ? ""
            : "; the curves are compatible with a difference that is "
                + growth.map(\.rawValue).joined(separator: ", or ")
        let tested =
            isFinite
            ? "Student's tests over seeds"
            : "as some are infinite, sign tests over seeds of the median, which the estimate is"
        return rule.words(metric: rule.metric, unit: "", reference: item.reference)
            + "; \(tested), Holm over \(tests) tests at \(Int(100 * level)) %\(shape)"
    }
}
