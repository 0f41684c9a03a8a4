/// What the keys of an arm say about its regression.
package struct RegressionTask: Hashable, Sendable {
    /// Which inputs a model labels.
    package enum Design: String, CaseIterable, Sendable {
        /// Generation 0's, again and again.
        case same
        /// New ones in every generation.
        case fresh
    }

    /// A last fit, on new inputs that the previous generation's model labels: the downstream model
    /// of "Model Collapse Demystified".
    package struct Downstream: Hashable, Sendable {
        /// T.
        package var size: Int
        /// How the downstream model is fitted.
        package var learner: RegressionLearner
        /// The variance of the noise on its labels.
        package var noise: Double
    }

    /// d, the number of coordinates of an input.
    package let dimension: Int
    /// Sigma, the covariance of the inputs, by its eigenvalues.
    package let spectrum: Spectrum
    /// The distribution of w*, the true weights.
    package let truth: RegressionTruth
    /// Which inputs a model labels.
    package let design: Design
    /// sigma^2, the variance of the noise on real labels.
    package let noise: Double
    /// The variance of the noise on a model's labels.
    package let syntheticNoise: Double
    /// How each generation is fitted.
    package let learner: RegressionLearner
    /// The further fit beside each generation; nil for none.
    package let downstream: Downstream?
    /// The eigenvalues of the inputs' covariance, falling.
    package let eigenvalues: [Double]

    package init(
        dimension: Int, spectrum: Spectrum, truth: RegressionTruth, design: Design, noise: Double,
        syntheticNoise: Double, learner: RegressionLearner, downstream: Downstream?
    ) {
        self.dimension = dimension
        self.spectrum = spectrum
        self.truth = truth
        self.design = design
        self.noise = noise
        self.syntheticNoise = syntheticNoise
        self.learner = learner
        self.downstream = downstream
        eigenvalues = spectrum.eigenvalues(dimension: dimension)
    }
}
