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
        let tested = tests.indices.filter { tests[$0] != nil }
        let changes = HolmCorrection.adjusted(tested.map { tests[$0]?.change ?? 1 })
        let equivalences = HolmCorrection.adjusted(tested.map { tests[$0]?.equivalent ?? 1 })
        let places = Dictionary(uniqueKeysWithValues: zip(tested, tested.indices))
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
                ? seeds : rule.statistic == .level ? planning.seeds : nil
        } else {
            let sorted = test.contrasts.map { sign * $0 }.sorted()
            let median = sorted[(sorted.count - 1) / 2]
            estimate = median.isNaN ? nil : median
            seedsNeeded = outcome == .inconclusive ? nil : seeds
        }
        detectable = planning.detectable(seeds: seeds)
        self.rule = Self.words(item, rule, tests: tests)
    }

    private static func words(_ item: VerdictCase, _ rule: DefinitionRule, tests: Int) -> String {
        let unit = rule.isRatio ? "in logarithms of the ratio" : "in its own unit"
        let subject =
            switch rule.statistic {
            case .level: "\(rule.metric) at the last generation against \(item.reference)"
            case .growth:
                "the rise of \(rule.metric) over \(item.reference) from the third quarter of the "
                    + "generations to the fourth, which beyond \(VerdictTests.saturatingShare) of the rise "
                    + "before is no saturation's"
            }
        return "\(subject), \(unit): \(rule.largerIsWorse ? "more" : "less") is worse"
            + (rule.improves
                ? "" : " and \(rule.largerIsWorse ? "less" : "more") no better, only not worse")
            + ", up to \(rule.margin) counts as none; Student's tests over seeds, Holm over \(tests) tests at "
            + "\(Int(100 * level)) %"
    }
}
