import Compute

/// A one-parameter exponential family, parametrised by its mean. Each has a quadratic variance
/// function (Morris 1982), V(m + e) = V(m) + (odd terms) + kappa e^2, which is why the loop's
/// second moments close.
enum Family: String, CaseIterable, Sendable {
    case gaussianMean = "gaussian-mean"
    case exponential
    case poisson
    case bernoulli

    /// The variance of a draw of the distribution with this mean; the Gaussian's is 1, known to the
    /// learner.
    func variance(_ mean: Double) -> Double {
        switch self {
        case .gaussianMean: 1
        case .exponential: mean * mean
        case .poisson: mean
        case .bernoulli: mean * (1 - mean)
        }
    }

    /// kappa: how the expected variance of a draw grows with the squared error of an unbiased mean.
    var curvature: Double {
        switch self {
        case .gaussianMean, .poisson: 0
        case .exponential: 1
        case .bernoulli: -1
        }
    }

    /// Whether the value 0, once estimated, is never left.
    var canDie: Bool { self == .poisson || self == .bernoulli }

    /// The sum of `count` independent draws, in one draw from the distribution of the sum.
    func sum(of count: Int, mean: Double, from random: inout RandomStream) -> Double {
        guard let mean = lawful(mean), count > 0 else { return count > 0 ? .nan : 0 }
        let n = Double(count)
        switch self {
        case .gaussianMean: return n * mean + n.squareRoot() * random.normal()
        case .exponential: return mean * random.gamma(shape: n)
        case .poisson: return Double(random.poisson(mean: n * mean))
        case .bernoulli: return Double(random.binomial(trials: count, probability: mean))
        }
    }

    /// The mean as the distribution accepts it: weighted means of draws may leave the range by
    /// rounding. Nil where it is undefined.
    private func lawful(_ mean: Double) -> Double? {
        guard mean.isFinite else { return nil }
        switch self {
        case .gaussianMean: return mean
        case .exponential, .poisson: return max(0, mean)
        case .bernoulli: return min(max(0, mean), 1)
        }
    }
}
