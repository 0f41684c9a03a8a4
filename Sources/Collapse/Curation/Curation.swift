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

    private static let ageIn = age("age_in", "before", "goes into")
    private static let ageOut = age("age_out", "after", "comes out of")

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

    private static func age(_ name: String, _ when: String, _ verb: String) -> MetricDeclaration {
        MetricDeclaration(
            name, title: "mean age \(when)", unit: "generations", direction: .neither,
            help: "Mean number of generations between real data and what \(verb) the stage, by "
                + "size; weights do not count.")
    }

    /// Raised when something else is recorded of every stage.
    private static let version = 2

    /// What the records of curated data are named by beside their specification, so that those made
    /// by earlier versions of the stages are made again; nothing where there are no stages.
    public static func versions(of stages: [any CurationStage]) -> [String] {
        stages.isEmpty
            ? []
            : [
                (["curation v\(version)"] + stages.map { "\($0.name) v\($0.version)" })
                    .joined(separator: " ")
            ]
    }

    /// What is recorded of stages, by their place in the specification:
    /// `curate.1.verifier.wrong_in`.
    public static func metrics(of stages: [any CurationStage]) -> [MetricDeclaration] {
        stages.enumerated().flatMap { index, stage in
            ([examplesIn, examplesOut, sizeIn, sizeOut, ageIn, ageOut] + type(of: stage).metrics)
                .map {
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
            let before = DataTally(curated.data.pool)
            let outcome = try stage.apply(to: curated.data.settled, in: context.at(stage: index))
            let after = DataTally(outcome.data.pool)
            let counts = [
                examplesIn.value(Double(before.examples)),
                examplesOut.value(Double(after.examples)),
                sizeIn.value(Double(before.size)), sizeOut.value(Double(after.size)),
                ageIn.value(before.meanAge), ageOut.value(after.meanAge),
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
