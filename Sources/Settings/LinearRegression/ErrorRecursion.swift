import Compute

/// How the error of a labeller passes into a model that is fitted on its labels.
///
/// The inputs are Gaussian with eigenvalues l_i, the coordinates are the eigenvectors, and a
/// labeller w enters through E[w_i w*_i] and E[w_i^2] alone. A ridge fit on n new inputs acts on
/// each coordinate like
///
///     w'_i = l_i/(l_i + kappa) w_i + sqrt(l_i R/n)/(l_i + kappa) z_i,     z_i standard normal,
///     R = (sigma^2 + kappa^2 sum_i l_i w_i^2/(l_i + kappa)^2)/(1 - df_2/n)
///
/// with kappa and df_2 of ``DegreesOfFreedom``: bias and variance of Dohmatob et al. 2024 ("Model
/// Collapse Demystified"), in the form that can be applied again and again. Least squares on
/// Gaussian inputs has exact forms.
struct ErrorRecursion: Sendable {
    /// What is known of a labeller's coordinates over its own randomness.
    struct Moments: Hashable, Sendable {
        /// E[w_i w*_i].
        var cross: [Double]
        /// E[w_i^2].
        var square: [Double]
        /// Whether these hold for the sizes at hand, not only in the limit of many dimensions.
        var isExact = true
    }

    let spectrum: [Double]
    /// E[w*_i^2].
    let truth: [Double]
    let freedom: DegreesOfFreedom

    init(spectrum: [Double], truth: [Double]) {
        precondition(
            spectrum.count == truth.count, "\(spectrum.count) directions, \(truth.count) weights")
        self.spectrum = spectrum
        self.truth = truth
        freedom = DegreesOfFreedom(spectrum: spectrum)
    }

    private var isIsotropic: Bool { freedom.levels.count == 1 }

    /// The truth as its own labeller.
    var clean: Moments { Moments(cross: truth, square: truth) }

    /// E|Sigma^(1/2)(w - w*)|^2.
    func error(of labeller: Moments) -> Double {
        var sum = 0.0
        for (index, eigenvalue) in spectrum.enumerated() {
            sum +=
                eigenvalue
                * (labeller.square[index] - 2 * labeller.cross[index] + truth[index])
        }
        return sum
    }

    /// E of the trace of Sigma (X^T X)^+ for n inputs, exact where it is known: d/(n - d - 1) above
    /// the threshold (inverse Wishart), n/(d - n - 1) below it for isotropic inputs, infinite
    /// within 1 of it, nil elsewhere.
    func noiseGain(examples n: Double) -> Double? {
        let d = freedom.rank
        if n > d + 1 { return d / (n - d - 1) }
        if n >= d - 1 { return .infinity }
        return isIsotropic ? n / (d - n - 1) : nil
    }

    /// The labeller with an error of this size added that is independent of it and equal in all
    /// directions of the data.
    func adding(_ error: Double, to labeller: Moments) -> Moments {
        var result = labeller
        // No error stays none where the gain that multiplied it was infinite.
        guard error > 0 else { return result }
        for (index, eigenvalue) in spectrum.enumerated() {
            result.square[index] += error / freedom.rank / eigenvalue
        }
        return result
    }

    /// The model that is fitted on `examples` new inputs with a labeller's labels and noise of a
    /// variance, with a penalty of the mean squared error.
    func fitting(
        _ labeller: Moments, examples n: Double, penalty: Double, noise: Double
    ) -> Moments {
        guard penalty == 0, let gain = noiseGain(examples: n) else {
            return ridge(labeller, examples: n, penalty: penalty, noise: noise)
        }
        var result = labeller
        let share = n / freedom.rank
        if share < 1 {
            // A projection on n of d directions keeps n/d of every square on average.
            let total = labeller.square.reduce(0, +)
            for index in spectrum.indices {
                result.cross[index] *= share
                result.square[index] =
                    share * share * labeller.square[index]
                    + share * (1 - share) * total / freedom.rank
            }
        }
        return adding(noise == 0 ? 0 : noise * gain, to: result)
    }

    private func ridge(
        _ labeller: Moments, examples n: Double, penalty: Double, noise: Double
    ) -> Moments {
        let kappa = freedom.kappa(penalty: penalty, examples: n)
        var bias = 0.0
        for (index, eigenvalue) in spectrum.enumerated() {
            let rest = kappa / (eigenvalue + kappa)
            bias += rest * rest * eigenvalue * labeller.square[index]
        }
        let risk = (noise + bias) / (1 - freedom.second(at: kappa) / n)
        var result = labeller
        result.isExact = false
        for (index, eigenvalue) in spectrum.enumerated() {
            let share = eigenvalue / (eigenvalue + kappa)
            result.cross[index] *= share
            result.square[index] =
                share * share * (labeller.square[index] + risk / (n * eigenvalue))
        }
        return result
    }

    /// The penalty with the least error of ``fitting(_:examples:penalty:noise:)``; 0 where none
    /// helps.
    ///
    /// The best of powers of two around the spectrum's scale, refined by golden sections. Its own
    /// accuracy is a millionth, far below what the error feels.
    func optimalPenalty(for labeller: Moments, examples n: Double, noise: Double) -> Double {
        let scale = spectrum.max() ?? 1
        func error(_ exponent: Double) -> Double {
            self.error(
                of: fitting(
                    labeller, examples: n, penalty: scale * Elementary.power(2, exponent),
                    noise: noise))
        }
        var best = (exponent: -50.0, error: Double.infinity)
        for exponent in -50...14 {
            let candidate = error(Double(exponent))
            if candidate < best.error { best = (Double(exponent), candidate) }
        }
        let unpenalised = self.error(of: fitting(labeller, examples: n, penalty: 0, noise: noise))
        if unpenalised <= best.error { return 0 }
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (best.exponent - 1, best.exponent + 1)
        while high - low > 1e-6 {
            let (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
            if error(left) <= error(right) { high = right } else { low = left }
        }
        return scale * Elementary.power(2, (low + high) / 2)
    }
}
