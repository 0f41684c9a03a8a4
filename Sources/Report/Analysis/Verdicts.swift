package import Collapse
import Compute

extension Analysis {
    /// What can be said of every arm in every published sense of collapse, arm by arm.
    package func verdicts() -> [Verdict] {
        let families = sizeFamilies
        return Verdict.of(
            results.arms.indices.flatMap { arm in
                let (reference, last) = (reference(of: arm), lastExcess(of: arm)?.generation ?? 0)
                return CollapseDefinition.allCases.map {
                    verdictCase($0, arm, against: reference, at: last, family: families[arm])
                }
            })
    }

    /// The direction in which an arm drifts, in a word; nil where that cannot be said.
    package func driftWord(of arm: Int) -> String? {
        guard let drift = drift(of: arm), drift.direction != .undecided else { return nil }
        return drift.direction.rawValue
    }

    /// The case of an arm against what it is held against, at the last generation of both.
    private func verdictCase(
        _ definition: CollapseDefinition, _ arm: Int, against reference: Excess.Reference,
        at last: Int, family: SizeFamily?
    ) -> VerdictCase {
        let rule = results.setting.definitions.first { $0.definition == definition }
        let item = { (evidence: VerdictCase.Evidence, family: String?) in
            VerdictCase(
                arm: results.arms[arm].name, definition: definition, rule: rule,
                reference: Self.words(reference), evidence: evidence, family: family)
        }
        guard let rule else { return item(.insufficient(definition.withoutDesign), nil) }
        if reference == .generation0 {
            return item(
                .insufficient(
                    "the arm has no control, so that a change mixes what samples cost with what more or "
                        + "less data brings: `controls: true` in the experiment, and run it again with "
                        + "--extend"), nil)
        }
        guard last >= rule.leastGenerations || results.generations < rule.leastGenerations else {
            return item(
                .insufficient(
                    "of the arm and what it is held against only generations up to \(last) are recorded, of "
                        + "\(results.generations): run it again to complete it"), nil)
        }
        guard last >= rule.leastGenerations else {
            return item(
                .insufficient(
                    "\(last) generations after 0 have been measured, and \(rule.leastGenerations) are "
                        + "needed: raise generations"), nil)
        }
        // A risk can rise for want of data alone, and falls with more of them, as it should.
        let change = reference == .itself ? dataChange(of: arm, by: last) : 0
        if definition.isOfRisk ? change < -0.01 : abs(change) > 0.01 {
            return item(
                .insufficient(
                    "the arm trains on real data alone and on another amount of them than in generation 0, so "
                        + "that what changes is what more or less real data bring"), nil)
        }
        if rule.statistic == .scaling {
            return item(scaling(rule, arm, of: family, at: last), family?.label)
        }
        let curves = contrastCurves(rule, arm, reference, last)
        guard curves.count >= DefinitionRule.leastSeeds else {
            return item(
                .insufficient(
                    curves.isEmpty
                        ? "\(rule.metric) has not been measured at generation \(last)"
                        : "\(curves.count) \(curves.count == 1 ? "seed has" : "seeds have") come to "
                            + "generation \(last), and \(DefinitionRule.leastSeeds) are needed: "
                            + "add seeds and run it again with --extend"), nil)
        }
        if curves.joined().contains(where: \.isNaN)
            || (rule.statistic == .growth
                && !curves.joined().allSatisfy(\.isFinite))
        {
            return item(
                .insufficient(
                    "\(rule.metric) is infinite or undefined, of the arm or of what it is held against: "
                        + "measure it so that it is finite (for a language model "
                        + "evaluation.scoring-smoothing)"), nil)
        }
        return item(.curves(curves), nil)
    }

    private static func words(_ reference: Excess.Reference) -> String {
        switch reference {
        case .control: "its control"
        case .realArm: "the arm of real data alone"
        case .generation0, .itself: "its generation 0"
        }
    }

    /// The arm less its reference for each seed that has both: at the generation that a level is
    /// read from, or in all from 1 to `last` where growth is asked for.
    private func contrastCurves(
        _ rule: DefinitionRule, _ arm: Int, _ reference: Excess.Reference, _ last: Int
    ) -> [[Double]] {
        let first = rule.statistic == .growth ? 1 : last
        let generations = (first...last).map { t in
            pairs(
                of: rule.metric, arm: arm, at: t,
                with: (reference.arm, reference.arm == nil ? 0 : t))
        }
        let start = rule.isShareOfStart ? startingRisk(rule.metric, arm) : 1
        return results.seeds.indices.compactMap { seed in
            let curve = generations.compactMap { $0[seed] }.map { pair in
                if rule.isRatio { return Elementary.log(pair.own / pair.other) }
                let difference = RoundingNoise.difference(pair.own, pair.other)
                guard rule.isShareOfStart else { return difference }
                let share = difference / start
                return rule.statistic == .level ? Elementary.log(max(0, 1 + share)) : share
            }
            return curve.count == generations.count ? curve : nil
        }
    }

    /// The mean of a metric over the seeds of an arm in generation 0.
    private func startingRisk(_ metric: String, _ arm: Int) -> Double {
        Summary(
            results.metrics.values(
                arm: results.arms[arm].name, generation: 0, metric: metric, seeds: results.seeds)
        ).mean
    }

    /// How much more data an arm trains on than in generation 0, as a share of those.
    private func dataChange(of arm: Int, by last: Int) -> Double {
        func size(_ generation: Int) -> Double {
            Summary(
                results.metrics.values(
                    arm: results.arms[arm].name, generation: generation,
                    metric: DataMetrics.size.name, seeds: results.seeds)
            ).mean
        }
        let first = size(0)
        return first > 0 ? (size(last) - first) / first : 0
    }
}
