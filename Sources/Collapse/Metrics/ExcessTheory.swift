import Support

/// What theory says of how far an arm's metric rises over its control, up to one factor that depends
/// on the learner and its data alone:
///
///     excess_t = k/(2 n_0) (R_t - R_t of the control)/R_0,   R_t the relative variance of the model
///
/// The factor is fitted to what the arm that replaces its data lost in its first generation, and
/// then predicts every generation of every arm. It is the second-order term of a divergence: where
/// the variance of the model's probabilities is no longer small, terms of higher order, which is to
/// say biases that compound, take over.
public struct ExcessTheory: Hashable, Sendable {
    /// The metric whose excess it is.
    public var metric: MetricDeclaration
    /// R_t from generation 0: the variance of a probability p of the model over p (1 - p), by the
    /// plan of the arm's data.
    public var variances: [Double]
    /// The same of models that fresh real data of the same sizes make.
    public var controlVariances: [Double]
    /// Arms whose factor is one: the same learner with as much data in generation 0.
    public var learner: String
    /// Whether the factor is fitted from this arm.
    public var calibrates: Bool
    /// Beyond this much of factor R_t terms of higher order count, in the metric's unit.
    public var limit: Double
    /// Where the formula stands: paper and equation.
    public var source: String

    public init(
        metric: MetricDeclaration, variances: [Double], controlVariances: [Double],
        learner: String, calibrates: Bool, limit: Double, source: String
    ) {
        precondition(variances.count == controlVariances.count, "variances of other generations")
        self.metric = metric
        self.variances = variances
        self.controlVariances = controlVariances
        self.learner = learner
        self.calibrates = calibrates
        self.limit = limit
        self.source = source
    }

    /// R_t less that of what an arm is held against: the control, or its own generation 0.
    func spread(at t: Int, overControl: Bool) -> Double {
        variances[t] - (overControl ? controlVariances[t] : variances[0])
    }

    /// The excess over the control in units of k/(2 n_0), before anything is measured.
    public var shape: Prediction {
        Prediction(
            metric: metric,
            values: variances.indices.map { spread(at: $0, overControl: true) / variances[0] },
            source: source, relation: .excess,
            note:
                "over the control, in units of k/(2 n_0), which is fitted when the arm that replaces "
                + "its data has been measured")
    }
}

extension ExperimentResults {
    /// ``excessComparison(of:)`` of an arm, if it has one of the metric.
    func excessComparisons(of arm: Arm, metric: String?) -> [TheoryComparison] {
        guard let theory = arm.excessTheory, theory.metric.name == metric ?? theory.metric.name,
            let index = arms.firstIndex(where: { $0.name == arm.name })
        else { return [] }
        return [excessComparison(of: index)].compactMap(\.self)
    }

    /// The excess of an arm's metric over what the arm is held against, beside its theory; nil
    /// without a theory, for an arm of real data alone, and while nothing tells the factor.
    public func excessComparison(of index: Int) -> TheoryComparison? {
        guard let theory = arms[index].excessTheory, arms[index].reference != .itself,
            let (factor, calibrating) = factor(of: theory)
        else { return nil }
        let overControl = arms[index].reference != .missing
        let last = min(generations, theory.variances.count - 1)
        let values = (0...last).map { factor * theory.spread(at: $0, overControl: overControl) }
        let points = (0...last).compactMap { t -> TheoryComparison.Point? in
            let measured = excesses(of: theory.metric.name, arm: index, at: t).compactMap(\.self)
            guard !measured.isEmpty else { return nil }
            return TheoryComparison.Point(
                generation: t, predicted: values[t], measured: Summary(measured),
                isInRange: factor * theory.variances[t] <= theory.limit)
        }
        let over: String
        if case .arm(let control) = arms[index].reference {
            over = "over the arm \(arms[control].name)"
        } else {
            over = "over generation 0"
        }
        return TheoryComparison(
            arm: arms[index].name,
            prediction: Prediction(
                metric: theory.metric, values: values, source: theory.source, relation: .excess,
                note: "\(over), seed by seed; the factor is fitted to generation 1 of the arm "
                    + arms[calibrating].name),
            points: points)
    }

    /// k/2 of a theory, and the arm that it is fitted from; nil where that arm lost nothing that
    /// could be measured.
    private func factor(of theory: ExcessTheory) -> (value: Double, arm: Int)? {
        for (index, arm) in arms.enumerated() {
            guard let own = arm.excessTheory, own.calibrates, own.learner == theory.learner,
                own.metric == theory.metric, own.variances.count > 1
            else { continue }
            let lost = Summary(excesses(of: own.metric.name, arm: index, at: 1).compactMap(\.self))
                .mean
            let spread = own.spread(at: 1, overControl: arm.reference != .missing)
            guard lost.isFinite, lost > 0, spread > 0 else { continue }
            return (lost / spread, index)
        }
        return nil
    }

    /// A metric of an arm less that of what the arm is held against at the same generation (of its
    /// own generation 0 where there is no control), for each seed; nil where either is missing or
    /// infinite.
    private func excesses(of metric: String, arm index: Int, at generation: Int) -> [Double?] {
        let (other, otherGeneration): (String, Int)
        if case .arm(let control) = arms[index].reference {
            (other, otherGeneration) = (arms[control].name, generation)
        } else {
            (other, otherGeneration) = (arms[index].name, 0)
        }
        return seeds.map { seed in
            guard
                let own = metrics.value(
                    arm: arms[index].name, seed: seed, generation: generation, metric: metric),
                let reference = metrics.value(
                    arm: other, seed: seed, generation: otherGeneration, metric: metric),
                own.isFinite, reference.isFinite
            else { return nil }
            return own - reference
        }
    }
}
