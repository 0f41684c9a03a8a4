package import Collapse
import Compute

extension GaussianSetting {
    /// Variance and squared error of the mean by exact recursions in every workflow, and what
    /// follows from them: exact for the other metrics where a distribution is known in closed form,
    /// a bound where none is.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        guard plan.dataFlow != .other else { return [] }
        let theory = GaussianTheory(
            setting: self, sizes: plan.sizes.map(Double.init),
            isReplace: plan.dataFlow == .replace)
        switch moments(of: plan) {
        case .unknown(let reason): return theory.undefined(because: reason)
        case .known(let moments, let source):
            return theory.predictions(from: moments, source: source)
        }
    }

    /// What a fit's scatter is divided by.
    func denominator(weight: Double, squaredWeight: Double) -> Double {
        switch estimator {
        case .biased: weight
        // n - 1 where all weights are equal; unbiased for draws of one distribution whatever the
        // weights.
        case .unbiased: weight - squaredWeight / weight
        }
    }

    private enum Knowledge {
        case known([GaussianRecursion.Moments], source: String)
        case unknown(because: String)
    }

    private func moments(of plan: ChainPlan) -> Knowledge {
        let (arm, sizes) = (plan.arm, plan.sizes.map(Double.init))
        guard arm.parents == 1 else {
            return .unknown(because: "no recursion for several parent models")
        }
        let stages = arm.curation.compactMap { $0 as? Weight }
        guard stages.count == arm.curation.count else {
            return .unknown(because: "curation that judges examples changes their distribution")
        }
        let weights = stages.reduce((real: 1.0, synthetic: 1.0)) {
            ($0.real * $1.real, $0.synthetic * $1.synthetic)
        }
        let recursion = GaussianRecursion(setting: self, sizes: sizes, weights: weights)
        switch plan.dataFlow {
        case .accumulate:
            return .known(recursion.accumulate(), source: "Kazdan et al. 2024, Theorem 1")
        case .accumulateSubsample:
            guard weights.real == weights.synthetic else {
                return .unknown(because: "the real share of a weighted subsample is random")
            }
            return .known(
                recursion.accumulateSubsample(),
                source: "two-moment recursion of pool and subsample")
        case .other: return .unknown(because: "no recursion for data composed like this")
        case .replace, .mixture:
            guard let parts = realParts(of: plan) else {
                return .unknown(because: "no recursion where the kept real draws change in number")
            }
            let source =
                plan.dataFlow == .replace
                ? "Shumailov et al. 2024; Kazdan et al. 2024"
                : "moments of a pooled sample (He, Xu and Cheng 2025; Alemohammad et al. 2024)"
            return .known(recursion.mixture(parts), source: source)
        }
    }

    /// The real part of each generation, as the workflow composes it; nil where no recursion covers
    /// it.
    private func realParts(of plan: ChainPlan) -> [GaussianRecursion.RealPart]? {
        let initial = Double(plan.sizes[0])
        var parts = [GaussianRecursion.RealPart(size: initial, shared: 1 / initial)]
        var kept: Int?
        for composition in plan.compositions.dropFirst() {
            var real = GaussianRecursion.RealPart(size: 0, shared: 0)
            for part in composition.parts {
                switch part {
                case .synthetic: break
                case .replayed(_, let size):
                    real = .init(size: Double(size), shared: 1 / initial)
                case .real(let draw) where draw.start > 0:
                    real = .init(size: Double(draw.size), shared: 0)
                case .real(let draw):
                    guard kept ?? draw.size == draw.size else { return nil }
                    kept = draw.size
                    real = .init(size: Double(draw.size), shared: 1 / Double(draw.size))
                }
            }
            parts.append(real)
        }
        return parts
    }
}

/// From the moments of an arm to the predictions of every metric.
struct GaussianTheory {
    typealias Metric = GaussianSetting.Metric

    var setting: GaussianSetting
    var sizes: [Double]
    var isReplace: Bool

    private var dimension: Double { Double(setting.dimension) }

    func undefined(because reason: String) -> [Prediction] {
        [Metric.variance, Metric.meanSquaredError].map {
            Prediction(
                metric: $0, values: sizes.map { _ in .nan }, source: "no theory", note: reason)
        }
    }

