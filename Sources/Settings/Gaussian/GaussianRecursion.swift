import Collapse

/// Exact recursions for what the loop does to a Gaussian's first two moments, for one coordinate.
///
/// Everything is linear in the draws and in the covariance, so that E[tr S]/d and E[|m|^2]/d follow
/// the same recursion in every dimension. With v the model's variance and e the squared error of
/// its mean, a sample of n draws has a mean of variance b v/n about the model's and an expected
/// maximum-likelihood variance b v (1 - 1/n), where b is the sampling bias; its noise is
/// uncorrelated with everything before it. Real draws have b v = sigma^2.
struct GaussianRecursion {
    /// Expectations over seeds for the model of one generation.
    struct Moments {
        var variance: Double
        var squaredError: Double
    }

    var setting: GaussianSetting
    /// n_0 ... n_generations.
    var sizes: [Double]
    /// The weight of a real and of a synthetic draw.
    var weights: (real: Double, synthetic: Double)

    private var truth: Double { setting.trueVariance }
    private var bias: Double { setting.samplingBias }

    /// Pooled scatter over its denominator.
    private func variance(_ scatter: Double, weight: Double, squares: Double) -> Double {
        let denominator = setting.denominator(weight: weight, squaredWeight: squares)
        return denominator > 0 ? scatter / denominator : 0
    }

    private var initial: Moments {
        Moments(
            variance: variance(truth * (sizes[0] - 1), weight: sizes[0], squares: sizes[0]),
            squaredError: truth / sizes[0])
    }

    // MARK: Replace and mixtures

    /// The real draws of a mixture: how many, and whose mean they share with earlier generations.
    struct RealPart {
        var size: Double
        /// E[mean of the part x mean of what later parts share with it], over sigma^2; 0 for fresh
        /// draws.
        var shared: Double
    }

    /// The newest samples with real draws; replace is the mixture without any.
    ///
    /// With shares a and 1 - a by weight, k real and n synthetic draws: m' = a r + (1 - a)(m +
    /// noise), where a replayed part r covaries with m by c, the covariance of m with the mean of
    /// the sample it is taken from: c' = a sigma^2 shared + (1 - a) c. The variance is the pooled
    /// scatter within both and between them. A part that is chosen anew in each generation differs
    /// from its sample by noise that is uncorrelated with all else.
    func mixture(_ parts: [RealPart]) -> [Moments] {
        var moments = [initial]
        var covariance = truth / sizes[0]
        for t in sizes.indices.dropFirst() {
            let before = moments[t - 1]
            let (real, shared) = (parts[t].size, parts[t].shared)
            let synthetic = sizes[t] - real
            let weight = weights.real * real + weights.synthetic * synthetic
            let a = weights.real * real / weight
            let sampled = bias * before.variance
            let realError = real > 0 ? truth / real : 0
            let sampleError = synthetic > 0 ? before.squaredError + sampled / synthetic : 0
            let common = shared > 0 && synthetic > 0 ? covariance : 0
            let error =
                a * a * realError + 2 * a * (1 - a) * common + (1 - a) * (1 - a) * sampleError
            let between = weight * a * (1 - a) * (realError + sampleError - 2 * common)
            let within =
                weights.real * truth * max(0, real - 1)
                + weights.synthetic * sampled * max(0, synthetic - 1)
            let squares =
                weights.real * weights.real * real
                + weights.synthetic * weights.synthetic * synthetic
            covariance = a * truth * shared + (1 - a) * covariance
            moments.append(
                Moments(
                    variance: variance(within + between, weight: weight, squares: squares),
                    squaredError: error))
        }
        return moments
    }

    // MARK: Accumulate

    /// A sample's mean is the pool's plus noise, so that the pool's mean moves by the sample's
    /// share of the noise. At constant n, without weights and bias, the maximum-likelihood variance
    /// is v_k = v_{k-1} (1 - 1/(n k^2)), whose product tends to sin(pi/sqrt n)/(pi/sqrt n).
    func accumulate() -> [Moments] {
        var moments = [initial]
        var weight = weights.real * sizes[0]
        var squares = weights.real * weight
        var scatter = weights.real * truth * (sizes[0] - 1)
        for t in sizes.indices.dropFirst() {
            let (before, n) = (moments[t - 1], sizes[t])
            let sampled = bias * before.variance
            let added = weights.synthetic * n
            let share = added / (weight + added)
            scatter += weights.synthetic * sampled * (n - 1) + weight * share * sampled / n
            weight += added
            squares += weights.synthetic * added
            moments.append(
                Moments(
                    variance: variance(scatter, weight: weight, squares: squares),
                    squaredError: before.squaredError + share * share * sampled / n))
        }
        return moments
    }

    /// The pool of ``accumulate()``, of which each fit sees n_t draws chosen without replacement.
    /// Their mean is off the pool's by (V/n)(N - n)/(N - 1), V the pool's maximum-likelihood
    /// variance and N its size, which the next sample inherits. For large constant n the error of
    /// the mean tends to (pi^2/2 - 2) times generation 0's.
    func accumulateSubsample() -> [Moments] {
        var moments: [Moments] = []
        var (pool, poolError, total) = (0.0, 0.0, 0.0)
        /// Variance of the newest sample's draws, and its mean's squared distance from the pool's
        /// before.
        var (sampled, distance) = (truth, truth / sizes[0])
        for n in sizes {
            let grown = total + n
            let share = n / grown
            pool = (total * pool + sampled * (n - 1) + total * share * distance) / grown
            poolError += share * share * distance
            total = grown
            let offset = total > 1 ? pool / n * (total - n) / (total - 1) : 0
            let spread = total > 1 ? pool * total / (total - 1) : 0
            let model = variance(spread * (n - 1), weight: n, squares: n)
            moments.append(Moments(variance: model, squaredError: poolError + offset))
            sampled = bias * model
            // The next sample's own size comes in with its noise.
            let next = moments.count < sizes.count ? sizes[moments.count] : n
            distance = offset + sampled / next
        }
        return moments
    }
}
