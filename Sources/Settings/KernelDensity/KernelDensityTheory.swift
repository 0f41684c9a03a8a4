package import Collapse
import Compute

extension KernelDensitySetting {
    /// Model variance and drift by exact recursions, and the negative log density of normal data in
    /// the limit of many points.
    ///
    /// A model of bandwidth h adds h^2 to the variance of its data. Under replace the variance
    /// after k fits of n points is r^k v + h^2 (1 - r^k)/(1 - r) with r = 1 - 1/n (v + k h^2 for
    /// large n); under accumulate it is v + h^2 H_k for large n, which grows like log k without
    /// bound. Scott's and Silverman's bandwidths shrink with the pool, so that under accumulate the
    /// sum of h_t^2/t, and with it the variance, stays bounded.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let spread = SpreadTheory(distribution: distribution) { [bandwidth, distribution] count in
            let width = bandwidth.value(count: count, dimension: distribution.dimension)
            return width * width
        }
        let moments = spread.predictions(
            for: plan, variance: Metric.variance,
            squaredError: Metric.squaredError,
            source: "moments of a pool of kernel draws (Kazdan et al. 2024's setting)",
            note: plan.dataFlow == .accumulate ? accumulationNote : nil)
        return moments.isEmpty
            ? [] : moments + densityPrediction(for: plan)
    }

    private var accumulationNote: String {
        if case .fixed = bandwidth {
            return "grows like h^2 log t: accumulating with a fixed bandwidth is slow, not bounded"
        }
        return "bounded: the bandwidth shrinks as the pool grows"
    }

    private func densityPrediction(for plan: ChainPlan) -> [Prediction] {
        guard distribution.shape == .normal else { return [] }
        let sizes = plan.sizes
        let distributions: [ScaleMixture]
        switch (plan.dataFlow, bandwidth) {
        case (.replace, _):
            var variance = 1.0
            distributions = sizes.map { count in
                let width = bandwidth.value(count: Double(count), dimension: distribution.dimension)
                variance += width * width
                return ScaleMixture(shares: [1], variances: [variance])
            }
        case (.accumulate, .fixed(let width)), (.accumulateSubsample, .fixed(let width)):
            distributions = ScaleMixture.accumulating(sizes.map(Double.init), width: width)
        default: return []
        }
        return [
            Prediction(
                metric: Metric.negativeLogDensity,
                values: distributions.map {
                    $0.negativeLogDensity(dimension: distribution.dimension)
                },
                source: "convolution of N(0, I) with the kernels",
                relation: .approximation,
                note: "for many points in a generation; few add the roughness of the estimate")
        ]
    }
}

/// A mixture of centred normal distributions with covariances s_j^2 I: what a chain of kernel
/// estimates becomes for endless data.
struct ScaleMixture {
    var shares: [Double]
    var variances: [Double]

    /// The distribution of each generation's model. A draw of a model has been smoothed once more
    /// than the point it was drawn around, so after a pool of N - n points grows by n, the share of
    /// points smoothed j times is a'_j = ((N - n) a_j + n a_(j-1))/N.
    static func accumulating(_ counts: [Double], width: Double) -> [ScaleMixture] {
        var shares: [Double] = []
        var total = 0.0
        return counts.map { count in
            let before = total
            total += count
            var next = shares.map { $0 * before / total } + [0]
            for (index, share) in shares.enumerated() {
                next[index + 1] += share * count / total
            }
            // Points smoothed very often are too rare to matter.
            while next.count > 1, next[next.count - 1] < 1e-18 { next.removeLast() }
            shares = before == 0 ? [1] : next
            return ScaleMixture(
                shares: shares,
                variances: shares.indices.map { 1 + Double($0 + 1) * width * width })
        }
    }

    /// E[-log q(x)] for x from N(0, I): Simpson's rule over the radius, whose density is r^(d-1)
    /// exp(-r^2/2) up to a constant.
    func negativeLogDensity(dimension: Int) -> Double {
        let d = Double(dimension)
        let scales = zip(shares, variances).map { share, variance in
            Elementary.log(share) - 0.5 * d * Elementary.log(2 * .pi * variance)
        }
        let logNorm =
            (d / 2 - 1) * Elementary.log(2) + SpecialFunctions.logGamma(d / 2)
        let intervals = 200
        let (low, high) = (max(0, d.squareRoot() - 8), d.squareRoot() + 8)
        let step = (high - low) / Double(intervals)
        var integral = 0.0
        for node in 0...intervals {
            let radius = low + Double(node) * step
            let square = radius * radius
            let logRadius = dimension == 1 ? 0 : (d - 1) * Elementary.log(radius)
            let density = Elementary.exp(logRadius - 0.5 * square - logNorm)
            guard density > 0 else { continue }
            let exponents = scales.indices.map { scales[$0] - 0.5 * square / variances[$0] }
            let peak = exponents.max() ?? 0
            let sum = exponents.reduce(0) { $0 + Elementary.exp($1 - peak) }
            let coefficient = node == 0 || node == intervals ? 1.0 : node % 2 == 1 ? 4 : 2
            integral -= coefficient * density * (peak + Elementary.log(sum))
        }
        return integral * step / 3
    }
}
