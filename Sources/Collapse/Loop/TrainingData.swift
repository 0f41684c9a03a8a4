/// The composed and curated data of a generation.
public struct TrainingData<Examples: ExampleCollection>: Sendable {
    /// The examples with their provenance.
    public var pool: Pool<Examples>
    /// One weight per example, or nil where all weigh 1.
    public var weights: [Double]?
    /// The generation that is fitted, for policies that change with it.
    public var generation: Int
    /// The place that each example had before a stage of curation selected some; nil where all are
    /// in theirs.
    public private(set) var origins: [Int]?

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

    /// The data as the next stage of curation finds it, with every example in its place.
    var settled: TrainingData {
        TrainingData(pool: pool, weights: weights, generation: generation)
    }

    /// The data of the examples at some indices, which may repeat, in that order: each with its
    /// provenance and its weight.
    public func selecting(_ indices: [Int]) -> TrainingData {
        var selected = TrainingData(
            pool: pool.selecting(indices), weights: weights.map { all in indices.map { all[$0] } },
            generation: generation)
        selected.origins = origins.map { known in indices.map { known[$0] } } ?? indices
        return selected
    }

    /// The data with only the examples left for which `isKept` holds.
    func keeping(where isKept: (Int) throws -> Bool) rethrows -> TrainingData {
        let indices = try (0..<examples.count).filter(isKept)
        return indices.count < examples.count ? selecting(indices) : self
    }

    /// The data up to a total size; the last example is cut where needed.
    func prefix(size: Int) -> TrainingData {
        let count = examples.count
        var prefix = self
        prefix.pool = pool.prefix(size: size)
        let left = prefix.examples.count
        prefix.weights = weights.map { Array($0.prefix(left)) }
        prefix.origins =
            origins.map { Array($0.prefix(left)) }
            ?? (left < count ? Array(0..<left) : nil)
        return prefix
    }

    /// The data with each example as often as `counts` says.
    ///
    /// Once each in their order come those that are there at all, then those that are there again:
    /// copies side by side would lie in one context of a learner that reads examples one after
    /// another. A copy of the example at `last`, where there is one, comes behind all.
    func repeating(_ counts: [Int], last: Int? = nil) -> TrainingData {
        var counts = counts
        if let last { counts[last] -= 1 }
        var indices: [Int] = []
        var round = 1
        var left = counts.indices.filter { counts[$0] >= round }
        while !left.isEmpty {
            indices += left
            round += 1
            left.removeAll { counts[$0] < round }
        }
        return selecting(indices + (last.map { [$0] } ?? []))
    }
}
