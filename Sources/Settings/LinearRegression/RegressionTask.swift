import Collapse
import Support

/// What the keys of an arm say about its regression.
package struct RegressionTask: Hashable, Sendable {
    /// Which inputs a model labels.
    package enum Design: String, CaseIterable, Sendable {
        /// Generation 0's, again and again.
        case same
        /// New ones in every generation.
        case fresh
    }

    /// A last fit, on new inputs that the previous generation's model labels: the downstream model of "Model Collapse
    /// Demystified".
    package struct Downstream: Hashable, Sendable {
        /// T.
        package var size: Int
        package var learner: RegressionLearner
        /// The variance of the noise on its labels.
        package var noise: Double
    }

    package let dimension: Int
    package let spectrum: Spectrum
    package let truth: RegressionTruth
    package let design: Design
    /// sigma^2, the variance of the noise on real labels.
    package let noise: Double
    /// The variance of the noise on a model's labels.
    package let syntheticNoise: Double
    package let learner: RegressionLearner
    package let downstream: Downstream?
    /// The eigenvalues of the inputs' covariance, falling.
    package let eigenvalues: [Double]

    /// Reads the resolved keys of an arm.
    ///
    /// - Throws: ``SpecificationIssue`` where a schedule contradicts itself.
    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        dimension = values.required("dimension").integerValue
        spectrum = Spectrum(values.required("spectrum"))
        truth = RegressionTruth(values.required("truth"))
        design = Design(rawValue: values.required("design").textValue) ?? .fresh
        noise = values.required("noise").numberValue
        syntheticNoise = RegressionTask.optionalNumber(values.required("synthetic-noise")) ?? noise
        do {
            learner = try RegressionLearner(values.required("learner"))
        } catch {
            throw error.within(["learner"])
        }
        let last = values.required("downstream")
        if last.isNull {
            downstream = nil
        } else {
            do {
                downstream = Downstream(
                    size: last.required("size").integerValue,
                    learner: try RegressionLearner(last.required("learner")),
                    noise: RegressionTask.optionalNumber(last.required("noise")) ?? noise)
            } catch {
                throw error.within(["downstream", "learner"])
            }
        }
        eigenvalues = spectrum.eigenvalues(dimension: dimension)
    }

    private static func optionalNumber(_ value: SpecificationValue) -> Double? {
        value.isNull ? nil : value.numberValue
    }
}
