public import Support

/// Multiplies the weights of real and of synthetic examples.
public struct Weight: CurationStage {
    /// The factor of the weight of each real example, at least 0.
    public var real: Double
    /// The factor of the weight of each synthetic example, at least 0.
    public var synthetic: Double

    public static let name = "weight"
    public static let help = "Weight real against synthetic examples in the fit."
    /// The key of ``real``, at least 0.
    public static let realWeight = Key(
        "real", .number(0...1e6), default: 1,
        help: "What the weight of a real example is multiplied by.")
    /// The key of ``synthetic``, at least 0.
    static let syntheticWeight = Key(
        "synthetic", .number(0...1e6), default: 1,
        help: "What the weight of a synthetic example is multiplied by.")

    @KeyList public static var keys: [KeyDeclaration] {
        realWeight
        syntheticWeight
    }

    public init(real: Double, synthetic: Double) {
        self.real = real
        self.synthetic = synthetic
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            real: try value[Self.realWeight], synthetic: try value[Self.syntheticWeight])
    }

    public var sparesGeneration0: Bool { false }
    public var hasFractionalWeights: Bool {
        real.rounded() != real || synthetic.rounded() != synthetic
    }

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
