package import Collapse
import Compute

extension GaussianMixtureSetting {
    /// Variance and drift of the whole mixture, exactly, and a bound on the share of chains that
    /// have not collapsed.
    ///
    /// A step of EM gives the mixture the mean and the covariance of its data (plus the floor),
    /// however many components it has and whether or not it has converged. So the whole spreads and
    /// drifts as a single Gaussian of the same sample size: E[var_k] = (1 - 1/n)^k v under replace.
    /// What more components change is the shape.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let floor = algorithm.covarianceFloor
        let spread = SpreadTheory(distribution: distribution) { _ in floor }
        let moments = spread.predictions(
            for: plan, variance: Metric.variance,
            squaredError: Metric.squaredError,
            source: "moments of a pool; EM keeps the moments of its data",
            note: "exact for any number of components")
        guard let variance = moments.first else { return [] }
        return moments + [survivalBound(for: plan, variance: variance)]
    }

    /// Pr(sd_k > epsilon) <= (sd_0/epsilon) exp(-k/(4n)) in one dimension under replace with
    /// constant n and no floor (Suresh et al. 2025), and otherwise Markov's bound
    /// E[var_k]/epsilon^2.
    private func survivalBound(
        for plan: ChainPlan, variance: Prediction
    ) -> Prediction {
        let sizes = plan.sizes
        if distribution.dimension == 1, plan.dataFlow == .replace, algorithm.covarianceFloor == 0,
            Set(sizes).count == 1
        {
            let start = distribution.variance.squareRoot() / collapseThreshold
            let n = Double(sizes[0])
            return Prediction(
                metric: Metric.survival,
                values: sizes.indices.map {
                    min(1, start * Elementary.exp(-Double($0 + 1) / (4 * n)))
                },
                source: "Suresh et al. 2025, Gaussian mixtures", relation: .upperBound)
        }
        return Prediction(
            metric: Metric.survival,
            values: variance.values.map { min(1, $0 / (collapseThreshold * collapseThreshold)) },
            source: "Markov's inequality for the variance", relation: .upperBound,
            note: variance.note)
    }
}
