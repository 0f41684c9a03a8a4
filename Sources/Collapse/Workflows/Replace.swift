/// Each generation trains on the newest samples alone.
public struct Replace: Workflow {
    public init() {}

    public func composition(at t: Int, in context: CompositionContext) -> Composition {
        Composition(parts: [.synthetic(generation: t, size: context.sampleSizes[t])])
    }

    public var summary: String { "only the newest samples" }
}
