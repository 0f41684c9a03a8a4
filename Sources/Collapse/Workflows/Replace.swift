/// Each generation trains on the newest samples alone.
package struct Replace: Workflow {
    package init() {}

    package func composition(at t: Int, in context: CompositionContext) -> Composition {
        Composition(parts: [.synthetic(generation: t, size: context.sampleSizes[t])])
    }

    package var summary: String { "only the newest samples" }
}
