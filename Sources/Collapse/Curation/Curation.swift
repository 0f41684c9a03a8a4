/// What curation did to the composed data.
public struct CurationOutcome<Examples: ExampleCollection>: Sendable {
    /// The examples that are left, with their weights.
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
    private static let examplesIn = count(
        "examples_in", "examples before", "Examples before the stage.")
    private static let examplesOut = count(
        "examples_out", "examples after", "Examples that the stage left.")
    private static let sizeIn = count(
        "size_in", "size before", "Size of the data before the stage.")
    private static let sizeOut = count(
        "size_out", "size after", "Size of the data that the stage left.")

    private static func count(_ name: String, _ title: String, _ help: String) -> MetricDeclaration
    {
        MetricDeclaration(name, title: title, direction: .neither, help: help)
    }

    /// What is recorded of the stages of an arm, in whichever phase they are.
    public static func metrics(of arm: ArmSpecification) -> [MetricDeclaration] {
        var seen: Set<String> = []
        return arm.stretches.flatMap { metrics(of: $0.curation) }.filter {
            seen.insert($0.name).inserted
        }
    }

    /// What is recorded of stages, by their place in the specification:
    /// `curate.1.verifier.wrong_in`.
    public static func metrics(of stages: [any CurationStage]) -> [MetricDeclaration] {
        stages.enumerated().flatMap { index, stage in
            ([examplesIn, examplesOut, sizeIn, sizeOut] + type(of: stage).metrics).map {
                var metric = $0
                metric.name = prefix(index, stage) + metric.name
                metric.title = "curation stage \(index + 1), \(stage.name): \(metric.title)"
                return metric
            }
        }
    }

    private static func prefix(_ index: Int, _ stage: any CurationStage) -> String {
        "curate.\(index + 1).\(stage.name)."
    }

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
            let counts = [
                examplesIn.value(Double(before.count)), examplesOut.value(Double(after.count)),
                sizeIn.value(Double(before.totalSize)), sizeOut.value(Double(after.totalSize)),
            ]
            let prefix = prefix(index, stage)
            curated.data = outcome.data
            curated.metrics += (counts + outcome.metrics).map {
                MetricValue(prefix + $0.name, $0.value)
            }
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
