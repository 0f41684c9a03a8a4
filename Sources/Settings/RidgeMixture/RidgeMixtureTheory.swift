/// The three terms of the test error of ridge regression on a mixture of real and synthetic labels,
/// in the limit of many dimensions and examples at fixed ratios (Dohmatob et al. 2024, Strong Model
/// Collapse).
///
/// Coordinates are the eigenvectors of the inputs' covariance. Legend: l eigenvalues, n examples, m
/// features, p2 the synthetic share, p1 = 1 - p2, lam the ridge.
package struct RidgeMixtureTheory: Sendable {
    /// B, V and zeta.
    package struct Terms: Hashable, Sendable {
        /// B, the expected error of the same fit to noiseless labels of the truth.
        package var bias: Double
        /// V, the expected error that the noise of the labels adds.
        package var variance: Double
        /// zeta, the expected error that the labeller's distance from the truth adds.
        package var zeta: Double

        /// B + V + zeta, the expectation of (x.w - x.w1)^2 without a test label's own noise.
        package var testError: Double { bias + variance + zeta }
        /// What the error would be were all labels real.
        package var cleanError: Double { bias + variance }

        static let infinite = Terms(bias: .infinity, variance: .infinity, zeta: .infinity)
    }

    /// The data of one fit.
    package struct Sample: Hashable, Sendable {
        /// n.
        package var examples: Double
        /// p2.
        package var syntheticShare: Double
        /// s^2 = p1 s1^2 + p2 s2^2, the mean variance of the labels' noise.
        package var noise: Double

        package init(examples: Double, syntheticShare: Double, noise: Double) {
            self.examples = examples
            self.syntheticShare = syntheticShare
            self.noise = noise
        }
    }

    /// l.
    package let spectrum: [Double]
    /// lam.
    package let penalty: Double
    /// m; nil for the inputs themselves.
    package let width: Int?
    private let freedom: DegreesOfFreedom

    package init(spectrum: [Double], penalty: Double, width: Int?) {
        self.spectrum = spectrum
        self.penalty = penalty
        self.width = width
        freedom = DegreesOfFreedom(spectrum: spectrum)
    }

    /// The terms for squared coefficients of the truth, `signal`, and of the labeller's error,
    /// `shift` (the diagonal of Delta), both along the eigenvectors.
    ///
    /// Everything is infinite where the fit's variance has no mean.
    package func terms(_ sample: Sample, signal: [Double], shift: [Double]) -> Terms {
        precondition(
            signal.count == spectrum.count && shift.count == spectrum.count,
            "\(signal.count) and \(shift.count) coefficients for \(spectrum.count) eigenvalues")
        return width.map { projected(Double($0), sample, signal: signal, shift: shift) }
            ?? linear(sample, signal: signal, shift: shift)
    }

    // MARK: From the inputs themselves (Theorem 1)

    /// kappa - lam = kappa df_1(kappa)/n; u = df_2/(n - df_2).
    package func kappa(examples: Double) -> Double {
        freedom.kappa(penalty: penalty, examples: examples)
    }

    /// u. Without a penalty and with enough examples it is known for finite n: d/(n - d - 1), the
    /// mean trace of an inverse Wishart matrix.
    private func varianceFactor(kappa: Double, examples: Double) -> Double {
        guard kappa == 0 else { return freedom.variance(at: kappa, examples: examples) }
        let excess = examples - freedom.rank - 1
        return excess > 0 ? freedom.rank / excess : .infinity
    }

    /// B    = kappa^2 sum l w^2/(l+kappa)^2 (1+u),  V = s^2 u,
    /// zeta = p2^2 (1 + p1 u) tr Delta Sigma^3 (Sigma+kappa)^-2
    ///      + p2 u tr Delta Sigma (p1 Sigma + kappa)^2 (Sigma+kappa)^-2.
    private func linear(_ sample: Sample, signal: [Double], shift: [Double]) -> Terms {
        let kappa = kappa(examples: sample.examples)
        let u = varianceFactor(kappa: kappa, examples: sample.examples)
        guard u.isFinite else { return .infinite }
        let p2 = sample.syntheticShare
        let p1 = 1 - p2
        var (bias, kept, spread) = (0.0, 0.0, 0.0)
        for (axis, l) in spectrum.enumerated() {
            let square = (l + kappa) * (l + kappa)
            let mixed = p1 * l + kappa
            bias += l * signal[axis] / square
            kept += shift[axis] * l * l * l / square
            spread += shift[axis] * l * mixed * mixed / square
        }
        return Terms(
            bias: kappa * kappa * bias * (1 + u), variance: sample.noise * u,
            zeta: p2 * p2 * (1 + p1 * u) * kept + p2 * u * spread)
    }

    // MARK: From random projections (Theorem 2)

    /// gamma and kappa of z(gamma) + nu/kappa = n with kappa = gamma (1 - z/m), nu = n lam d/m and
    /// z = sum l/(l + gamma), by bisection in log gamma. The left side falls with gamma where kappa
    /// > 0.
    private func projectedFixedPoint(
        _ m: Double, examples n: Double
    ) -> (
        gamma: Double, kappa: Double
    ) {
        // A ridge of zero is the limit from above.
        let nu = max(penalty, 1e-13) * n * Double(spectrum.count) / m
        var low = 1e-14 * freedom.trace / freedom.rank
        var high = 1e14 * freedom.trace
        for _ in 0..<200 {
            let middle = (low * high).squareRoot()
            if middle <= low || middle >= high { break }
            let z = freedom.first(at: middle)
            let kappa = middle * (1 - z / m)
            if kappa <= 0 || z + nu / kappa > n { low = middle } else { high = middle }
        }
        return (high, high * (1 - freedom.first(at: high) / m))
    }

    /// With q = sum (l/(l+gamma))^2 and C = 1/(1 - (q (m - 2z) + z^2)/(n (m - q))),
    ///
    ///     bias(A) = C sum (gamma/(l+gamma) - kappa l/(l+gamma)^2 m/(m-q)) l A
    ///     B = bias(w^2),  V = s^2 (C - 1)
    ///     zeta = p2^2 (bias(Delta) - tr Sigma Delta + 2 tr Delta Sigma^2 (Sigma+gamma)^-1)
    ///          + p1 p2 (C - 1) tr Sigma Delta,
    ///
    /// which tends to the linear terms as m grows. Derived for this project and verified by
    /// simulation; the paper reaches the same limit by operator-valued free probability.
    private func projected(
        _ m: Double, _ sample: Sample, signal: [Double], shift: [Double]
    ) -> Terms {
        let n = sample.examples
        let (gamma, kappa) = projectedFixedPoint(m, examples: n)
        let z = freedom.first(at: gamma)
        let q = freedom.second(at: gamma)
        let denominator = 1 - (q * (m - 2 * z) + z * z) / (n * (m - q))
        guard m > q, denominator > 0 else { return .infinite }
        let c = 1 / denominator
        func bias(_ squares: [Double]) -> Double {
            var sum = 0.0
            for (axis, l) in spectrum.enumerated() {
                let shrunk = l + gamma
                sum +=
                    (gamma / shrunk - kappa * l / (shrunk * shrunk) * m / (m - q)) * l
                    * squares[axis]
            }
            return c * sum
        }
        var (total, kept) = (0.0, 0.0)
        for (axis, l) in spectrum.enumerated() {
            total += l * shift[axis]
            kept += l * l / (l + gamma) * shift[axis]
        }
        let p2 = sample.syntheticShare
        return Terms(
            bias: bias(signal), variance: sample.noise * (c - 1),
            zeta: p2 * p2 * (bias(shift) - total + 2 * kept) + (1 - p2) * p2 * (c - 1) * total)
    }
}
