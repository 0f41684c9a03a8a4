import Compute

extension GaussianMixture {
    /// The squared L2 distance of two densities, the integral of (p - q)^2 (Shumailov et al. 2024):
    /// <p, p> + <q, q> - 2 <p, q>, where <p, q> is the integral of their product.
    ///
    /// Infinite where a density has collapsed onto a point, a line ...: its own product has no
    /// finite integral.
    package func squaredDistance(to other: GaussianMixture) -> Double {
        let own = product(with: self)
        let others = other.product(with: other)
        guard own.isFinite, others.isFinite else { return .infinity }
        return max(0, own + others - 2 * product(with: other))
    }

    /// sum_ij w_i w_j N(m_i - m_j; 0, S_i + S_j).
    func product(with other: GaussianMixture) -> Double {
        var sum = 0.0
        for first in components where !first.isEmpty {
            for second in other.components where !second.isEmpty {
                var covariance = first.covariance
                for index in covariance.elements.indices {
                    covariance.elements[index] += second.covariance.elements[index]
                }
                let difference = Component(
                    weight: first.weight * second.weight, mean: first.mean, covariance: covariance)
                guard !difference.isSingular else { return .infinity }
                let terms = GaussianMixture([difference]).logTerms(
                    at: Points(dimension: dimension, second.mean))
                sum += Elementary.exp(terms[0])
            }
        }
        return sum
    }
}
