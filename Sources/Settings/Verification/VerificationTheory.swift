package import Collapse
import Compute

extension VerificationSetting {
    /// The accuracy of the one-shot student of the base model's labels, for `replace` with
    /// `sample-from: base` and at most one `verifier`; generation 0 is a student of right labels.
    ///
    /// Of n labels with the share p of wrong ones the verifier keeps n' = n ((1 - p) phi + p psi)
    /// on average, of which q = p psi/((1 - p) phi + p psi) are wrong: more than half of them above
    /// p* = 1/(1 + psi/phi) (Feng et al. 2025, Theorem 4.2). Least squares on Gaussian inputs
    /// estimates c u, with the unit vector u of the truth and c = (1 - 2q) sqrt(2/pi), with error
    /// covariance (1 - c^2)/n' in every direction (the residual's second moment weighted by the
    /// square of the input along u is 1 - 4 c^2 + 3 c^2 as well). For a normal estimate the
    /// accuracy is E Phi(delta sqrt(B)) with delta^2 = c^2 (n' - d - 1)/(1 - c^2) and B ~ Beta(1/2,
    /// (d - 1)/2), the squared cosine between a new input and the truth.
    package func predictions(for plan: ChainPlan) -> [Prediction] {
        let (arm, sizes) = (plan.arm, plan.sizes)
        guard plan.dataFlow == .replace, plan.generations == 0 || arm.sampleFrom == .base,
            arm.curation.count < 2
        else { return [] }
        var (keepCorrect, keepWrong) = (1.0, 1.0)
        switch arm.curation.first {
        case nil: break
        case let verifier as Verifier:
            (keepCorrect, keepWrong) = (verifier.keepCorrect, verifier.keepWrong)
        default: return []
        }
        let right = (1 - flipProbability) * keepCorrect
        let wrong = flipProbability * keepWrong
        let threshold = keepCorrect + keepWrong > 0 ? keepCorrect / (keepCorrect + keepWrong) : .nan
        let students = sizes.enumerated().map { t, n -> (wrong: Double, kept: Double) in
            t == 0 ? (0, Double(n)) : (wrong / (right + wrong), Double(n) * (right + wrong))
        }
        let note = "large samples; p* = \(threshold)"
        var predictions = [
            Prediction(
                metric: Metric.isRight,
                values: students.map { $0.wrong < 0.5 ? 1 : $0.wrong > 0.5 ? 0 : 0.5 },
                source: "Feng et al. 2025, Theorem 4.2", relation: .approximation, note: note)
        ]
        if learner == .leastSquares {
            predictions.append(
                Prediction(
                    metric: Metric.accuracy,
                    values: students.map { accuracy(wrong: $0.wrong, kept: $0.kept) },
                    source: "least squares on Gaussian inputs, normal estimate",
                    relation: .approximation,
                    note: note + "; undefined for n <= d + 1 kept examples"))
        }
        return predictions
    }

    /// E Phi(delta |x_1|/|x|) over the direction of a new input, by the midpoint rule in the angle
    /// to the equator.
    private func accuracy(wrong: Double, kept: Double) -> Double {
        let degrees = kept - Double(dimension) - 1
        guard degrees > 0 else { return .nan }
        let slope = (1 - 2 * wrong) * (2 / Double.pi).squareRoot()
        let delta = slope * (degrees / (1 - slope * slope)).squareRoot()
        guard dimension > 1 else { return SpecialFunctions.normalDistribution(delta) }
        let points = 4_000
        var (sum, total) = (0.0, 0.0)
        for point in 0..<points {
            // The sine s of the angle has a density in proportion to cos^(d - 2) of the angle.
            let angle = (Double(point) + 0.5) / (2 * Double(points))
            let density = Elementary.power(
                Elementary.cosinePi(angle), Double(dimension - 2))
            sum += density * SpecialFunctions.normalDistribution(delta * Elementary.sinePi(angle))
            total += density
        }
        return sum / total
    }
}
