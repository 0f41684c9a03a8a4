/// What is measured of a detector and of what it made of the data.
struct DetectorReport {
    private static let accuracy = MetricDeclaration(
        "accuracy", title: "accuracy of the detector", direction: .higherIsBetter,
        help: "The mean of the shares of real and of synthetic held-out examples of generation 0 "
            + "that the detector tells right; 0.5 is guessing.")
    private static let area = MetricDeclaration(
        "auc", title: "area under the detector's curve", direction: .higherIsBetter,
        help: "The probability that the detector finds a held-out sample of generation 0's model "
            + "more synthetic than held-out real data of generation 0; 0.5 is guessing. Under "
            + "hidden states of generation 0's own model that real data is not new to the model, "
            + "and auc_in says more.")
    private static let areaOfPool = MetricDeclaration(
        "auc_in", title: "area under the curve on the data", direction: .higherIsBetter,
        help: "The probability that the detector finds a synthetic example of this generation's "
            + "data more synthetic than a real one; the real ones may be those it learned from.")
    private static let real = probability("real", "of real examples")
    private static let synthetic = probability("synthetic", "of synthetic examples")
    private static let distinct = MetricDeclaration(
        "distinct_share", title: "distinct share", direction: .neither,
        help: "The different ones of the judged examples that are left, over all that are left.")

    static let declared =
        [accuracy, area, areaOfPool, real.before, real.after, synthetic.before, synthetic.after]
        + [EffectiveShare.metric, distinct]

    private static func probability(
        _ name: String, _ words: String
    ) -> (before: MetricDeclaration, after: MetricDeclaration) {
        func metric(_ suffix: String, _ when: String) -> MetricDeclaration {
            MetricDeclaration(
                "\(name)_probability_\(suffix)", title: "machine probability \(words) \(when)",
                direction: .neither,
                help: "The mean probability c, \(words), \(when) the stage, by which the detector "
                    + "takes them for synthetic.")
        }
        return (metric("in", "before"), metric("out", "after"))
    }

    private let probabilities: [Double]
    private let isReal: [Bool]
    private(set) var metrics: [MetricValue] = []

    init<Examples>(_ detector: Detector, _ logits: [Double], of data: TrainingData<Examples>) {
        probabilities = logits.map(Detector.probability)
        isReal = data.pool.provenance.map { $0 == 0 }
        func values(ofReal wanted: Bool) -> [Double] {
            zip(logits, isReal).filter { $0.1 == wanted }.map(\.0)
        }
        let all = isReal.indices.map { (index: $0, weight: data.weights?[$0] ?? 1) }
        metrics = [
            Self.accuracy.value(detector.accuracy), Self.area.value(detector.area),
            Self.areaOfPool.value(
                RankArea.area(above: values(ofReal: false), below: values(ofReal: true))),
            Self.real.before.value(mean(of: all, ofReal: true)),
            Self.synthetic.before.value(mean(of: all, ofReal: false)),
        ]
    }

    /// Measures what the stage left of the data, by the weights that it drew or weighed by, if any.
    mutating func note<Examples>(
        _ data: TrainingData<Examples>, judged: [Int], weights: [Double]?
    ) {
        let left = (0..<data.examples.count).map {
            (index: data.origins?[$0] ?? $0, weight: data.weights?[$0] ?? 1)
        }
        metrics += [
            Self.real.after.value(mean(of: left, ofReal: true)),
            Self.synthetic.after.value(mean(of: left, ofReal: false)),
        ]
        if let weights {
            metrics.append(EffectiveShare.metric.value(EffectiveShare.share(of: weights)))
        }
        var copies = Array(repeating: 0, count: isReal.count)
        for example in left { copies[example.index] += 1 }
        let ofJudged = judged.map { copies[$0] }
        let distinct = Double(ofJudged.count { $0 > 0 }) / Double(ofJudged.reduce(0, +))
        metrics.append(Self.distinct.value(distinct))
    }

    /// The weighted mean probability of some examples; undefined where there are none.
    private func mean(of examples: [(index: Int, weight: Double)], ofReal wanted: Bool) -> Double {
        var (sum, total) = (0.0, 0.0)
        for example in examples where isReal[example.index] == wanted {
            sum += example.weight * probabilities[example.index]
            total += example.weight
        }
        return sum / total
    }
}
