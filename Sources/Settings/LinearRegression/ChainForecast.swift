import Collapse
import Synchronization

/// What theory knows of an arm's models, generation by generation: their moments, and the penalties
/// of learners that follow from them.
///
/// Assumptions throughout: Gaussian inputs and noise, all weights 1, no curation, one parent.
/// Generations are worked out once, when first asked for, and kept.
final class ChainForecast: Sendable {
    /// A generation's fit.
    struct Step: Sendable {
        var penalty: Double
        /// The penalty of the downstream fit on labels of what labelled this generation's data.
        var downstreamPenalty = 0.0
        /// The fitted model; nil where no formula reaches.
        var model: ErrorRecursion.Moments?
        /// Under accumulate-subsample the error of the pool's mean label, in units of generation
        /// 0's error.
        var poolError = 1.0
    }

    let recursion: ErrorRecursion
    private let arm: ArmSpecification
    private let task: RegressionTask
    private let steps = Mutex<[Step]>([])
    private let plans = Mutex<ChainPlan?>(nil)

    init(arm: ArmSpecification, task: RegressionTask) {
        self.arm = arm
        self.task = task
        recursion = ErrorRecursion(
            spectrum: task.eigenvalues,
            truth: task.truth.expectedSquares(spectrum: task.eigenvalues))
    }

    /// The plan of the generations up to `t` at least; nil where a schedule ends before.
    private func plan(through t: Int) -> ChainPlan? {
        plans.withLock { plan in
            if let plan, plan.generations >= t { return plan }
            plan =
                (try? ChainPlan(arm: arm, generations: max(2 * t, 8)))
                ?? (try? ChainPlan(arm: arm, generations: t))
            return plan
        }
    }

    func step(_ t: Int) -> Step {
        steps.withLock { steps in
            while steps.count <= t { steps.append(next(after: steps)) }
            return steps[t]
        }
    }

    /// What labels the data of generation `t`: the truth, then the model before; nil where no
    /// formula reaches.
    func labeller(of t: Int) -> ErrorRecursion.Moments? {
        t == 0 ? recursion.clean : step(t - 1).model
    }

    /// Why no formula reaches beyond generation 0, or beyond some later one; nil where one always
    /// does.
    var limit: String? {
        if !arm.curation.isEmpty { return "no formula follows a curated mixture" }
        if arm.parents > 1 { return "no formula follows several parents" }
        let plan = plan(through: 1)
        let flow = plan?.dataFlow ?? .other
        guard task.learner == .leastSquares else {
            return flow == .replace && task.design == .fresh
                ? nil : "a ridge has a formula under replace with fresh inputs only"
        }
        switch flow {
        case .mixture(let policy):
            let isControl = plan.map { $0.realSizes == $0.sizes } ?? false
            return policy == .fresh && (task.design == .fresh || isControl)
                ? nil : "a mixture has a formula with fresh real data and fresh inputs only"
        case .accumulateSubsample:
            return task.noise == task.syntheticNoise
                ? "a subsample has a formula at constant sample sizes above d + 1 only"
                : "a subsample has a formula with one label noise only"
        case .accumulate where task.design == .same:
            return "accumulate on the same inputs has a formula at constant sample sizes only"
        case .replace where task.design == .same:
            return
                "replace on the same inputs has a formula for sample sizes up to the first's only"
        default: return "a spectrum that is not flat has no formula with fewer examples than d"
        }
    }

    private func next(after steps: [Step]) -> Step {
        let t = steps.count
        let sizes = (0...t).map { Double(arm.sampleSize.wholeNumber(at: $0) ?? 0) }
        let labeller = t == 0 ? recursion.clean : steps[t - 1].model
        let noise = t == 0 ? task.noise : task.syntheticNoise
        let n = sizes[t]
        guard n > 0 else { return Step(penalty: 0, model: nil) }
        let penalty = penalty(
            of: task.learner, at: t, labeller: labeller, examples: n, noise: noise)
        var step = Step(penalty: penalty, model: nil)
        if let downstream = task.downstream {
            step.downstreamPenalty = self.penalty(
                of: downstream.learner, at: t, labeller: labeller,
                examples: Double(downstream.size), noise: downstream.noise)
        }
        guard let labeller, arm.curation.isEmpty, arm.parents == 1 else { return step }
        guard let plan = plan(through: t) else { return step }
        let flow = plan.dataFlow
        if t == 0 || flow == .replace && task.design == .fresh {
            step.model = recursion.fitting(labeller, examples: n, penalty: penalty, noise: noise)
        } else if task.learner == .leastSquares {
            switch flow {
            case .replace: step.model = relabelled(labeller, sizes)
            case .accumulate: step.model = accumulated(labeller, sizes)
            case .accumulateSubsample:
                // P_k = P_(k-1) + (eta_(k-1) + 1)/k^2 with eta_k = 1 - 1/k, k = t + 1, from pool
                // and subsample.
                let k = Double(t + 1)
                step.poolError = steps[t - 1].poolError + (2 - 1 / (k - 1)) / (k * k)
                step.model = subsampled(sizes, error: step.poolError + 1 - 1 / k)
            case .mixture(.fresh):
                step.model = mixed(labeller, real: plan.realSizes[t], sizes)
            case .mixture, .other: break
            }
        }
        return step
    }

