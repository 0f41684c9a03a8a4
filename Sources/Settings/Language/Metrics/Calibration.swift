package import Collapse
package import LanguageModels

/// Whether the probability of a model's favourite token is how often that token comes: the expected
/// calibration error (Naeini et al. 2015) with bins of equal mass (Nguyen and O'Connor 2015).
///
/// Events are sorted by their confidence and cut into 15 bins of equal number; the error is the mean
/// over events of the distance between a bin's mean confidence and its share of right favourites.
package struct Calibration {
    static let error = MetricDeclaration(
        "heldout.calibration_error", title: "expected calibration error",
        direction: .lowerIsBetter,
        help: "Expected calibration error of the most probable token over all held-out events, in "
            + "15 bins of equal mass.",
        reference: "heldout.calibration_floor")
    static let floor = MetricDeclaration(
        "heldout.calibration_floor", title: "calibration error of a calibrated model",
        direction: .neither,
        help: "What heldout.calibration_error would be by chance if the favourite came as often as "
            + "its probability says: the mean of the parametric bootstrap, each bin's count of right "
            + "favourites being nearly normal.")

    static let metrics = [error, floor]
    static let panel = PanelDeclaration(
        section: "Perplexity", title: "Calibration on held-out text", metrics: metrics)

    private static let binCount = 15

    /// In ascending order of confidence.
    private let predictions: [EventPrediction]

    package init(_ predictions: [EventPrediction]) {
        self.predictions = predictions.sorted { $0.confidence < $1.confidence }
    }

    /// Both metrics; none where there are fewer events than bins.
    package var metrics: [MetricValue] {
        guard predictions.count >= Self.binCount else { return [] }
        var error = 0.0
        var floor = 0.0
        for bin in 0..<Self.binCount {
            let first = bin * predictions.count / Self.binCount
            let end = (bin + 1) * predictions.count / Self.binCount
            var distance = 0.0
            var variance = 0.0
            for prediction in predictions[first..<end] {
                distance += prediction.confidence - (prediction.isRight ? 1 : 0)
                variance += prediction.confidence * (1 - prediction.confidence)
            }
            error += abs(distance)
            // The mean distance of a normal variable from its mean.
            floor += (2 * variance / .pi).squareRoot()
        }
        return [
            Self.error.value(error / Double(predictions.count)),
            Self.floor.value(floor / Double(predictions.count)),
        ]
    }
}
