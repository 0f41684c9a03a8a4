package import Collapse

extension LanguageSetting {
    /// The excess over the control that second moments predict: each conditional probability of the
    /// model is a martingale around the truth with the relative variance R_t, and the cross-entropy
    /// exceeds that of the truth by k/2 R_t to second order, for k free parameters that all have many
    /// draws. In text most have few, so that k stands for an effective number, which is fitted.
    ///
    /// There is a theory of models that are fitted from scratch to what they draw as they are:
    /// decoding, curation and fits that start from a model bias every generation.
    package func excessTheory(for plan: ChainPlan) -> ExcessTheory? {
        let arm = plan.arm
        guard arm.startFrom == .scratch, arm.sampleFrom == .previous, arm.curation.isEmpty,
            sampling.isPlain, !(learner is ParallelLearner)
        else { return nil }
        let sizes = plan.compositions.map { Double(max(1, $0.size)) }
        func theory(_ variances: [ExcessTheory.Variance], calibrates: Bool) -> ExcessTheory {
            ExcessTheory(
                metric: Self.declaration.metric(Self.declaration.headline), variances: variances,
                sizes: sizes, learner: "\(fitKeys) \(realTextKeys) \(plan.sizes[0])",
                calibrates: calibrates,
                limit: Self.largestVariance,
                source: "Bakshi and Chakraborty 2026, with an effective number of parameters")
        }
        if plan.isReal {
            return theory(
                sizes.map { .init(independent: 1 / $0, perDesignEffect: 1 / $0) },
                calibrates: false)
        }
        guard let counts = DrawCounts(plan),
            let independent = RelativeVariances(counts)?.model,
            let clustered = RelativeVariances(counts, designEffect: 2)?.model
        else { return nil }
        return theory(
            zip(independent, clustered).map {
                .init(independent: $0, perDesignEffect: $1 - $0)
            }, calibrates: counts.kind == .replace && arm.parents == 1)
    }

    /// The excess in nats per token up to which the second-order term stands for the divergence. The
    /// mean square of the relative errors of probabilities is twice it, and the next term is smaller by
    /// about the root of that: a tenth of a nat is a relative error of 45 %.
    private static let largestVariance = 0.1
}