    func predictions(
        from moments: [GaussianRecursion.Moments], source: String
    ) -> [Prediction] {
        let variances = moments.map(\.variance)
        let errors = moments.map { dimension * $0.squaredError }
        let deviations = deviation(variances)
        var predictions = [
            Prediction(metric: Metric.variance, values: variances, source: source),
            Prediction(metric: Metric.meanSquaredError, values: errors, source: source),
            deviations,
            logDeterminant(variances),
        ]
        if let threshold = setting.threshold {
            predictions.append(above(threshold, variances: variances, deviations: deviations))
        }
        if setting.measuresDistances {
            predictions += [
                divergence(),
                wasserstein(variances: variances, errors: errors, deviations: deviations),
            ]
        }
        return predictions
    }

    /// b_t: generation 0's draws are real.
    private func bias(at t: Int) -> Double { t == 0 ? 1 : setting.samplingBias }

    private func denominator(_ n: Double) -> Double {
        setting.denominator(weight: n, squaredWeight: n)
    }

    /// Folds a step over the generations of a replace arm; `singular` is what it yields from the
    /// first generation on whose n_t is at most `smallest`.
    private func replaced(
        smallest: Double, singular: Double, _ step: (_ t: Int, _ n: Double) -> Double
    ) -> [Double] {
        var isSingular = false
        return sizes.enumerated().map { t, n in
            isSingular = isSingular || n <= smallest
            return isSingular ? singular : step(t, n)
        }
    }

    // MARK: Standard deviation

    /// One coordinate under replace: sd' = sd sqrt(b chi^2_{n-1}/D), so E[sd_k] is sigma alpha^k
    /// with alpha = sqrt(2/D) Gamma(n/2)/Gamma((n-1)/2), D the denominator. Elsewhere Jensen: E[sd]
    /// <= sqrt E[sd^2].
    private func deviation(_ variances: [Double]) -> Prediction {
        guard isReplace, setting.dimension == 1 else {
            return Prediction(
                metric: Metric.standardDeviation, values: variances.map { $0.squareRoot() },
                source: "Jensen's inequality", relation: .upperBound)
        }
        var deviation = setting.trueVariance.squareRoot()
        let values = replaced(smallest: 1, singular: 0) { t, n in
            let gammas = SpecialFunctions.logGamma(n / 2) - SpecialFunctions.logGamma((n - 1) / 2)
            deviation *=
                (2 * bias(at: t) / denominator(n)).squareRoot() * Elementary.exp(gammas)
            return deviation
        }
        return Prediction(
            metric: Metric.standardDeviation, values: values, source: "Suresh et al. 2025")
    }

    /// P(sd_k > eps) <= E[sd_k]/eps <= (sigma/eps) exp(-k/(4n - 1)) for one coordinate under
    /// replace with the unbiased variance; elsewhere E[var]/eps^2 (Markov). A bound above 1 is 1.
    private func above(
        _ threshold: Double, variances: [Double], deviations: Prediction
    ) -> Prediction {
        guard threshold > 0 else {
            return Prediction(
                metric: Metric.aboveThreshold, values: sizes.map { _ in 1 }, source: "probability",
                relation: .upperBound, note: "a threshold of 0 bounds nothing")
        }
        let isExact = deviations.relation == .expectation
        if isExact, setting.estimator == .unbiased, setting.samplingBias == 1 {
            var exponent = 0.0
            let scale = setting.trueVariance.squareRoot() / threshold
            let values = sizes.map { n in
                exponent += n > 1 ? 1 / (4 * n - 1) : .infinity
                return min(1, scale * Elementary.exp(-exponent))
            }
            return Prediction(
                metric: Metric.aboveThreshold, values: values,
                source: "Suresh et al. 2025, Theorem 3", relation: .upperBound)
        }
        let values =
            isExact
            ? deviations.values.map { min(1, $0 / threshold) }
            : variances.map { min(1, $0 / (threshold * threshold)) }
        return Prediction(
            metric: Metric.aboveThreshold, values: values, source: "Markov's inequality",
            relation: .upperBound)
    }

