public import Support

/// Each generation trains on generation 0's real sample and all samples so far (Gerstgrasser et al.
/// 2024): the real share falls as 1/(t + 1) at constant sample size.
public struct Accumulate: Workflow {
    public static let name = "accumulate"
    public static let help = "Generation 0's real sample and all samples so far."

    public init() {}
    public init(_ arm: SpecificationValue) {}

    public func composition(at t: Int, in context: CompositionContext) -> Composition {
        Composition(
            parts: [.real(context.initialDraw)]
                + (1...t).map { .synthetic(generation: $0, size: context.sampleSizes[$0]) })
    }

    public var sampleUse: SampleUse { .whole }
    public var summary: String { "real data and all samples so far" }
}
