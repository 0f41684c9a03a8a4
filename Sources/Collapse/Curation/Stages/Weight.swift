/// Multiplies the weights of real and of synthetic examples.
package struct Weight: CurationStage {
    package var real: Double
    package var synthetic: Double

    package static let name = "weight"
    package static let help = "Weight real against synthetic examples in the fit."
    package static let keys = [
        KeyDeclaration(
            "real", .number(0...1e6), default: .number(1),
            help: "What the weight of a real example is multiplied by."),
        KeyDeclaration(
            "synthetic", .number(0...1e6), default: .number(1),
            help: "What the weight of a synthetic example is multiplied by."),
    ]

    package init(real: Double, synthetic: Double) {
        self.real = real
        self.synthetic = synthetic
    }

    package init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            real: value.required("real").numberValue,
            synthetic: value.required("synthetic").numberValue)
    }

    package var canonicalText: String { "weight(real: \(real), synthetic: \(synthetic))" }
    package var judgesSyntheticOnly: Bool { false }

    package func apply<Setting: TaskSetting>(
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
