/// Each generation trains on generation 0's real sample and all samples so far (Gerstgrasser et al.
/// 2024): the real share falls as 1/(t + 1) at constant sample size.
public struct Accumulate: Workflow {
    public init() {}

    public func composition(at t: Int, in context: CompositionContext) -> Composition {
        Composition(
            parts: [.real(context.initialDraw)]
                + (1...t).map { .synthetic(generation: $0, size: context.sampleSizes[$0]) })
    }

    public var usesHistory: Bool { true }
    public var onlyGrows: Bool { true }
    public var summary: String { "real data and all samples so far" }
}

/// The pool of ``Accumulate``, subsampled without replacement to one generation's size (Kazdan et al. 2024):
/// the fixed-budget form.
public struct AccumulateSubsample: Workflow {
    public init() {}

    public func composition(at t: Int, in context: CompositionContext) -> Composition {
        var pool = Accumulate().composition(at: t, in: context)
        pool.subsample = context.sampleSizes[t]
        return pool
    }

    public var usesHistory: Bool { true }
    public var summary: String { "a subsample of real data and all samples so far" }
}
