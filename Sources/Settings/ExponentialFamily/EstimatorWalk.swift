import Collapse
import Compute

/// The second moments of the random walk of estimators.
struct EstimatorWalk {
    private(set) var squaredErrors: [Double] = []
    /// E[e_t]: nonzero only where a biased reference pulls.
    private(set) var biases: [Double] = []
    /// P(|e_t| < |e_0|).
    private(set) var improvements: [Double] = []
    private(set) var source: String
    private(set) var relation = Prediction.Relation.expectation
    private(set) var note: String?

    /// What one generation does: it keeps a share of the last error and adds draws with squared
    /// weights.
    private struct Step {
        var kept: Double
        /// Sums of squared weights of the new real and of the new synthetic draws.
        var real: Double
        var synthetic: Double
    }

    /// Nil for arms without a recursion.
    init?(_ plan: ChainPlan, _ family: Family, _ parameter: Double) {
        let sizes = plan.sizes.map(Double.init)
        guard plan.arm.curation.count < 2 else { return nil }
        let stage = plan.arm.curation.first
        guard let steps = EstimatorWalk.steps(plan, weight: stage as? Weight) else { return nil }
        let flow = plan.dataFlow
        source =
            flow == .mixture(.fresh) || stage is Weight
            ? "He, Xu and Cheng 2025" : "Xu et al. 2025: sum of 1/n_t"
        var goal: ContractionGoal?
        switch stage {
        case nil, is Weight: break
        case let contraction as Contraction where flow == .replace:
            goal = contraction.goal
            source = "Han et al. 2025: e' = (1 - b) e + xi"
        case let filter as ContractionFilter where flow == .replace:
            goal = filter.goal
            source = "Han et al. 2025: e' = (1 - b) e + xi"
            relation = .approximation
            note = "where the network meets its condition; selection adds noise of its own"
        default: return nil
        }
        if goal != nil {
            note = [
                note, "at constant sample size the error stays bounded but does not vanish",
            ].compactMap { $0 }.joined(separator: "; ")
        }
        // Moments of e_0 and of the distance from the point of pull.
        let initial = family.variance(parameter) / sizes[0]
        let contraction = 1 - (goal?.factor ?? 0)
        let offset = goal?.offset ?? 0
        let floor = goal?.reference == .generation0 ? initial : 0
        var spread = initial - floor
        var bias = 0.0
        // E[e_t e_0]/E[e_0^2].
        var memory = 1.0
        var squaredError = initial
        for (t, step) in steps.enumerated() {
            if t > 0 {
                let kept = contraction * step.kept
                // The variance function is quadratic, so its mean needs two moments of the error
                // only.
                let drawn =
                    family.variance(parameter + bias)
                    + family.curvature * (squaredError - bias * bias)
                spread =
                    kept * kept * spread + step.real * family.variance(parameter)
                    + step.synthetic * drawn
                bias = kept * bias + (1 - contraction) * offset
                memory = floor > 0 ? 1 : kept * memory
                squaredError = floor + spread + bias * bias
            }
            squaredErrors.append(squaredError)
            biases.append(bias)
            improvements.append(
                t == 0
                    ? 0
                    : EstimatorWalk.improvement(
                        from: initial, to: squaredError, covariance: memory * initial))
        }
    }

    /// P(|Y| < |X|) for centred normals: Y - X and Y + X have opposite signs, with probability
    /// arccos(correlation)/pi. For Y = X + noise of variance w this is arccos(sqrt(w/(4 v +
    /// w)))/pi.
    private static func improvement(
        from before: Double, to after: Double, covariance: Double
    ) -> Double {
        let sum = after + before + 2 * covariance
        let difference = after + before - 2 * covariance
        guard sum > 0, difference > 0 else { return 0 }
        let correlation = (after - before) / (sum * difference).squareRoot()
        // arccos(r)/pi is the distribution function of the arcsine law at (1 - r)/2.
        return SpecialFunctions.incompleteBeta(min(max((1 - correlation) / 2, 0), 1), 0.5, 0.5)
    }

    private static func steps(_ plan: ChainPlan, weight: Weight?) -> [Step]? {
        let (real, synthetic) = (weight?.real ?? 1, weight?.synthetic ?? 1)
        let sizes = plan.sizes.map(Double.init)
        switch plan.dataFlow {
        case .replace:
            return sizes.map { Step(kept: 1, real: 0, synthetic: 1 / $0) }
        case .accumulate:
            var total = real * sizes[0]
            return sizes.enumerated().map { t, n in
                guard t > 0 else { return Step(kept: 0, real: 1 / n, synthetic: 0) }
                let before = total
                let new = synthetic * n
                total += new
                // The new draws are centred on the last estimate, the mean of all before.
                return Step(
                    kept: total == 0 ? 0 : (before + new) / total, real: 0,
                    synthetic: n * (synthetic / total) * (synthetic / total))
            }
        case .mixture(.fresh):
            let drawn = plan.realSizes.map(Double.init)
            return sizes.enumerated().map { t, n in
                guard t > 0 else { return Step(kept: 0, real: 1 / n, synthetic: 0) }
                let fresh = drawn[t]
                let total = real * fresh + synthetic * (n - fresh)
                return Step(
                    kept: synthetic * (n - fresh) / total,
                    real: fresh * (real / total) * (real / total),
                    synthetic: (n - fresh) * (synthetic / total) * (synthetic / total))
            }
        default: return nil
        }
    }
}
