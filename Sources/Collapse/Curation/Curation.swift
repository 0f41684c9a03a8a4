/// What curation did to the composed data.
public struct CurationOutcome<Examples: ExampleCollection>: Sendable {
    public var data: TrainingData<Examples>
    /// Counts in and out of each stage, and what a stage measured of itself.
    public var metrics: [MetricValue]

    public init(data: TrainingData<Examples>, metrics: [MetricValue] = []) {
        self.data = data
        self.metrics = metrics
    }
}

/// The composed data on their way through the stages.
public enum Curation {
    /// Applies the stages in order.
    ///
    /// - Throws: What a stage or the setting throws.
    public static func apply<Setting: TaskSetting>(
        _ stages: [any CurationStage], to pool: Pool<Setting.Examples>,
        in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        var curated = CurationOutcome(
            data: TrainingData(pool: pool, generation: context.generation))
        for (index, stage) in stages.enumerated() {
            let before = curated.data.examples
            let outcome = try stage.apply(to: curated.data, in: context.at(stage: index))
            let after = outcome.data.examples
            let prefix = "curate.\(index + 1).\(stage.name)."
            curated.data = outcome.data
            curated.metrics += [
                MetricValue(prefix + "examples_in", Double(before.count)),
                MetricValue(prefix + "examples_out", Double(after.count)),
                MetricValue(prefix + "size_in", Double(before.totalSize)),
                MetricValue(prefix + "size_out", Double(after.totalSize)),
            ]
            curated.metrics += outcome.metrics.map { MetricValue(prefix + $0.name, $0.value) }
        }
        return curated
    }
}

extension TrainingData {
    /// The data with only the examples left for which `isKept` holds.
    func keeping(where isKept: (Int) throws -> Bool) rethrows -> TrainingData {
        let indices = try (0..<examples.count).filter(isKept)
        guard indices.count < examples.count else { return self }
        return TrainingData(
            pool: pool.selecting(indices), weights: weights.map { all in indices.map { all[$0] } },
            generation: generation)
    }
}
