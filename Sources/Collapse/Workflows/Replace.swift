public import Support

/// Each generation trains on the newest samples alone.
public struct Replace: Workflow {
    public static let name = "replace"
    public static let help = "Only the newest samples."

    public init() {}
    public init(_ arm: SpecificationValue) {}

    public func composition(at t: Int, in context: CompositionContext) -> Composition {
        Composition(parts: [.synthetic(generation: t, size: context.sampleSizes[t])])
    }

    public var sampleUse: SampleUse { .whole }
    public var summary: String { "only the newest samples" }
}
