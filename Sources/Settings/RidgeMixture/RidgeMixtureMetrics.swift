package import Collapse
package import Compute
import Support

extension RidgeMixtureSetting {
    enum Metric {
        static let testError = MetricDeclaration(
            "ridge.test_error", title: "test error", direction: .lowerIsBetter,
            help: "E (x.w - x.w1)^2 on the real distribution, in closed form.")
        static let bias = MetricDeclaration(
            "ridge.bias", title: "bias B", direction: .lowerIsBetter,
            help: "The error of the same fit to noiseless labels of the truth.")
        static let variance = MetricDeclaration(
            "ridge.variance", title: "variance V", direction: .lowerIsBetter,
            help: "The squared norm of the same fit to the noise of the labels.")
        static let zeta = MetricDeclaration(
            "ridge.zeta", title: "price of synthetic labels (zeta)", direction: .lowerIsBetter,
            help: "The squared norm of the same fit to what the labeller is off by.")
        static let crossTerms = MetricDeclaration(
            "ridge.cross_terms", title: "cross terms", direction: .neither,
            help: "The test error less B + V + zeta; zero in the mean when labeller, noise and "
                + "truth are independent.")
        static let cleanError = MetricDeclaration(
            "ridge.clean_error", title: "error with true labels", direction: .lowerIsBetter,
            help: "The test error of the same fit had every label been a real one.")

        static let all = [testError, bias, variance, zeta, crossTerms, cleanError]

        static let panels = [
            PanelDeclaration(
                section: "Terms", title: "Bias, variance and the price of synthetic labels",
                metrics: [bias, variance, zeta], logarithmic: true),
            PanelDeclaration(
                section: "Terms", title: "Price of synthetic labels", metrics: [zeta],
                logarithmic: true),
            PanelDeclaration(
                section: "Trade-off",
                title: "Error with synthetic labels against error with true ones",
                metrics: [testError], logarithmic: true, against: cleanError),
            PanelDeclaration(section: "Checks", title: "Cross terms", metrics: [crossTerms]),
        ]
    }

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<RidgeMixtureSetting>,
        seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let parts = try subject.model().parts
        var (bias, shift, noise, clean, total) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for axis in 0..<dimension {
            let deviation = seedData.deviations[axis]
            let truth = deviation * (parts[axis, LabelPart.truth.rawValue] - seedData.truth[axis])
            let shifted = deviation * parts[axis, LabelPart.shift.rawValue]
            let noisy = deviation * parts[axis, LabelPart.noise.rawValue]
            bias += truth * truth
            shift += shifted * shifted
            noise += noisy * noisy
            clean += (truth + noisy) * (truth + noisy)
            total += (truth + shifted + noisy) * (truth + shifted + noisy)
        }
        return [
            Metric.testError.value(total), Metric.bias.value(bias),
            Metric.variance.value(noise), Metric.zeta.value(shift),
            Metric.crossTerms.value(total - (bias + noise + shift)),
            Metric.cleanError.value(clean),
        ]
    }
}
