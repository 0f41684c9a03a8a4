import Compute
public import Support

/// Latent Space Filtering (Cai et al. 2025): a linear probe, trained once on the latents of the real
/// data under generation 0's model, scores every example by the probability of its own class, and
/// the highest scores of each class are kept, real examples among the others. Data without samples is
/// left alone.
public struct LatentProbe: CurationStage {
    /// How many examples of each class are kept, where there are as many.
    public var perClass: Int

    public static let name = "latent-probe"
    public static let help =
        "Keep of each class the examples, real or not, that a probe on latents of generation 0's "
        + "model is surest of. For text, which is of no classes, see the stage detector."
    static let count = Key(
        "per-class", .integer(1...1_000_000_000),
        help: "Examples of each class that are kept, where there are as many.")

    @KeyList public static var keys: [KeyDeclaration] { count }

    public init(perClass: Int) {
        self.perClass = perClass
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        perClass = try value[Self.count]
    }

    public var models: [CurationModel] { [.generation0] }
    public var needs: Set<Capability> { [.latents] }
    public var sparesGeneration0: Bool { true }

    private static let accuracy = MetricDeclaration(
        "probe_accuracy", title: "probe accuracy", direction: .higherIsBetter,
        help: "The share of the real examples that the probe was trained on whose class it finds.")
    private static let confidence = MetricDeclaration(
        "confidence_in", title: "confidence before", direction: .neither,
        help: "The mean probability of an example's own class, before the stage.")
    private static let keptConfidence = MetricDeclaration(
        "confidence_out", title: "confidence after", direction: .neither,
        help: "The mean probability of an example's own class, of those that are kept, on the "
            + "latents that they were chosen by.")
    public static var metrics: [MetricDeclaration] { [accuracy, confidence, keptConfidence] }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        // A control, which has no samples, stays as it is.
        guard context.generation > 0, data.pool.provenance.runs.contains(where: { $0.value > 0 })
        else { return CurationOutcome(data: data) }
        let (probe, accuracy) = try context.probe()
        let latents = try context.latents(of: data.examples)
        let scores = probe.confidence(of: latents.features, labels: latents.labels)
        var isKept = Array(repeating: false, count: scores.count)
        for label in Set(latents.labels).sorted() {
            // Ties go to the earlier example.
            let ranked = scores.indices.filter { latents.labels[$0] == label }.sorted {
                scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
            }
            for index in ranked.prefix(perClass) { isKept[index] = true }
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        return CurationOutcome(
            data: data.keeping { isKept[$0] },
            metrics: [
                Self.accuracy.value(accuracy), Self.confidence.value(mean(scores)),
                Self.keptConfidence.value(mean(zip(scores, isKept).filter(\.1).map(\.0))),
            ])
    }
}
