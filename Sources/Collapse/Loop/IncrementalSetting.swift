public import Compute

/// A setting whose fit needs only statistics of its examples, which add over runs of them: then
/// data that only grows is never gathered, and each generation costs what its new examples cost.
public protocol IncrementalSetting: TaskSetting {
    /// The statistics of examples of one provenance, each with its weight or all with weight 1.
    func statistics(
        of examples: Examples, weights: [Double]?, seedData: SeedData
    ) throws -> Statistics

    /// Adds what later examples say. Statistics are merged in the order of the pool, so that
    /// growing pools and whole ones give the same bits.
    func merge(_ later: Statistics, into statistics: inout Statistics)

    /// The fit to the data that `statistics` sum up.
    func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model>
}

/// What the loop uses of an ``IncrementalSetting``.
public struct IncrementalFit<Setting: TaskSetting>: Sendable {
    var statistics:
        @Sendable (Setting.Examples, [Double]?, Setting.SeedData) throws -> Setting.Statistics
    var merge: @Sendable (Setting.Statistics, inout Setting.Statistics) -> Void
    var fit:
        @Sendable (
            Setting.Statistics, Int, FitStart<Setting.Model>, Setting.SeedData, RandomKey, Workload
        ) throws -> Fitted<Setting.Model>
}

/// The statistics of a setting that fits from the examples themselves: there are none.
public enum NoStatistics: Sendable {}

extension IncrementalSetting {
    public var incrementalFit: IncrementalFit<Self>? {
        IncrementalFit(
            statistics: statistics(of:weights:seedData:), merge: merge(_:into:),
            fit: fit(_:generation:start:seedData:key:work:))
    }

    /// Merges the statistics of each run of equal provenance, in order.
    public func fit(
        _ data: TrainingData<Examples>, start: FitStart<Model>, seedData: SeedData, key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model> {
        func statistics(of part: Range<Int>) throws -> Statistics {
            try self.statistics(
                of: part.count == data.examples.count
                    ? data.examples : data.examples.selecting(Array(part)),
                weights: data.weights.map { Array($0[part]) }, seedData: seedData)
        }
        let ends = data.pool.provenance.runs.map(\.end)
        var whole = try statistics(of: 0..<(ends.first ?? 0))
        for (first, end) in zip(ends, ends.dropFirst()) {
            merge(try statistics(of: first..<end), into: &whole)
        }
        return try fit(
            whole, generation: data.generation, start: start, seedData: seedData, key: key,
            work: work)
    }
}
