package import Collapse
import Compute

extension ContaminatedMeanSetting {
    /// The expected squared error under each workflow, by exact recursions.
    ///
    /// Assumptions: no curation, one parent, samples of the previous estimate. A replayed mixture
    /// and subsamples of the past correlate old and new examples and have no recursion here.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let arm = plan.arm
        guard arm.curation.isEmpty, arm.parents == 1, arm.sampleFrom == .previous else {
            return []
        }
        let draws = plan.sizes.map(Double.init)
        switch (plan.dataFlow, weighting) {
        case (.accumulate, .uniform):
            return curves(accumulated(draws), source: "Amin et al. 2026, Theorem 1")
        case (.accumulate, .bestUnbiased):
            return curves(bestUnbiased(draws), source: "best linear unbiased estimator, s known")
        case (.replace, .uniform):
            return curves(
                renewed(draws, plan.realSizes), source: "v_t = s^2 v_{t-1} + 1/n_t")
        case (.mixture(.fresh), .uniform):
            return curves(
                renewed(draws, plan.realSizes), source: "v_t = (s (1 - a_t))^2 v_{t-1} + 1/n_t")
        default: return []
        }
    }

    /// A curve for each metric from variances of a coordinate in units of one draw's.
    private func curves(_ variances: [Double], source: String) -> [Prediction] {
        let scale = Double(dimension) * noiseVariance
        return [
            Prediction(metric: Metric.scaledError, values: variances, source: source),
            Prediction(
                metric: Metric.squaredError, values: variances.map { scale * $0 }, source: source),
        ]
    }

    /// The mean of all examples so far keeps (N_{t-1} + s n_t)/N_t of the last error and adds
    /// n_t/N_t^2 of noise. With one draw a round this is v_k = ((k - 1 + s)/k)^2 v_{k-1} + 1/k^2
    /// with k = t + 1: it falls as 1/((1 - 2s) k) for s < 1/2, as log k/k for s = 1/2, as
    /// k^{-2(1-s)} above, and tends to pi^2/6 for s = 1.
    private func accumulated(_ sizes: [Double]) -> [Double] {
        var total = 0.0
        var variance = 0.0
        return sizes.map { n in
            let before = total
            total += n
            let kept = (before + syntheticFraction * n) / total
            variance = kept * kept * variance + n / (total * total)
            return variance
        }
    }

    /// A mean of n_t draws of which a share is fresh and the rest contaminated.
    private func renewed(_ sizes: [Double], _ real: [Int]) -> [Double] {
        var variance = 0.0
        return zip(sizes, real).map { n, real in
            let kept = syntheticFraction * (1 - Double(real) / n)
            variance = kept * kept * variance + 1 / n
            return variance
        }
    }

    /// Precisions add: 1/v_t = n_0 + (1 - s)^2 (n_1 + ... + n_t).
    private func bestUnbiased(_ sizes: [Double]) -> [Double] {
        let share = (1 - syntheticFraction) * (1 - syntheticFraction)
        var precision = 0.0
        return sizes.enumerated().map { t, n in
            precision += t == 0 ? n : share * n
            return 1 / precision
        }
    }
}
