package import Collapse
import Compute

extension ExponentialFamilySetting {
    /// The expected error of the walk, the probability of improvement and the probability of
    /// survival.
    ///
    /// The error obeys e_t - r = c_t (e_{t-1} - r) + xi_t, with the share c_t that the workflow and
    /// curation keep of the last error, the point r that it is pulled to, and the noise xi_t of
    /// this generation's draws, whose expected variance closes because the variance functions are
    /// quadratic. Assumptions: one parent, at most one stage of curation, which is `weight`,
    /// `contraction` (exact) or `contraction-filter` (its promise). Replayed mixtures and
    /// subsamples of the past correlate old and new draws and have no recursion here.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let (arm, sizes) = (plan.arm, plan.sizes)
        guard arm.parents == 1, arm.sampleFrom == .previous,
            let walk = EstimatorWalk(plan, family, parameter)
        else { return [] }
        let scale = Double(sizes[0]) / family.variance(parameter)
        var predictions = [
            Prediction(
                metric: Metric.scaledError, values: walk.squaredErrors.map { $0 * scale },
                source: walk.source, relation: walk.relation, note: walk.note),
            Prediction(
                metric: Metric.squaredError, values: walk.squaredErrors, source: walk.source,
                relation: walk.relation, note: walk.note),
            Prediction(
                metric: Metric.mean, values: walk.biases.map { parameter + $0 },
                source: "every step is unbiased but for its pull", relation: walk.relation),
        ]
        if walk.biases.allSatisfy({ $0 == 0 }) {
            let isExact = family == .gaussianMean && walk.relation == .expectation
            predictions.append(
                Prediction(
                    metric: Metric.isBetter, values: walk.improvements,
                    source: "Xu et al. 2025; two correlated normals",
                    relation: isExact ? .expectation : .approximation,
                    note: isExact ? nil : "errors taken as normal"))
        }
        if arm.curation.isEmpty, family.canDie {
            predictions += survival(plan.dataFlow, sizes.map(Double.init))
        }
        return predictions
    }

    /// The probability that the estimate is not zero (Suresh et al. 2025).
    ///
    /// Poisson: E exp(-c L) for L = Poisson(n l)/n is exp(-n l (1 - exp(-c/n))), so that from c =
    /// n_t backwards Pr(L_t != 0) = 1 - exp(-l_0 c_0), exactly; at constant n, c_0 = n g_k for k =
    /// t + 1 fits with g_1 = 1 and g_{k+1} = 1 - exp(-g_k). Bernoulli: the same is a lower bound,
    /// and the paper gives an upper one.
    private func survival(_ flow: DataFlow, _ sizes: [Double]) -> [Prediction] {
        let source = "Suresh et al. 2025"
        if flow == .accumulate {
            // The real draws stay, and what is drawn from zero is zero.
            let n = sizes[0]
            let alive =
                family == .poisson
                ? 1 - Elementary.exp(-n * parameter) : 1 - Elementary.power(1 - parameter, n)
            return [
                Prediction(
                    metric: Metric.isAlive, values: sizes.map { _ in alive },
                    source: "the real draws are kept")
            ]
        }
        guard flow == .replace else { return [] }
        let exponents = survivalExponents(sizes).map { parameter * $0 }
        let alive = exponents.map { 1 - Elementary.exp(-$0) }
        guard family == .bernoulli else {
            return [Prediction(metric: Metric.isAlive, values: alive, source: source)]
        }
        var predictions = [
            Prediction(
                metric: Metric.isAlive, values: alive, source: source, relation: .lowerBound)
        ]
        if sizes.allSatisfy({ $0 == sizes[0] }) {
            let upper = exponents.enumerated().map { t, exponent in
                let k = Double(t + 1)
                let share = 1 - 3 * sizes[0] * parameter * parameter - 3 * k * parameter
                return min(1, 1 - share * Elementary.exp(-exponent))
            }
            predictions.append(
                Prediction(
                    metric: Metric.isAlive, values: upper, source: source, relation: .upperBound))
        }
        return predictions
    }

    /// c_0 of the last `n_t` draws, for each generation t.
    private func survivalExponents(_ sizes: [Double]) -> [Double] {
        func before(_ c: Double, _ n: Double) -> Double { n * (1 - Elementary.exp(-c / n)) }
        guard sizes.allSatisfy({ $0 == sizes[0] }) else {
            return sizes.indices.map { t in sizes[..<t].reversed().reduce(sizes[t], before) }
        }
        var c = sizes[0]
        return sizes.map { n in
            defer { c = before(c, n) }
            return c
        }
    }
}
