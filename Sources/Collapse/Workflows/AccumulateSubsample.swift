public import Support

/// The pool of ``Accumulate``, subsampled without replacement to one generation's size (Kazdan et
/// al. 2024): the fixed-budget form.
public struct AccumulateSubsample: Workflow {
    public static let name = "accumulate-subsample"
    public static let help = "A subsample, of one generation's size, of what accumulate trains on."

    public init() {}
    public init(_ arm: SpecificationValue) {}

    public func composition(at t: Int, in context: CompositionContext) -> Composition {
        .adding(
            [.synthetic(generation: t, size: context.sampleSizes[t])],
            subsample: context.sampleSizes[t])
    }

    public var summary: String { "a subsample of real data and all samples so far" }
}
