/// A metric's mean over seeds against what theory predicts for an arm, generation by generation.
public struct TheoryComparison: Sendable {
    /// One generation that has both.
    public struct Point: Sendable {
        /// The generation t, from 0.
        public var generation: Int
        /// The prediction's value, in the metric's unit.
        public var predicted: Double
        /// The measurements of the seeds that have one, at least one.
        public var measured: Summary
        /// The standard error of measured minus predicted where the prediction was fitted to the same
        /// seeds; nil where it is that of the measured mean.
        public var errorOfDifference: Double?
        /// Whether what the prediction assumes holds here, as far as that is known.
        public var isInRange = true
        /// Measured minus predicted; its mean has the measurement's spread, because a prediction
        /// has none.
        public var difference: Double { measured.mean - predicted }
        /// Mean and spread of measured minus predicted.
        public var differenceSummary: Summary {
            var summary = measured
            summary.mean = difference
            if let errorOfDifference {
                summary.standardDeviation = errorOfDifference * Double(measured.count).squareRoot()
            }
            return summary
        }
        /// The difference in standard errors.
        public var standardErrors: Double { difference / differenceSummary.standardError }
    }

    /// The arm's name.
    public var arm: String
    /// The curve that is compared, with its source and relation.
    public var prediction: Prediction
    /// The generations that were both predicted and measured, ascending.
    public var points: [Point]

    /// The columns of `theory.csv`.
    public static let header =
        "arm,generation,metric,predicted,measured,standard_error,measured_minus_predicted,"
        + "half_width_95,seeds,relation,source,note"
}

extension ExperimentResults {
    /// Every prediction of every arm beside its measurement.
    public var theoryComparisons: [TheoryComparison] { arms.flatMap { theoryComparisons(of: $0) } }

    /// The predictions of an arm beside their measurements: of all metrics, or of one.
    ///
    /// A caller that needs each arm once asks for one after the other: all comparisons of a large
    /// experiment together take more memory than its measurements.
    public func theoryComparisons(of arm: Arm, metric: String? = nil) -> [TheoryComparison] {
        arm.predictions.filter { $0.metric == metric ?? $0.metric }.map { prediction in
            let last = min(generations, prediction.values.count - 1)
            let points = (0...max(0, last)).compactMap { t -> TheoryComparison.Point? in
                let values = metrics.values(
                    arm: arm.name, generation: t, metric: prediction.metric, seeds: seeds)
                guard !values.isEmpty, t < prediction.values.count else { return nil }
                return TheoryComparison.Point(
                    generation: t, predicted: prediction.values[t], measured: Summary(values))
            }
            return TheoryComparison(arm: arm.name, prediction: prediction, points: points)
        } + excessComparisons(of: arm, metric: metric)
    }
}

extension TheoryComparison {
    /// What is said of points whose prediction assumes what does not hold.
    public static let beyondRange =
        "beyond the range of the theory: the model's variance is no longer small, and what is measured "
        + "is bias that compounds, or a loss that levels off"

    /// Measured against predicted as lines of CSV: the content of `theory.csv` below its header.
    public var lines: String {
        func ending(_ note: [String]) -> String {
            ",\(prediction.relation.rawValue),\(CSVField.text(prediction.source)),"
                + "\(CSVField.text(note.joined(separator: "; ")))\n"
        }
        let note = [prediction.note].compactMap(\.self)
        let (inside, beyond) = (ending(note), ending([Self.beyondRange] + note))
        let (arm, metric) = (CSVField.text(arm), CSVField.text(prediction.metric))
        var text = ""
        for point in points {
            let measured = point.measured
            text += "\(arm),\(point.generation),\(metric),\(point.predicted),\(measured.mean),"
            let difference = point.differenceSummary
            text += "\(difference.standardError),\(point.difference),\(difference.halfWidth()),"
            text += "\(measured.count)" + (point.isInRange ? inside : beyond)
        }
        return text
    }
}

extension Prediction {
    /// The columns of a table of predictions alone.
    public static let header = "arm,generation,metric,predicted,relation,source,note"

    /// The predicted curve as lines of CSV.
    public func lines(arm: String) -> String {
        let ending = ",\(relation.rawValue),\(CSVField.text(source)),\(CSVField.text(note ?? ""))\n"
        return values.enumerated().map { t, value in
            "\(CSVField.text(arm)),\(t),\(CSVField.text(metric)),\(value)" + ending
        }.joined()
    }
}

/// A text as a field of CSV.
public enum CSVField {
    /// The text, quoted where it holds a comma, a quote or a line end.
    public static func text(_ text: String) -> String {
        let quote = UInt8(ascii: "\"")
        let special: [UInt8] = [UInt8(ascii: ","), quote, 10, 13]
        guard text.utf8.contains(where: special.contains) else { return text }
        let bytes = [quote] + text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
        return String(decoding: bytes, as: UTF8.self)
    }
}
