extension RidgeMixtureTheory {
    /// Least squares on real and synthetic examples of different weights, in the limit of many
    /// dimensions at fixed phi = d/n < 1.
    ///
    /// With shares p_j and weights g_j, e > 0 solves sum p_j a_j = phi for a_j = g_j e/(1 + g_j e):
    /// how far an example of the group pulls the fit to itself. The fit follows the synthetic
    /// labeller by alpha = p2 a2/phi, and what its labels differ from that, r1 = -alpha and r2 = 1
    /// - alpha times x.delta, acts as noise:
    ///
    ///     V    = sum p_j a_j^2 s_j^2 / sum p_j a_j (1 - a_j)
    ///     zeta = alpha^2 c^2 + c^2 sum p_j a_j^2 r_j^2 / sum p_j a_j (1 - a_j)
    ///
    /// Equal weights give Theorem 1 without a ridge. To leading order in phi, for weights (1 -
    /// alpha)/p1 and alpha/p2, the sum is alpha^2 c^2 + phi (s1^2 (1 - alpha)^2/p1 + s2^2
    /// alpha^2/p2), which is least at alpha of the order of phi. Derived for this project and
    /// verified by simulation.
    package struct WeightedGroups: Hashable, Sendable {
        /// The examples of one origin.
        package struct Group: Hashable, Sendable {
            /// p_j, their share of all examples.
            package var share: Double
            /// g_j, not negative: what each of their squared errors is multiplied by in the fit.
            package var weight: Double
            /// The variance of the labels' noise.
            package var noise: Double

            package init(share: Double, weight: Double, noise: Double) {
                self.share = share
                self.weight = weight
                self.noise = noise
            }
        }

        /// Group 1, with real labels.
        package var real: Group
        /// Group 2, with the labels of the synthetic labeller.
        package var synthetic: Group

        package init(real: Group, synthetic: Group) {
            self.real = real
            self.synthetic = synthetic
        }

        /// The terms at phi for a labeller of squared error c^2; infinite where too few examples
        /// weigh anything.
        package func terms(ratio phi: Double, quality: Double) -> Terms {
            let groups = [real, synthetic]
            func pulls(_ e: Double) -> [Double] {
                groups.map { $0.weight * e / (1 + $0.weight * e) }
            }
            func sum(_ values: [Double]) -> Double {
                zip(groups, values).reduce(0) { $0 + $1.0.share * $1.1 }
            }
            guard phi < sum(groups.map { $0.weight > 0 ? 1 : 0 }) else { return .infinite }
            // The sum rises with e from 0 to the share of positive weight.
            var (low, high) = (1e-12, 1e12)
            for _ in 0..<200 {
                let middle = (low * high).squareRoot()
                if middle <= low || middle >= high { break }
                if sum(pulls(middle)) < phi { low = middle } else { high = middle }
            }
            let a = pulls(high)
            let scale = sum(a.map { $0 * (1 - $0) })
            let alpha = synthetic.share * a[1] / phi
            let rest = [alpha * alpha, (1 - alpha) * (1 - alpha)]
            return Terms(
                bias: 0,
                variance: sum(zip(a, groups).map { $0 * $0 * $1.noise }) / scale,
                zeta: quality
                    * (alpha * alpha + sum(zip(a, rest).map { $0 * $0 * $1 }) / scale))
        }
    }
}
