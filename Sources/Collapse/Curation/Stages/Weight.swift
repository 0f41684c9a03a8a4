public import Support

/// Multiplies the weights of real and of synthetic examples.
public struct Weight: CurationStage {
    public var real: Double
    public var synthetic: Double

    public static let name = "weight"
    public static let help = "Weight real against synthetic examples in the fit."
    public static let keys = [
        KeyDeclaration(
            "real", .number(0...1e6), default: .number(1),
            help: "What the weight of a real example is multiplied by."),
        KeyDeclaration(
            "synthetic", .number(0...1e6), default: .number(1),
            help: "What the weight of a synthetic example is multiplied by."),
    ]

    public init(real: Double, synthetic: Double) {
        self.real = real
        self.synthetic = synthetic
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            real: value.required("real").numberValue,
            synthetic: value.required("synthetic").numberValue)
    }

    public var canonicalText: String { "weight(real: \(real), synthetic: \(synthetic))" }
    public var judgesSyntheticOnly: Bool { false }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) -> CurationOutcome<Setting.Examples> {
        var weighted = data
        var weights = data.weights ?? Array(repeating: 1, count: data.examples.count)
        for index in weights.indices {
            weights[index] *= data.pool.provenance[index] == 0 ? real : synthetic
        }
        weighted.weights = weights
        return CurationOutcome(data: weighted)
    }
}
