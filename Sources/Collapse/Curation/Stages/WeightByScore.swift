import Compute
public import Support

/// Weights the synthetic examples by their likelihood under a model: exponential tilting, of which
/// importance weights and the cross-entropy difference of Moore and Lewis (2010) are cases.
///
/// An example with the mean log-likelihood s weighs exp(strength s), and with `against` s is the
/// difference to the mean log-likelihood under that other model. All weights are scaled to a mean of
/// 1 over the synthetic examples, so that their share of the data stays.
public struct WeightByScore: CurationStage {
    /// The unit of the scores in the exponent.
    public enum Unit: String, CaseIterable, Sendable {
        /// The standard deviation of the finite scores, counted from their mean.
        case deviations
        /// Nats per unit of size.
        case nats
    }

    /// Whether weights weigh in the fit.
    public enum Use: String, CaseIterable, Sendable {
        /// `weight` multiplies the examples' weights; `resample` draws examples with replacement,
        /// in proportion to the weights, until they have the size they had, for learners that count.
        case weight, resample
    }

    /// The model whose likelihood is the score.
    public var under: CurationModel
    /// The model whose likelihood is taken off the score.
    public var against: CurationModel?
    /// What the score is multiplied by; negative weights favour what is unlikely.
    public var strength: Double
    /// The unit of the scores.
    public var unit: Unit
    /// What becomes of the weights.
    public var use: Use

    public static let name = "weight-by-score"
    public static let help =
        "Weight the synthetic examples by exp(strength * score), scaled to a mean of 1, or resample "
        + "them in proportion."
    static let reference = Key<CurationModel?>(
        "against", .optional(.choice), default: .some(nil),
        help: "A model whose score is taken off: with under: generation-0 and against: previous "
            + "weights are importance weights per unit of size.")
    static let exponent = Key(
        "strength", .number(-1e3...1e3), default: 1,
        help: "What the score is multiplied by; below 0 unlikely examples weigh more.")
    static let scoreUnit = Key<Unit>(
        "unit", .choice, default: .deviations,
        help: "The unit of the score in the exponent: standard deviations of the scores from their "
            + "mean, or nats per unit of size.")
    static let usage = Key<Use>(
        "use", .choice, default: .weight,
        help:
            "Whether the weights weigh in the fit, or examples are drawn with replacement in "
            + "proportion to them until they have the size they had, which every learner can train "
            + "on.")

    @KeyList public static var keys: [KeyDeclaration] {
        CurationModel.under
        reference
        exponent
        scoreUnit
        usage
    }

    public init(
        under: CurationModel, against: CurationModel? = nil, strength: Double = 1,
        unit: Unit = .deviations, use: Use = .weight
    ) {
        self.under = under
        self.against = against
        self.strength = strength
        self.unit = unit
        self.use = use
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            under: try value[CurationModel.under], against: try value[Self.reference],
            strength: try value[Self.exponent], unit: try value[Self.scoreUnit],
            use: try value[Self.usage])
        guard against != under else {
            throw SpecificationIssue(
                path: [Self.reference.name],
                message: "a score under \(under.rawValue) against itself is 0 everywhere: choose "
                    + "another model, or leave this out")
        }
    }

    public var models: [CurationModel] { [under] + (against.map { [$0] } ?? []) }
    public var needs: Set<Capability> { under.needs.union(against?.needs ?? []) }
    public var sparesGeneration0: Bool { true }
    public var hasFractionalWeights: Bool { use == .weight }

    private static let largest = MetricDeclaration(
        "largest_weight", title: "largest weight", direction: .neither,
        help: "The largest weight, where their mean is 1.")
    private static let scoreIn = score("score_in", "before", "of the synthetic examples")
    private static let scoreOut = score("score_out", "after", "by the weights")
    public static var metrics: [MetricDeclaration] {
        [EffectiveShare.metric, largest, scoreIn, scoreOut]
    }

    private static func score(_ name: String, _ when: String, _ words: String) -> MetricDeclaration
    {
        MetricDeclaration(
            name, title: "score \(when)", unit: "nats", direction: .neither,
            help: "The mean score \(words), in nats per unit of size, where scores are finite.")
    }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        let synthetic = JudgedExamples.synthetic.indices(in: data.pool)
        guard context.generation > 0, !synthetic.isEmpty else {
            return CurationOutcome(data: data)
        }
        let examples = data.examples.selecting(synthetic)
        var scores = try context.scores(of: examples, under: under)
        if let against {
            let others = try context.scores(of: examples, under: against)
            scores = zip(scores, others).map(-)
        }
        let tilt = Tilt(scores, strength: strength, isStandardised: unit == .deviations)
        let metrics = [
            EffectiveShare.metric.value(EffectiveShare.share(of: tilt.weights)),
            Self.largest.value(tilt.weights.max() ?? .nan),
            Self.scoreIn.value(tilt.mean(of: scores)),
            Self.scoreOut.value(tilt.weightedMean(of: scores)),
        ]
        switch use {
        case .weight:
            return CurationOutcome(
                data: data.weighing(synthetic, by: tilt.weights), metrics: metrics)
        case .resample:
            let drawn = data.resampling(
                synthetic, logWeights: tilt.exponents, factor: 1, copies: nil, from: context.key)
            return CurationOutcome(data: drawn, metrics: metrics)
        }
    }
}

/// Weights that grow exponentially with a score.
private struct Tilt {
    /// Their logarithms, up to a constant.
    let exponents: [Double]
    /// With mean 1.
    let weights: [Double]

    /// A score that is infinite weighs 0 on the side of the scores that weigh little, and as much
    /// as the heaviest finite one on the other; an undefined one, of what no model draws, weighs 0.
    init(_ scores: [Double], strength: Double, isStandardised: Bool) {
        let finite = scores.filter(\.isFinite)
        let count = Double(max(1, finite.count))
        let mean = finite.reduce(0, +) / count
        let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        // Scores that differ by rounding alone do not differ.
        let unit =
            isStandardised
            ? (variance > 1e-24 * mean * mean ? variance.squareRoot() : .infinity) : 1
        let known = finite.map { strength * (($0 - mean) / unit) }
        let largest = known.max() ?? 0
        let exponents = scores.map { score -> Double in
            if score.isFinite { return strength * ((score - mean) / unit) }
            if strength == 0 { return 0 }
            return (score > 0) == (strength > 0) && !score.isNaN ? largest : -.infinity
        }
        // Where no score is finite or infinite on the heavy side, nothing tells them apart.
        let isUsable = exponents.contains { $0 > -.infinity }
        self.exponents = isUsable ? exponents : exponents.map { _ in 0 }
        let powers = self.exponents.map { Elementary.exp($0 - largest) }
        let total = powers.reduce(0, +)
        weights = powers.map { $0 * Double(scores.count) / total }
    }

    func mean(of scores: [Double]) -> Double {
        let finite = scores.filter(\.isFinite)
        return finite.reduce(0, +) / Double(finite.count)
    }

    func weightedMean(of scores: [Double]) -> Double {
        let finite = zip(scores, weights).filter { $0.0.isFinite }
        return finite.reduce(0) { $0 + $1.0 * $1.1 } / finite.reduce(0) { $0 + $1.1 }
    }
}
