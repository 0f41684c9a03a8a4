import Support

/// What theory says of how far an arm's metric rises over its control, up to two constants that
/// depend on the learner and its data alone:
///
///     excess_t = k/2 (R_t - R_t of the control),   R_t the relative variance of the model
///
/// k, the number of parameters that the data have to tell, is fitted to what the arm that replaces
/// its data lost in its first generation, and then predicts every generation of every arm. Real text
/// comes in documents, whose words are alike: n of its words tell less than n independent draws
/// do. The factor between them, the design effect (Kish 1965), is fitted to what more real data
/// brought a control in its first generation; without a control that grows it is taken for 1.
///
/// It is the second-order term of a divergence: where the variance of the model's probabilities is no
/// longer small, terms of higher order, which is to say biases that compound, take over.
public struct ExcessTheory: Hashable, Sendable {
    /// R_t of one generation: the variance of a probability p of the model over p (1 - p).
    public struct Variance: Hashable, Sendable {
        /// Where real draws are independent.
        public var independent: Double
        /// What each unit of the design effect beyond 1 adds.
        public var perDesignEffect: Double

        public init(independent: Double, perDesignEffect: Double) {
            self.independent = independent
            self.perDesignEffect = perDesignEffect
        }

        static func - (left: Variance, right: Variance) -> Variance {
            Variance(
                independent: left.independent - right.independent,
                perDesignEffect: left.perDesignEffect - right.perDesignEffect)
        }
    }

    /// The metric whose excess it is.
    public var metric: MetricDeclaration
    /// R_t from generation 0, by the plan of the arm's data.
    public var variances: [Variance]
    /// The data of each generation, which fresh real data of a control has, too.
    public var sizes: [Double]
    /// Arms whose constants are one: the same learner with as much data in generation 0.
    public var learner: String
    /// Whether k is fitted from this arm.
    public var calibrates: Bool
    /// Beyond this much of k/2 R_t terms of higher order count, in the metric's unit.
    public var limit: Double
    /// Where the formula stands: paper and equation.
    public var source: String

    public init(
        metric: MetricDeclaration, variances: [Variance], sizes: [Double], learner: String,
        calibrates: Bool, limit: Double, source: String
    ) {
        precondition(variances.count == sizes.count, "variances of other generations")
        self.metric = metric
        self.variances = variances
        self.sizes = sizes
        self.learner = learner
        self.calibrates = calibrates
        self.limit = limit
        self.source = source
    }

    /// R_t of models that fresh real data of the arm's sizes make.
    func controlVariance(at t: Int) -> Variance {
        Variance(independent: 1 / sizes[t], perDesignEffect: 1 / sizes[t])
    }

    /// R_t less that of what an arm is held against: the control, or its own generation 0.
    func spread(at t: Int, overControl: Bool) -> Variance {
        variances[t] - (overControl ? controlVariance(at: t) : variances[0])
    }

    /// The excess over the control in units of k/(2 n_0), before anything is measured.
    public var shape: Prediction {
        Prediction(
            metric: metric,
            values: variances.indices.map {
                spread(at: $0, overControl: true).independent / variances[0].independent
            }, source: source, relation: .excess,
            note:
                "over the control, in units of k/(2 n_0), which is fitted when the arm that replaces "
                + "its data has been measured; real draws are taken for independent")
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
    /// without a theory, for an arm of real data alone, and while nothing tells the constants.
    ///
    /// The error of measured minus predicted is the jackknife's over seeds: it holds that of the
    /// constants, which are fitted to the same seeds.
    public func excessComparison(of index: Int) -> TheoryComparison? {
        guard let theory = arms[index].excessTheory, arms[index].reference != .itself,
            let fit = ExcessFit(theory, in: self), let constants = fit.constants()
        else { return nil }
        let overControl = arms[index].reference != .missing
        let last = min(generations, theory.variances.count - 1)
        let spreads = (0...last).map { theory.spread(at: $0, overControl: overControl) }
        let without = seeds.indices.map { fit.constants(without: $0) }
        let points = (0...last).compactMap { t -> TheoryComparison.Point? in
            let measured = excesses(of: theory.metric.name, arm: index, at: t)
            guard measured.contains(where: { $0 != nil }) else { return nil }
            let differences = seeds.indices.compactMap { seed -> Double? in
                guard measured[seed] != nil, let constants = without[seed] else { return nil }
                return measured.mean(without: seed) - constants.excess(of: spreads[t])
            }
            return TheoryComparison.Point(
                generation: t, predicted: constants.excess(of: spreads[t]),
                measured: Summary(measured.compactMap(\.self)),
                errorOfDifference: Self.jackknifeError(differences),
                isInRange: constants.excess(of: theory.variances[t]) <= theory.limit)
        }
        return TheoryComparison(
            arm: arms[index].name,
            prediction: Prediction(
                metric: theory.metric, values: spreads.map { constants.excess(of: $0) },
                source: theory.source, relation: .excess, note: words(fit, constants, index)),
            points: points)
    }

    private static func jackknifeError(_ values: [Double]) -> Double {
        guard values.count > 1 else { return .nan }
        let count = Double(values.count)
        return (count - 1) / count.squareRoot() * Summary(values).standardDeviation
    }

    private func words(
        _ fit: ExcessFit, _ constants: ExcessFit.Constants, _ index: Int
    ) -> String {
        let over: String
        if case .arm(let control) = arms[index].reference {
            over = "over the arm \(arms[control].name)"
        } else {
            over = "over generation 0"
        }
        let opening =
            "\(over), seed by seed; k is fitted to generation 1 of the arm \(arms[fit.lossArm].name), "
        guard let gainArm = fit.gainArm, constants.designEffect > 1 else {
            return opening + "and real draws are taken for independent"
        }
        let effect = (constants.designEffect * 100).rounded() / 100
        return opening + "and a design effect of real data of \(effect) to that of "
            + arms[gainArm].name
    }

    /// A metric of an arm less that of what the arm is held against at the same generation (of its
    /// own generation 0 where there is no control), for each seed; nil where either is missing or
    /// infinite.
    func excesses(of metric: String, arm index: Int, at generation: Int) -> [Double?] {
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
