/// Each generation trains on generation 0's real sample and all samples so far (Gerstgrasser et al.
/// 2024): the real share falls as 1/(t + 1) at constant sample size.
package struct Accumulate: Workflow {
    package init() {}

    package func composition(at t: Int, in context: CompositionContext) -> Composition {
        Composition(
            parts: [.real(context.initialDraw)]
                + (1...t).map { .synthetic(generation: $0, size: context.sampleSizes[$0]) })
    }

    package var usesHistory: Bool { true }
    package var onlyGrows: Bool { true }
    package var summary: String { "real data and all samples so far" }
}

/// The pool of ``Accumulate``, subsampled without replacement to one generation's size (Kazdan et al. 2024):
/// the fixed-budget form.
package struct AccumulateSubsample: Workflow {
    package init() {}

    package func composition(at t: Int, in context: CompositionContext) -> Composition {
        var pool = Accumulate().composition(at: t, in: context)
        pool.subsample = context.sampleSizes[t]
        return pool
    }

    package var usesHistory: Bool { true }
    package var summary: String { "a subsample of real data and all samples so far" }
}
