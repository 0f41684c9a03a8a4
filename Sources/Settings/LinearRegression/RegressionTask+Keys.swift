package import Support

extension RegressionTask: KeyGroup {
    private static let dimension = Key(
        "dimension", .integer(1...100_000), default: 10,
        help: "d, the number of inputs of the regression.")
    private static let noise = Key(
        "noise", .number(0...1e12), default: 1,
        help: "sigma^2, the variance of the noise on real labels.")
    private static let syntheticNoise = Key<Double?>(
        "synthetic-noise", .optional(.number(0...1e12)), default: .some(nil),
        help: "The variance of the noise that is added to a model's labels; null for noise.")
    private static let design = Key<Design>(
        "design", .choice, default: .same,
        help: "Whether a model labels the inputs of generation 0 again (same, as Kazdan et "
            + "al. and Gerstgrasser et al. do) or new ones in each generation (fresh, as "
            + "Dohmatob et al. do). With fewer examples than dimensions the limits differ.")
    private static let spectrum = Key<Spectrum>(
        "spectrum", .tagged, filledFrom: Spectrum.defaultValue,
        help: "Sigma, the covariance of the inputs.")
    private static let truth = Key<RegressionTruth>(
        "truth", .tagged, filledFrom: RegressionTruth.defaultValue, help: "w*, the true weights.")
    static let learner = Key<RegressionLearner>(
        "learner", .tagged, filledFrom: RegressionLearner.defaultValue,
        help: "How each generation is fitted.")
    static let downstream = Key<DownstreamGroup?>(
        "downstream", .optional(.group), default: .some(nil),
        help: "A further fit beside each generation, on new inputs labelled by what "
            + "labelled the generation's data: the truth at t = 0, the model of t - 1 "
            + "later. The labels at t thus have t fits behind them, which is n = t in "
            + "\"Model Collapse Demystified\"; at n = 0 they are clean.")

    /// The keys of the setting `linear-regression`.
    @KeyList package static var keys: [KeyDeclaration] {
        dimension
        noise
        syntheticNoise
        design
        spectrum
        truth
        learner
        downstream
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        let realNoise = try values[Self.noise]
        self.init(
            dimension: try values[Self.dimension],
            spectrum: try values[Self.spectrum],
            truth: try values[Self.truth],
            design: try values[Self.design],
            noise: realNoise,
            syntheticNoise: try values[Self.syntheticNoise] ?? realNoise,
            learner: try values[Self.learner],
            downstream: try values[Self.downstream].map {
                Downstream(size: $0.size, learner: $0.learner, noise: $0.noise ?? realNoise)
            })
    }

    /// What a specification says of the downstream fit.
    struct DownstreamGroup: KeyGroup {
        let size: Int
        let learner: RegressionLearner
        /// Nil for the noise on real labels.
        let noise: Double?

        private static let size = Key(
            "size", .integer(1...10_000_000), help: "T, the number of examples of the further fit.")
        static let learner = Key<RegressionLearner>(
            "learner", .tagged, filledFrom: RegressionLearner.defaultValue,
            help: "How it is fitted.")
        private static let noise = Key<Double?>(
            "noise", .optional(.number(0...1e12)), default: .some(nil),
            help: "The variance of the noise on its labels; null for noise.")

        @KeyList static var keys: [KeyDeclaration] {
            size
            learner
            noise
        }

        init(_ values: SpecificationValue) throws(SpecificationIssue) {
            size = try values[Self.size]
            learner = try values[Self.learner]
            noise = try values[Self.noise]
        }
    }
}
