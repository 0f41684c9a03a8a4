package import Collapse

extension RidgeMixtureSetting {
    private typealias Terms = RidgeMixtureTheory.Terms

    /// A curve of terms with how far it can be trusted.
    private struct Curve {
        var terms: [Terms]
        var source: String
        var note: String
        /// Whether the terms are predicted one by one, or only their sum.
        var isSplit = true
    }

    private static let undefined = Terms(bias: .nan, variance: .nan, zeta: .nan)
    private static let limit = "deterministic equivalent: large n, d and m at fixed ratios"

    /// Test error and its terms in each generation.
    ///
    /// Generation 0 has real labels only. A mixture with the base labeller follows Theorem 1 or 2;
    /// weights, iterative mixing and reused data have curves for the linear learner with more
    /// examples than dimensions.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let curve = curve(plan)
        let terms = curve.terms
        func prediction(_ metric: MetricDeclaration, _ value: (Terms) -> Double) -> Prediction {
            Prediction(
                metric: metric, values: terms.map(value), source: curve.source,
                relation: .approximation, note: curve.note)
        }
        let whole = prediction(Metric.testError) { $0.testError }
        guard curve.isSplit else { return [whole] }
        return [
            whole, prediction(Metric.bias) { $0.bias },
            prediction(Metric.variance) { $0.variance }, prediction(Metric.zeta) { $0.zeta },
            prediction(Metric.cleanError) { $0.cleanError },
        ]
    }

    private func curve(_ plan: ChainPlan) -> Curve {
        let (arm, sizes) = (plan.arm, plan.sizes)
        guard let shares = syntheticShares(plan) else {
            return undefinedAfterStart(
                sizes, "no curve for this workflow: its labels come from several labellers at once")
        }
        if !arm.curation.isEmpty {
            guard let weight = arm.curation.first as? Weight, arm.curation.count == 1,
                arm.sampleFrom == .base
            else {
                return undefinedAfterStart(
                    sizes,
                    "no curve for this curation: only one weight stage with the base labeller")
            }
            return weighted(sizes, shares, real: weight.real, synthetic: weight.synthetic)
        }
        switch arm.sampleFrom {
        case .base:
            return Curve(
                terms: zip(sizes, shares).map { oneShot($0, share: $1) },
                source: width == nil
                    ? "Strong Model Collapse, Theorem 1" : "Strong Model Collapse, Theorem 2",
                note: note(for: sizes))
        case .previous, .baseThenPrevious:
            return iterated(plan, shares)
        }
    }

    /// p2 of each generation, as the mixture rounds it; nil for pools of many generations.
    private func syntheticShares(_ plan: ChainPlan) -> [Double]? {
        switch plan.dataFlow {
        case .replace, .mixture:
            zip(plan.realSizes, plan.sizes).map { 1 - Double($0) / Double($1) }
        case .accumulate, .accumulateSubsample, .other: nil
        }
    }

    private var theory: RidgeMixtureTheory {
        RidgeMixtureTheory(
            spectrum: spectrum.eigenvalues(dimension: dimension), penalty: penalty, width: width)
    }

    /// The terms of a fit whose labeller's error is `quality`, spread as evenly over the
    /// eigenvectors as the signal.
    private func oneShot(
        _ size: Int, share: Double, quality: Double? = nil
    ) -> Terms {
        let theory = theory
        let even = theory.spectrum.map { 1 / (Double(dimension) * $0) }
        return theory.terms(
            .init(
                examples: Double(size), syntheticShare: share,
                noise: (1 - share) * realNoise + share * syntheticNoise),
            signal: even.map { $0 * signal }, shift: even.map { $0 * (quality ?? labelQuality) })
    }

    /// Says where the mean is infinite.
    private func note(for sizes: [Int]) -> String {
        let terms = sizes.map { oneShot($0, share: 0) }
        guard let worst = zip(sizes, terms).first(where: { !$0.1.testError.isFinite }) else {
            return Self.limit
        }
        return
            "infinite: without a ridge the error of \(worst.0) examples in \(dimension) dimensions "
            + "has no mean (it needs n > d + 1)"
    }

    /// Generation 0 is predicted, the rest is not.
    private func undefinedAfterStart(_ sizes: [Int], _ note: String) -> Curve {
        var terms = sizes.map { _ in Self.undefined }
        terms[0] = oneShot(sizes[0], share: 0)
        return Curve(terms: terms, source: "Strong Model Collapse", note: note)
    }

    /// Whether the fit shrinks next to nothing, so that only n, d and the noise matter.
    private func isUnshrunk(_ sizes: [Int]) -> Bool {
        let theory = theory
        guard width == nil, let smallest = theory.spectrum.min(),
            sizes.allSatisfy({ $0 > dimension + 1 })
        else { return false }
        return sizes.allSatisfy { theory.kappa(examples: Double($0)) < 0.01 * smallest }
    }

    // MARK: Weights (section 5.1)

    /// Weights g1 of real and g2 of synthetic examples: see ``RidgeMixtureTheory/WeightedGroups``.
    private func weighted(
        _ sizes: [Int], _ shares: [Double], real: Double, synthetic: Double
    ) -> Curve {
        guard isUnshrunk(sizes) else {
            return undefinedAfterStart(
                sizes, "weights have a curve only for n > d and a ridge that shrinks nothing")
        }
        let terms = zip(sizes, shares).map { size, p2 in
            RidgeMixtureTheory.WeightedGroups(
                real: .init(share: 1 - p2, weight: real, noise: realNoise),
                synthetic: .init(share: p2, weight: synthetic, noise: syntheticNoise)
            ).terms(ratio: Double(dimension) / Double(size), quality: labelQuality)
        }
        return Curve(
            terms: terms, source: "Strong Model Collapse, section 5.1, with all orders of d/n",
            note: terms.allSatisfy { $0.testError.isFinite }
                ? Self.limit
                : "infinite: fewer examples of positive weight than dimensions determine no fit")
    }

    // MARK: Iterative mixing (section 5.2)

    /// Each round's labeller is the model before it.
    ///
    /// With fresh data its error is independent of the new inputs, so that a round multiplies it by
    /// zeta's factor, p2^2 to leading order, and adds the error of n clean labels: E_t = E (1 -
    /// p2^2t)/(1 - p2^2) + p2^2t c0^2.
    private func iterated(_ plan: ChainPlan, _ shares: [Double]) -> Curve {
        let (arm, sizes) = (plan.arm, plan.sizes)
        guard isUnshrunk(sizes) else {
            return undefinedAfterStart(
                sizes,
                "iterative mixing has a curve only for n > d and a ridge that shrinks nothing")
        }
        let policy: RealDataPolicy =
            if case .mixture(let drawn) = plan.dataFlow { drawn } else { .fresh }
        switch (design, policy) {
        case (.fresh, .fresh):
            var terms: [Terms] = []
            for (t, size) in sizes.enumerated() {
                let quality =
                    t == 1 && arm.sampleFrom == .baseThenPrevious
                    ? labelQuality : terms.last?.testError ?? 0
                terms.append(oneShot(size, share: shares[t], quality: quality))
            }
            return Curve(
                terms: terms, source: "Strong Model Collapse, Corollary 3",
                note: "the labeller's error is spread evenly and independent of the new points")
        case (.same, .kept) where arm.sampleFrom == .baseThenPrevious && Set(sizes[1...]).count < 2:
            return Curve(
                terms: reused(sizes, shares), source: "Strong Model Collapse, section 5.2",
                note: "leading order in d/n, for the same points in every round", isSplit: false)
        default:
            return undefinedAfterStart(
                sizes,
                "no curve: either all points are fresh (design: fresh, real-data: fresh) or all are "
                    + "reused (design: same, real-data: kept, sample-from: base-then-previous)")
        }
    }

    /// With the same points in every round the labels' noise is met again and again. To leading
    /// order the error follows e_t = p2 e_{t-1} + g + h_t, where g, of squared norm p1 s1^2 d/n, is
    /// the real labels' noise, always the same, and h_t, of squared norm p2 s2^2 d/n, that of
    /// relabelling, new each time. The limit without h is the fit to the real part alone.
    private func reused(_ sizes: [Int], _ shares: [Double]) -> [Terms] {
        sizes.enumerated().map { t, size in
            guard t > 0 else { return oneShot(size, share: 0) }
            let p2 = shares[t]
            let unit = Double(dimension) / Double(size - dimension - 1)
            // 1 + p2 + ... + p2^(t-1), the same of squares, and p2^2t.
            var (sum, squares, power) = (0.0, 0.0, 1.0)
            for _ in 0..<t {
                sum += power
                squares += power * power
                power *= p2
            }
            let noise =
                (1 - p2) * realNoise * unit * sum * sum + p2 * syntheticNoise * unit * squares
            return Terms(bias: 0, variance: noise, zeta: power * power * labelQuality)
        }
    }
}
