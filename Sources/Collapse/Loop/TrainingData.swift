/// The composed and curated data of a generation.
public struct TrainingData<Examples: ExampleCollection>: Sendable {
    /// The examples with their provenance.
    public var pool: Pool<Examples>
    /// One weight per example, or nil where all weigh 1.
    public var weights: [Double]?
    /// The generation that is fitted, for policies that change with it.
    public var generation: Int

    public init(pool: Pool<Examples>, weights: [Double]? = nil, generation: Int = 0) {
        precondition(
            weights.map { $0.count == pool.examples.count } ?? true,
            "\(weights?.count ?? 0) weights for \(pool.examples.count) examples")
        self.pool = pool
        self.weights = weights
        self.generation = generation
    }

    /// The examples of the ``pool``.
    public var examples: Examples { pool.examples }
}