    private func penalty(
        of learner: RegressionLearner, at t: Int, labeller: ErrorRecursion.Moments?,
        examples: Double, noise: Double
    ) -> Double {
        switch learner {
        case .leastSquares: 0
        case .ridge(let schedule): schedule.value(at: t) ?? 0
        case .cleanRidge:
            recursion.optimalPenalty(for: recursion.clean, examples: examples, noise: noise)
        case .adaptiveRidge:
            recursion.optimalPenalty(
                for: labeller ?? recursion.clean, examples: examples, noise: noise)
        }
    }

    /// The same inputs labelled anew: every generation adds (X^T X)^+ X^T noise, and inside the
    /// span of the inputs nothing else happens.
    private func relabelled(
        _ labeller: ErrorRecursion.Moments, _ sizes: [Double]
    ) -> ErrorRecursion.Moments? {
        guard let n = sizes.last, n == sizes[0] || n < sizes[0] && n > recursion.freedom.rank,
            let gain = recursion.noiseGain(examples: n)
        else { return nil }
        return recursion.adding(scaled(gain, 1), to: labeller)
    }

    /// All data so far: A_t w_t = A_(t-1) w_(t-1) + a_t w_(t-1) + X_t^T noise, so that
    /// w_t = w_(t-1) + A_t^+ X_t^T noise.
    ///
    /// With inputs used again, A_t is t + 1 times a_t and the step 1/(t + 1) of generation 0's
    /// (Gerstgrasser et al. 2024, Theorem 2). With new inputs, a_t is A_t's share n_t/N_t whatever
    /// A_t is, in the mean.
    private func accumulated(
        _ labeller: ErrorRecursion.Moments, _ sizes: [Double]
    ) -> ErrorRecursion.Moments? {
        let n = sizes[sizes.count - 1]
        let total = sizes.reduce(0, +)
        switch task.design {
        case .same:
            guard Set(sizes).count == 1, let gain = recursion.noiseGain(examples: n) else {
                return nil
            }
            return recursion.adding(scaled(gain, n * n / (total * total)), to: labeller)
        case .fresh:
            guard let gain = recursion.noiseGain(examples: total) else { return nil }
            return recursion.adding(scaled(gain, n / total), to: labeller)
        }
    }

    private func subsampled(_ sizes: [Double], error: Double) -> ErrorRecursion.Moments? {
        guard Set(sizes).count == 1, sizes[0] > recursion.freedom.rank + 1,
            task.noise == task.syntheticNoise, let gain = recursion.noiseGain(examples: sizes[0])
        else { return nil }
        var model = recursion.adding(scaled(gain, error), to: recursion.clean)
        model.isExact = false
        return model
    }

    /// Real labels for a share p1 of new inputs and the labeller's for p2: E_t = gain (p1 sigma^2 +
    /// p2 sigma_s^2) + (p2^2 + p1 p2 gain) E_(t-1), whose second part is the term zeta of Dohmatob
    /// et al. 2024 ("Strong Model Collapse", Theorem 1) without a penalty.
    private func mixed(
        _ labeller: ErrorRecursion.Moments, real: Int, _ sizes: [Double]
    ) -> ErrorRecursion.Moments? {
        let n = sizes[sizes.count - 1]
        let (p1, p2) = (Double(real) / n, 1 - Double(real) / n)
        guard task.design == .fresh || p2 == 0,
            n > recursion.freedom.rank + 1, let gain = recursion.noiseGain(examples: n)
        else { return nil }
        let kept = p2 == 0 ? 0 : (p2 * p2 + p1 * p2 * gain) * recursion.error(of: labeller)
        let error = gain * (p1 * task.noise + p2 * task.syntheticNoise) + kept
        var model = recursion.adding(error, to: recursion.clean)
        model.isExact = p2 == 0
        return model
    }

    /// What a share of the noise on synthetic labels adds to the error; nothing where there is no
    /// noise.
    private func scaled(_ gain: Double, _ share: Double) -> Double {
        task.syntheticNoise == 0 ? 0 : task.syntheticNoise * gain * share
    }
}
