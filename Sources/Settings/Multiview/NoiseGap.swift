package import Compute

/// zeta of noise regularisation (He et al. 2024): how far an encoder changes the correlation of a
/// view with noise, |Corr(f(X), f(A)) - Corr(X, A)|. For a square linear f it is 0 for all A exactly
/// where the matrix has full rank.
package struct NoiseGap {
    private let own: CanonicalCorrelation
    /// Corr(f(X), f(A)) - Corr(X, A).
    package let difference: Double

    /// zeta.
    package var value: Double { abs(difference) }

    /// - Parameters:
    ///   - view: X, (rows, columns).
    ///   - noise: A, of X's shape.
    ///   - encodedView: f(X), of as many rows.
    ///   - encodedNoise: f(A), of f(X)'s shape.
    ///   - ridge: That of both correlations.
    ///
    /// Nil where a covariance is not positive definite, or numbers are not finite.
    package init?(
        view: WhitenedView, noise: Matrix, encodedView: WhitenedView, encodedNoise: Matrix,
        ridge: Double
    ) {
        guard let noise = WhitenedView(noise, ridge: ridge),
            let encodedNoise = WhitenedView(encodedNoise, ridge: ridge),
            let target = CanonicalCorrelation(view, noise),
            let own = CanonicalCorrelation(encodedView, encodedNoise)
        else { return nil }
        self.own = own
        difference = own.sum - target.sum
    }

    /// The gradient of ``value`` by f(X) and by f(A).
    package func gradients() -> (view: Matrix, noise: Matrix) {
        let sign: Double = difference > 0 ? 1 : difference < 0 ? -1 : 0
        let (view, noise) = own.gradients()
        return (view.multiplied(by: sign), noise.multiplied(by: sign))
    }
}