    // MARK: Determinant

    /// E[log det] under replace: the determinant of Wishart(n - 1) is a product of chi-squared
    /// draws with n - 1 ... n - d degrees of freedom, whose logarithms have mean digamma(degrees/2)
    /// + log 2. Elsewhere the inequality of the arithmetic and geometric mean, and Jensen's: E[log
    /// det] <= d log E[tr/d].
    private func logDeterminant(_ variances: [Double]) -> Prediction {
        guard isReplace else {
            let values = variances.map {
                $0 > 0 ? dimension * Elementary.log($0 / setting.trueVariance) : -.infinity
            }
            return Prediction(
                metric: Metric.logDeterminantRatio, values: values,
                source: "Jensen's inequality", relation: .upperBound)
        }
        return Prediction(
            metric: Metric.logDeterminantRatio, values: replacedLogDeterminants,
            source: "Bartlett's decomposition of Wishart's distribution", note: singularNote)
    }

    private var replacedLogDeterminants: [Double] {
        var mean = 0.0
        return replaced(smallest: dimension, singular: -.infinity) { t, n in
            for lost in 1...setting.dimension {
                mean +=
                    SpecialFunctions.digamma((n - Double(lost)) / 2)
                    + Elementary.log(2 * bias(at: t) / denominator(n))
            }
            return mean
        }
    }

    private var singularNote: String? {
        guard let n = sizes.first(where: { $0 <= dimension }) else { return nil }
        return "\(Int(n)) draws in \(setting.dimension) dimensions give a singular covariance"
    }

    // MARK: Distances

    /// E[KL(model | truth)] under replace. E[W^-1] = I/(n - d - 2) for Wishart(n - 1), so with c =
    /// D/(b (n - d - 2)): E[tr S^-1] grows by c, and q = E[m^T S^-1 m] becomes c (q + b d/n).
    /// Neither mean exists for n <= d + 2.
    private func divergence() -> Prediction {
        let determinants = replacedLogDeterminants
        var (inverse, offset) = (dimension, 0.0)
        let exact = replaced(smallest: dimension + 2, singular: .infinity) { t, n in
            let growth = denominator(n) / (bias(at: t) * (n - dimension - 2))
            inverse *= growth
            offset = growth * (offset + bias(at: t) * dimension / n)
            return 0.5 * (inverse + offset - dimension + determinants[t])
        }
        let source = "moments of the inverse Wishart distribution"
        if let n = sizes.first(where: { $0 <= dimension + 2 }), isReplace || n == sizes[0] {
            let values = isReplace ? exact : [.infinity] + sizes.dropFirst().map { _ in .nan }
            return Prediction(
                metric: Metric.divergence, values: values, source: source,
                note: "the mean of an inverse covariance of \(Int(n)) draws in "
                    + "\(setting.dimension) dimensions does not exist; it needs at least "
                    + "\(setting.dimension + 3)")
        }
        guard isReplace else {
            return Prediction(
                metric: Metric.divergence,
                values: exact.prefix(1) + sizes.dropFirst().map { _ in .nan },
                source: source,
                note: "after generation 0 known in closed form for the workflow replace only")
        }
        return Prediction(metric: Metric.divergence, values: exact, source: source)
    }

    /// E[W^2] = E[|m|^2] + d (v + sigma^2) - 2 sigma E[tr S^(1/2)]: exact for one coordinate under
    /// replace. Elsewhere tr S^(1/2) <= sqrt(d tr S) and Jensen give E[W^2] >= E[|m|^2] + d (sqrt v
    /// - sigma)^2.
    private func wasserstein(
        variances: [Double], errors: [Double], deviations: Prediction
    ) -> Prediction {
        let truth = setting.trueVariance
        let values = sizes.indices.map { t in
            errors[t]
                + dimension
                * (variances[t] + truth - 2 * truth.squareRoot() * deviations.values[t])
        }
        return Prediction(
            metric: Metric.wasserstein, values: values, source: "Gaussian Wasserstein distance",
            relation: deviations.relation == .expectation ? .expectation : .lowerBound)
    }
}
