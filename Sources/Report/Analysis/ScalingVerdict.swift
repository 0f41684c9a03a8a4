import Collapse
import Compute
import Support

/// Whether a risk falls with the size of the data as the control's does.
extension Analysis {
    /// Arms that differ in the size of their data alone, by size.
    struct SizeFamily {
        var label: String
        var arms: [Int]
    }

    /// The family of each arm that has one.
    var sizeFamilies: [Int: SizeFamily] {
        guard let sweep = Sweep(results.arms, key: ArmKeys.sampleSize.name) else { return [:] }
        var families: [Int: SizeFamily] = [:]
        for group in sweep.groups where group.points.count >= DefinitionRule.leastSizes {
            let family = SizeFamily(label: group.label, arms: group.points.map(\.arm))
            for arm in family.arms { families[arm] = family }
        }
        return families
    }

    /// What the arms of a sweep of sizes gain less than their controls, from the middle size to the
    /// largest, as a share of what the controls gain.
    func scaling(
        _ rule: DefinitionRule, _ arm: Int, of family: SizeFamily?, at last: Int
    ) -> VerdictCase.Evidence {
        guard let sizes = family?.arms, let largest = sizes.last else {
            return .insufficient(CollapseDefinition.scalingLaw.withoutDesign)
        }
        guard reference(of: arm) != .itself else {
            return .insufficient(
                "the arm trains on real data alone: its scaling law is what others are held against"
            )
        }
        let middle = sizes[(sizes.count - 1) / 2]
        let sign: Double = metric(rule.metric).direction == .higherIsBetter ? -1 : 1
        let both = values(rule, of: middle, and: largest, last)
        let gains = both.map { middle, largest in
            (own: sign * (middle.own - largest.own), other: sign * (middle.other - largest.other))
        }
        guard gains.count >= DefinitionRule.leastSeeds else {
            return .insufficient(
                "\(gains.count) seeds have come to generation \(last) at the middle size and the largest, "
                    + "with controls, and \(DefinitionRule.leastSeeds) are needed: add seeds or "
                    + "`controls: true`")
        }
        let controls = gains.map(\.other)
        guard gains.allSatisfy({ $0.own.isFinite && $0.other.isFinite }),
            StudentTest(controls).above(0) <= Verdict.level
        else {
            return .insufficient(
                "the control does not gain by more data over the upper half of the sizes, so that there "
                    + "is no law to change: sweep sizes at which more data still helps")
        }
        let whole = Summary(controls).mean
        if rule.isRatio { return .curves(gains.map { [($0.other - $0.own) / whole] }) }
        guard let share = fallOfControl(rule, sizes, gain: whole, at: last) else {
            return .insufficient(
                "the control does not fall by a power law: its gains do not shrink as the sizes grow"
            )
        }
        return .curves(
            both.map { middle, largest in
                [sign * (largest.own - largest.other - share * (middle.own - middle.other))]
            })
    }

    /// What is left at the largest size of anything at the middle one that falls like the control's
    /// gains: (largest / middle)^-a, with the exponent a that its gains below and above the middle have.
    private func fallOfControl(
        _ rule: DefinitionRule, _ arms: [Int], gain: Double, at last: Int
    ) -> Double? {
        let middle = (arms.count - 1) / 2
        func size(_ arm: Int) -> Double {
            Sweep.number(results.arms[arm], ArmKeys.sampleSize.name) ?? .nan
        }
        let (least, half, most) = (size(arms[0]), size(arms[middle]), size(arms[arms.count - 1]))
        let sign: Double = metric(rule.metric).direction == .higherIsBetter ? -1 : 1
        let below = values(rule, of: arms[0], and: arms[middle], last).map { first, second in
            sign * (first.other - second.other)
        }
        let measured = gain / Summary(below).mean
        /// Of a power law, less with a larger exponent.
        func ratio(_ exponent: Double) -> Double {
            (1 - Elementary.power(most / half, -exponent))
                / (Elementary.power(half / least, exponent) - 1)
        }
        var (low, high) = (1e-3, 10.0)
        guard measured < ratio(low), measured > ratio(high) else { return nil }
        while high - low > 1e-9 {
            let exponent = (low + high) / 2
            if ratio(exponent) > measured { low = exponent } else { high = exponent }
        }
        return Elementary.power(most / half, -low)
    }

    /// The arm and its control at a generation, seed by seed, as the rule compares them.
    private func values(
        _ rule: DefinitionRule, of arm: Int, _ generation: Int
    ) -> [(own: Double, other: Double)?] {
        guard let control = reference(of: arm).arm else { return results.seeds.map { _ in nil } }
        return pairs(of: rule.metric, arm: arm, at: generation, with: (control, generation)).map {
            $0.map { pair in
                rule.isRatio
                    ? (Elementary.log(pair.own), Elementary.log(pair.other)) : pair
            }
        }
    }

    private typealias Pair = (own: Double, other: Double)

    /// The same of two arms, over the seeds that have both.
    private func values(
        _ rule: DefinitionRule, of first: Int, and second: Int, _ generation: Int
    ) -> [(Pair, Pair)] {
        zip(values(rule, of: first, generation), values(rule, of: second, generation))
            .compactMap { first, second in first.flatMap { first in second.map { (first, $0) } } }
    }
}
