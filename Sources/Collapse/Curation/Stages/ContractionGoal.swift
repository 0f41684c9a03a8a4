import Support

/// What a contraction pulls towards, and how hard.
public struct ContractionGoal: Hashable, Sendable {
    /// Where the information about the truth comes from.
    public enum Reference: String, CaseIterable, Sendable {
        /// The true distribution itself: no lab has it, but theory assumes it.
        case truth
        /// What the real data of generation 0 say: their error is the floor.
        case generation0 = "generation-0"
    }

    /// b: the error is multiplied by 1 - b.
    public var factor: Double
    /// Which distribution's estimate is the reference, before the ``offset``.
    public var reference: Reference
    /// What a biased reference is off by, in each coordinate: the "knowledge centre" of a verifier.
    public var offset: Double

    public init(factor: Double, reference: Reference, offset: Double = 0) {
        self.factor = factor
        self.reference = reference
        self.offset = offset
    }

    init(_ value: SpecificationValue) throws(SpecificationIssue) {
        factor = try value[Self.contraction]
        reference = try value[Self.target]
        offset = try value[Self.bias]
    }

    static let contraction = Key(
        "factor", .number(0...1),
        help: "b: the expected error of the re-estimate is 1 - b times the last model's.")
    static let target = Key<Reference>(
        "reference", .choice,
        help: "What the estimate is pulled towards: the truth, or generation 0's estimate from "
            + "real data, whose own error is then the floor.")
    static let bias = Key(
        "offset", .number(-1e6...1e6), default: 0,
        help: "What the reference is off by, for a biased verifier: the loop ends there "
            + "(Yi et al. 2025).")

    @KeyList static var keys: [KeyDeclaration] {
        contraction
        target
        bias
    }

    var models: [CurationModel] { reference == .truth ? [.previous] : [.previous, .generation0] }
}

/// The newest synthetic examples as a contraction sees them.
struct ContractionTask {
    /// Their positions in the data.
    let newest: [Int]
    /// Their features, row by row.
    let features: [Double]
    /// The mean of the features under the model that drew them: known, so that the noise of this
    /// sample need not be taken for an error.
    let estimate: [Double]
    let reference: [Double]

    var dimension: Int { estimate.count }

    /// Nil where there is nothing to contract.
    init?<Setting: TaskSetting>(
        _ data: TrainingData<Setting.Examples>, goal: ContractionGoal,
        in context: CurationContext<Setting>
    ) throws {
        guard context.generation > 0, let previous = try context.model(.previous) else {
            return nil
        }
        newest = data.examples.count == 0 ? [] : data.indices(ofProvenance: context.generation)
        guard !newest.isEmpty else { return nil }
        features = try context.features(
            of: newest.count == data.examples.count
                ? data.examples : data.examples.selecting(newest))
        estimate = try context.estimate(of: previous)
        precondition(
            features.count == newest.count * estimate.count,
            "\(features.count) features for \(newest.count) examples of \(estimate.count)")
        let centre =
            switch goal.reference {
            case .truth: try context.estimate(of: nil)
            case .generation0:
                try context.estimate(of: context.model(.generation0))
            }
        reference = centre.map { $0 + goal.offset }
    }

    /// The mean of the features with weights, or with equal ones.
    func mean(_ weights: [Double]? = nil) -> [Double] {
        var sum = Array(repeating: 0.0, count: dimension)
        var total = 0.0
        for index in newest.indices {
            let weight = weights?[index] ?? 1
            total += weight
            for coordinate in 0..<dimension {
                sum[coordinate] += weight * features[index * dimension + coordinate]
            }
        }
        return sum.map { $0 / total }
    }

    /// The mean of each coordinate of the features, and its standard deviation: 1 where all are equal.
    func meanAndDeviation() -> (mean: [Double], deviation: [Double]) {
        let mean = mean()
        var squares = Array(repeating: 0.0, count: dimension)
        for (index, feature) in features.enumerated() {
            let distance = feature - mean[index % dimension]
            squares[index % dimension] += distance * distance
        }
        let deviation = squares.map { $0 > 0 ? ($0 / Double(newest.count)).squareRoot() : 1 }
        return (mean, deviation)
    }

    static let metrics = [contraction, effectiveShare]
    private static let contraction = MetricDeclaration(
        "contraction", title: "contraction", direction: .lowerIsBetter,
        help: "The expected error of the estimate after the stage over the error before.")
    private static let effectiveShare = MetricDeclaration(
        "effective_share", title: "effective share", direction: .higherIsBetter,
        help: "How many equally weighted examples would be as good, of all.")

    /// What weights achieved.
    func metrics(_ weights: [Double]) -> [MetricValue] {
        let (plain, weighted) = (mean(), mean(weights))
        var before = 0.0
        var after = 0.0
        for coordinate in 0..<dimension {
            let error = estimate[coordinate] - reference[coordinate]
            let left = error + weighted[coordinate] - plain[coordinate]
            before += error * error
            after += left * left
        }
        let total = weights.reduce(0, +)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        return [
            Self.contraction.value((after / before).squareRoot()),
            Self.effectiveShare.value(total * total / (squares * Double(weights.count))),
        ]
    }
}

extension TrainingData {
    /// The positions of the examples with a provenance.
    func indices(ofProvenance provenance: Int) -> [Int] {
        var first = 0
        var indices: [Int] = []
        for run in pool.provenance.runs {
            if Int(run.value) == provenance { indices += first..<run.end }
            first = run.end
        }
        return indices
    }

    /// The data with the weights of some examples multiplied, by factors that are scaled to a mean
    /// of 1.
    func weighing(_ indices: [Int], by factors: [Double]) -> TrainingData {
        let scale = Double(factors.count) / factors.reduce(0, +)
        var result = self
        var all = weights ?? Array(repeating: 1, count: examples.count)
        for (index, factor) in zip(indices, factors) { all[index] *= factor * scale }
        result.weights = all
        return result
    }
}
