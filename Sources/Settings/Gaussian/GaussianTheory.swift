package import Collapse
import Compute

extension GaussianSetting {
    /// Expected variance and squared error of the mean under each workflow, by exact moment recursions.
    ///
    /// Assumptions: Gaussian draws, all weights 1, no curation, one parent, fits from scratch. A replayed mixture
    /// correlates its real part with the model and has no closed recursion here.
    package func predictions(for arm: ArmSpecification, generations: Int) -> [Prediction] {
        guard arm.curation.isEmpty, arm.parents == 1,
            let sizes = try? arm.sampleSizes(generations: generations)
        else { return [] }
        let draws = sizes.map(Double.init)
        switch arm.workflow {
        case is Replace: return replace(draws)
        case is Accumulate: return accumulate(draws)
        case is AccumulateSubsample:
            guard estimator == .biased, Set(sizes).count == 1 else { return [] }
            return accumulateSubsample(n: draws[0], generations: generations)
        case let mixture as Mixture where mixture.realData == .fresh:
            return freshMixture(draws, fraction: mixture.realFraction)
        default: return []
        }
    }

    /// What the variance's denominator makes of a maximum-likelihood variance over `n` draws.
    private func correction(_ n: Double) -> Double {
        estimator == .biased ? 1 : n / (n - 1)
    }

    private func curves(
        _ moments: [(variance: Double, squaredError: Double)], source: String
    ) -> [Prediction] {
        [
            Prediction(
                metric: Metric.variance, values: moments.map(\.variance), source: source),
            Prediction(
                metric: Metric.meanSquaredError, values: moments.map(\.squaredError),
                source: source),
        ]
    }

    /// E[var_k] = sigma^2 prod (1 - 1/n_i) (biased) or sigma^2 (unbiased); the mean walks by var/n a step
    /// (Shumailov et al. 2024, Kazdan et al. 2024). E[sd_k] = sigma alpha^k with
    /// alpha = sqrt(2/(n-1)) Gamma(n/2)/Gamma((n-1)/2) (unbiased; Suresh et al. 2025).
    private func replace(_ sizes: [Double]) -> [Prediction] {
        var variance = trueVariance
        var squaredError = 0.0
        var deviation = trueVariance.squareRoot()
        var moments: [(Double, Double)] = []
        var deviations: [Double] = []
        for n in sizes {
            squaredError += variance / n
            variance *= (1 - 1 / n) * correction(n)
            let gammas = SpecialFunctions.logGamma(n / 2) - SpecialFunctions.logGamma((n - 1) / 2)
            deviation *= (2 / n * correction(n)).squareRoot() * Elementary.exp(gammas)
            moments.append((variance, squaredError))
            deviations.append(deviation)
        }
        let source = "Shumailov et al. 2024; Kazdan et al. 2024"
        guard sizes.allSatisfy({ $0 > 1 }) else { return [] }
        return curves(moments, source: source) + [
            Prediction(
                metric: Metric.standardDeviation, values: deviations, source: "Suresh et al. 2025")
        ]
    }

    /// Pooling n_k draws of N(m, v) with the N - n_k before: E[var_k] falls by the variance of the shift of the
    /// pooled mean, v n_k / N^2. At constant n this is var_k = var_{k-1} (1 - 1/(n k^2)), whose product tends to
    /// sin(pi/sqrt n)/(pi/sqrt n) (Kazdan et al. 2024, Theorem 1).
    private func accumulate(_ sizes: [Double]) -> [Prediction] {
        var total = 0.0
        var pooled = 0.0
        var model = trueVariance
        var squaredError = 0.0
        var moments: [(Double, Double)] = []
        for n in sizes {
            let before = total
            total += n
            pooled = (before * pooled + n * model) / total - n * model / (total * total)
            squaredError += n * model / (total * total)
            model = pooled * correction(total)
            moments.append((model, squaredError))
        }
        guard sizes[0] > 1 else { return [] }
        return curves(moments, source: "Kazdan et al. 2024, Theorem 1")
    }

    /// The two-moment recursion of the pool and of a subsample without replacement; the error of the mean tends
    /// to (pi^2/2 - 2) times generation 0's for large n.
    private func accumulateSubsample(n: Double, generations: Int) -> [Prediction] {
        guard n > 1 else { return [] }
        // Pool variance, subsample variance, variance of the subsample's mean about the pool's, and
        // squared error of the pool's mean.
        var pool = trueVariance * (1 - 1 / n)
        var subsample = pool
        var offset = 0.0
        var poolError = trueVariance / n
        var moments = [(subsample, poolError)]
        for k in stride(from: 2.0, through: Double(generations) + 1, by: 1) {
            let batch = offset + subsample / n
            pool =
                ((k - 1) * pool + subsample * (1 - 1 / n) + (k - 1) / k * batch) / k
            poolError += batch / (k * k)
            let total = k * n
            subsample = pool * (1 - 1 / n) * total / (total - 1)
            offset = pool / n * (total - n) / (total - 1)
            moments.append((subsample, poolError + offset))
        }
        return curves(moments, source: "two-moment recursion of pool and subsample")
    }

    /// a n fresh real draws and (1 - a) n of the model N(m, v):
    /// E[m'^2] = (1-a)^2 (E[m^2] + v/n_s) + a^2 sigma^2/n_r and E[var'] from E[x^2] - E[mean^2].
    private func freshMixture(_ sizes: [Double], fraction: Schedule) -> [Prediction] {
        guard sizes.allSatisfy({ $0 > 1 }) else { return [] }
        var variance = trueVariance
        var squaredError = 0.0
        var moments: [(Double, Double)] = []
        for (t, n) in sizes.enumerated() {
            let share = t == 0 ? 1 : fraction.value(at: t) ?? 0
            let real = (share * n).rounded(.toNearestOrEven)
            let synthetic = n - real
            let noise = (real * trueVariance + synthetic * variance) / (n * n)
            let secondMoment =
                (real * trueVariance + synthetic * (variance + squaredError)) / n
            let meanSquare = synthetic * synthetic / (n * n) * squaredError + noise
            variance = (secondMoment - meanSquare) * correction(n)
            squaredError = meanSquare
            moments.append((variance, squaredError))
        }
        return curves(moments, source: "moments of a pooled sample")
    }
}
