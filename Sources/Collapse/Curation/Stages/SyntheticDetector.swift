import Compute
public import Support

/// A detector of synthetic examples, trained once on generation 0's data, resamples, weights or
/// filters what later generations train on.
///
/// By n-grams and resampling it is the importance sampling of Drayson et al. (2025), whose detector
/// is a fine-tuned encoder; by hidden states and a number to keep the analogue for text of Latent
/// Space Filtering (Cai et al. 2025): text is of no classes, and so the probe tells real text from
/// samples instead of one class from the others. Data without samples, as a control's, is left
/// alone.
public struct SyntheticDetector: CurationStage {
    /// What the detector looks at.
    public var features: DetectorFeatures
    /// What becomes of its judgement.
    public var use: DetectorUse
    /// The weight of the penalty of its logistic regression; the inverse of scikit-learn's C.
    public var penalty: Double
    /// The share of generation 0's examples that it is measured on and does not learn from.
    public var heldOut: Double
    /// Which examples are judged.
    public var judged: JudgedExamples

    public static let name = "detector"
    public static let help =
        "Train a logistic regression on generation 0's data, its real sample against as much that "
        + "its model draws, and resample, weight or keep examples by the probability c that they "
        + "are synthetic. With features: hidden-states and use: keep-count it is the latent probe "
        + "for text."
    static let strength = Key(
        "penalty", .number(1e-9...1e9), default: 0.01,
        help: "The weight of half the squared coefficients beside the sum of the examples' losses; "
            + "the inverse of scikit-learn's C.")
    static let heldOutShare = Key(
        "held-out", .number(0.01...0.9), default: 0.2,
        help: "The share of generation 0's examples that the detector's accuracy is measured on; "
            + "it does not learn from them.")
    static let appliesTo = JudgedExamples.key(default: .all)

    @KeyList public static var keys: [KeyDeclaration] {
        DetectorFeatures.key
        DetectorUse.key
        appliesTo
        strength
        heldOutShare
    }

    public init(
        features: DetectorFeatures, use: DetectorUse, penalty: Double = 0.01, heldOut: Double = 0.2,
        judged: JudgedExamples = .all
    ) {
        self.features = features
        self.use = use
        self.penalty = penalty
        self.heldOut = heldOut
        self.judged = judged
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            features: try value[DetectorFeatures.key], use: try value[DetectorUse.key],
            penalty: try value[Self.strength], heldOut: try value[Self.heldOutShare],
            judged: try value[Self.appliesTo])
    }

    public var models: [CurationModel] { features.models }
    public var needs: Set<Capability> { features.needs.union([.samples]) }
    public var sparesGeneration0: Bool { true }
    public var hasFractionalWeights: Bool { if case .weight = use { true } else { false } }

    /// Of fewer real examples a detector learns nothing, and its accuracy is no number.
    private static let fewest = 10

    public func check(_ plan: ChainPlan) throws(SpecificationIssue) {
        guard plan.realCounts[0] >= Self.fewest else {
            throw SpecificationIssue(
                path: [],
                message: "a detector learns from generation 0's real examples, and there are "
                    + "\(plan.realCounts[0]): raise sample-size until there are \(Self.fewest), or "
                    + "use a corpus of shorter documents")
        }
    }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        guard context.generation > 0, data.pool.hasSyntheticExamples else {
            return CurationOutcome(data: data)
        }
        let detector = try trained(in: context)
        let logits = detector.logits(of: try features.rows(of: data.examples, in: context))
        let judged = judged.indices(in: data.pool)
        let powers = use.bias.map { bias in
            judged.map { bias * Detector.logOfComplement(logits[$0]) }
        }
        let used = used(data, judged, logits, powers ?? [], context.key)
        var report = DetectorReport(detector, logits, of: data)
        report.note(used, judged: judged, weights: powers.map(Self.weights))
        return CurationOutcome(data: used, metrics: report.metrics)
    }

    /// Weights of which the logarithms are given, up to a factor.
    private static func weights(_ logarithms: [Double]) -> [Double] {
        let largest = logarithms.max() ?? 0
        return logarithms.map { Elementary.exp($0 - largest) }
    }

    private func trained<Setting: TaskSetting>(
        in context: CurationContext<Setting>
    ) throws -> Detector {
        try context.memory.value(for: "detector \(features) \(heldOut) \(penalty)") {
            Detector(
                real: try features.rows(of: context.realSample(), in: context),
                synthetic: try features.rows(of: context.referenceSample(), in: context),
                heldOut: heldOut, penalty: penalty, isScaled: features.isScaled,
                key: context.referenceKey.with(purpose: .curate))
        }
    }

    /// The data as the rule makes it; `powers` are the logarithms of the weights of what is judged.
    private func used<Examples>(
        _ data: TrainingData<Examples>, _ judged: [Int], _ logits: [Double], _ powers: [Double],
        _ key: RandomKey
    ) -> TrainingData<Examples> {
        switch use {
        case .resample(_, let upsample, let copies):
            return data.resampling(
                judged, logWeights: powers, factor: upsample, copies: copies, from: key)
        case .weight: return data.weighing(judged, by: Self.weights(powers))
        case .keepShare(let share):
            let count = Int((share * Double(judged.count)).rounded(.toNearestOrEven))
            return keeping(max(1, count), of: judged, in: data, logits)
        case .keepCount(let count): return keeping(count, of: judged, in: data, logits)
        }
    }

    private func keeping<Examples>(
        _ count: Int, of judged: [Int], in data: TrainingData<Examples>, _ logits: [Double]
    ) -> TrainingData<Examples> {
        var isKept = Array(repeating: true, count: data.examples.count)
        // Ties go to the earlier example.
        let ranked = judged.sorted {
            logits[$0] != logits[$1] ? logits[$0] < logits[$1] : $0 < $1
        }
        for index in ranked.dropFirst(count) { isKept[index] = false }
        return data.keeping { isKept[$0] }
    }

    public static var metrics: [MetricDeclaration] { DetectorReport.declared }
}
