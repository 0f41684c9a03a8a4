import Compute

/// What is known of one arm for one definition.
public struct VerdictCase: Sendable {
    public enum Evidence: Sendable {
        /// For each seed the arm less its reference in the rule's unit: in every generation from 1 to
        /// the last that is compared, or of a level in the last alone.
        case curves([[Double]])
        /// Why nothing can be said, and what to add.
        case insufficient(String)
    }

    /// The arm's name.
    public var arm: String
    public var definition: CollapseDefinition
    /// Nil where the setting has none.
    public var rule: DefinitionRule?
    /// What the arm is held against, in words: `the control`.
    public var reference: String
    public var evidence: Evidence
    /// What several arms share where it is they together that are judged.
    public var family: String?

    /// What the arms of a family are asked together.
    struct Question: Hashable {
        var family: String
        var definition: CollapseDefinition
    }

    var sharedQuestion: Question? {
        family.map { Question(family: $0, definition: definition) }
    }

    public init(
        arm: String, definition: CollapseDefinition, rule: DefinitionRule?, reference: String,
        evidence: Evidence, family: String? = nil
    ) {
        self.arm = arm
        self.definition = definition
        self.rule = rule
        self.reference = reference
        self.evidence = evidence
        self.family = family
    }
}

/// The tests of one case. A seed is the unit: every statistic is one number of each seed's whole
/// chain, so that nothing is assumed of how a chain's generations depend on each other.
struct VerdictTests {
    /// One number for each seed, larger where it is worse.
    let contrasts: [Double]
    /// P values against: not worse by more than the margin, not better by more, and different by more.
    let worse: Double
    let better: Double
    let equivalent: Double
    /// How the difference may grow; empty where that was not asked.
    private(set) var growth: [GrowthModel] = []
    private let improves: Bool

    /// Of growth: beyond this share of the rise before, a rise is no saturation's. A curve that has
    /// come within 2.5 % of its plateau rises by less; a logarithm rises by 0.65 of it, a line by all.
    static let saturatingShare = 0.4

    init(_ curves: [[Double]], rule: DefinitionRule) {
        improves = rule.improves
        let sign: Double = rule.largerIsWorse ? 1 : -1
        switch rule.statistic {
        case .level, .scaling:
            contrasts = curves.map { sign * ($0.last ?? .nan) }
            guard contrasts.allSatisfy(\.isFinite) else {
                (worse, better) = Self.signTests(contrasts, margin: rule.margin)
                equivalent = 1
                return
            }
            let test = StudentTest(contrasts)
            worse = test.above(rule.margin)
            better = test.below(-rule.margin)
            equivalent = rule.improves ? test.within(rule.margin) : test.below(rule.margin)
        case .growth:
            let rises = curves.map(Self.rises)
            contrasts = rises.map { sign * $0.late }
            let beyond = StudentTest(
                rises.map { sign * ($0.late - Self.saturatingShare * $0.early) })
            let late = StudentTest(contrasts)
            worse = max(late.above(rule.margin), beyond.above(0))
            better = max(late.below(-rule.margin), beyond.below(0))
            // Growth without a sign of an end is not bounded, however slow it is.
            let isGrowing = max(late.above(0), beyond.above(0)) <= Verdict.level
            growth = GrowthModel.compatible(with: rises, generations: curves.first?.count ?? 0)
            let isFalling = rule.improves && max(late.below(0), beyond.below(0)) <= Verdict.level
            equivalent =
                isGrowing || isFalling
                ? 1 : rule.improves ? late.within(rule.margin) : late.below(rule.margin)
        }
    }

    /// The p value of a change: in either direction, or for the worse where the other is no better.
    var change: Double { improves ? min(1, 2 * min(worse, better)) : worse }

    /// The rise from the second quarter's mean to the third's, and from that to the fourth's.
    static func rises(_ curve: [Double]) -> (early: Double, late: Double) {
        func mean(_ quarter: Int) -> Double {
            let part = curve[quarter * curve.count / 4..<(quarter + 1) * curve.count / 4]
            return part.reduce(0, +) / Double(part.count)
        }
        return (mean(2) - mean(1), mean(3) - mean(2))
    }

    /// Where some numbers are infinite: exact tests of the median, by how many seeds lie beyond.
    private static func signTests(
        _ values: [Double], margin: Double
    ) -> (worse: Double, better: Double) {
        func tail(_ count: Int) -> Double {
            var (term, sum) = (1.0, 0.0)
            for k in 0...values.count {
                if k >= count { sum += term }
                term *= Double(values.count - k) / Double(k + 1)
            }
            return sum / Double(sign: .plus, exponent: values.count, significand: 1)
        }
        guard !values.contains(where: \.isNaN) else { return (1, 1) }
        return (tail(values.count { $0 > margin }), tail(values.count { $0 < -margin }))
    }
}
