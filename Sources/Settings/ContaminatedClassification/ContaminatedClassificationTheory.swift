package import Collapse
import Compute

extension ContaminatedClassificationSetting {
    /// The expected error for an arbitrary concept under `accumulate`, exact for any batch size.
    ///
    /// A point goes wrong only by being unseen in generation 0 and positive. Under repeated ERM its
    /// wrong labels minus its right ones then walk up with probability s and down with 1 - s at
    /// each visit, and the first time that the published label sees them below zero it turns right
    /// for ever. From above s = 1/2 the walk escapes with probability (2s - 1)/s. Under
    /// `disagreement` one real visit suffices. Thresholds share evidence between points and have no
    /// such recursion; neither has curated data.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let (arm, sizes) = (plan.arm, plan.sizes)
        guard concept == .arbitrary, plan.dataFlow == .accumulate || plan.generations == 0,
            arm.curation.isEmpty, arm.parents == 1, arm.sampleFrom == .previous
        else { return [] }
        var error = sizes.map { _ in 0.0 }
        var known: (mass: Double, stuck: [Double])?
        for mass in masses {
            let stuck =
                known?.mass == mass ? known?.stuck ?? [] : stuckProbability(mass, sizes)
            known = (mass, stuck)
            let initial = positiveShare * mass * Elementary.power(1 - mass, Double(sizes[0]))
            for t in error.indices { error[t] += initial * stuck[t] }
        }
        let source = "Amin et al. 2026; the walk of one point's majority"
        var predictions = [
            Prediction(metric: Metric.error, values: error, source: source),
            Prediction(metric: Metric.stuck, values: error, source: source),
        ]
        // Points of equal mass leave in equal shares on average; others do not.
        guard masses.allSatisfy({ $0 == masses[0] }), let stuck = known?.stuck else {
            return predictions
        }
        predictions.append(
            Prediction(metric: Metric.stuckShare, values: stuck, source: source))
        if learner == .repeatedERM {
            let s = syntheticFraction
            let limit = s > 0.5 ? (2 * s - 1) / s : 0
            predictions.append(
                Prediction(
                    metric: Metric.stuckShare, values: sizes.map { _ in limit },
                    source: "max(0, (2s - 1)/s)", relation: .lowerBound,
                    note: "the limit of many rounds with one example each"))
        }
        return predictions
    }

    /// The probability that a point of this mass, wrong in generation 0, is wrong in generation t.
    private func stuckProbability(_ mass: Double, _ sizes: [Int]) -> [Double] {
        switch learner {
        case .disagreement:
            var stuck = 1.0
            return sizes.enumerated().map { t, n in
                if t > 0 {
                    stuck *= Elementary.power(1 - mass * (1 - syntheticFraction), Double(n))
                }
                return stuck
            }
        case .repeatedERM:
            var walk = MajorityWalk(
                up: mass * syntheticFraction, down: mass * (1 - syntheticFraction))
            return sizes.enumerated().map { t, n in
                if t > 0 { walk.advance(draws: n) }
                return walk.probability
            }
        }
    }
}

/// Wrong minus right labels of a point that is wrong, as a distribution over its values.
private struct MajorityWalk {
    /// The probabilities that a draw is a wrong or a right label of the point.
    let up: Double
    let down: Double
    /// `states[d]` is the probability of the lead d and of still being wrong.
    private var states: [Double] = [1]

    /// Leads from here on are as good as infinite: for s > 1/2 few come back, for s <= 1/2 few get
    /// here.
    private static let farthest = 1_000

    init(up: Double, down: Double) {
        self.up = up
        self.down = down
    }

    var probability: Double { states.reduce(0, +) }

    /// A batch: its labels are drawn under one published classifier, and the majority is taken
    /// after the last.
    mutating func advance(draws: Int) {
        // Shifted by the draws, so that a lead may be negative within the batch.
        var leads = Array(repeating: 0.0, count: draws) + states
        for _ in 0..<draws {
            var next = leads.map { $0 * (1 - up - down) } + [0]
            for (index, probability) in leads.enumerated() where probability != 0 {
                next[index + 1] += probability * up
                if index > 0 { next[index - 1] += probability * down }
            }
            leads = next
        }
        states = Array(leads.dropFirst(draws))
        while states.count > MajorityWalk.farthest {
            states[states.count - 2] += states.removeLast()
        }
    }
}
