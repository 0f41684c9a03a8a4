package import Collapse
package import Support

/// How a regression is fitted.
package enum RegressionLearner: Hashable, Sendable {
    /// Least squares, the solution of least norm where several fit.
    case leastSquares
    /// A ridge with a penalty lam_t of the mean squared error.
    case ridge(Schedule)
    /// A ridge with the penalty that minimises the expected error given all the fits behind the labels.
    case adaptiveRidge
    /// A ridge with the penalty that would minimise the expected error if the labels were real.
    case cleanRidge

    /// The keys of a learner in a specification.
    package static let type = KeyType.tagged(
        TaggedGroup(
            tag: "kind",
            variants: [
                .init(
                    "least-squares", [],
                    help: "Least squares, of least norm where examples are fewer than dimensions."),
                .init(
                    "ridge",
                    [
                        KeyDeclaration(
                            "penalty", Schedule.type(0...1e9), default: nil,
                            help: "lam_t in |Xw - y|^2/n + lam_t |w|^2, a number or a schedule "
                                + "over generations.")
                    ], help: "Ridge regression with a given penalty."),
                .init(
                    "adaptive-ridge", [],
                    help: "Ridge regression with the penalty of least expected error for labels "
                        + "with that many generations of fits behind them."),
                .init(
                    "clean-ridge", [],
                    help: "Ridge regression with the penalty that is best on real labels, in every "
                        + "generation."),
            ]))

    /// What a specification says when it says nothing.
    package static let defaultValue = SpecificationValue.map([.init("kind", .text("least-squares"))]
    )

    /// The learner that a resolved specification value describes.
    ///
    /// - Throws: ``SpecificationIssue`` where the penalty's schedule contradicts itself.
    package init(_ value: SpecificationValue) throws(SpecificationIssue) {
        switch value.required("kind").textValue {
        case "ridge":
            do {
                self = .ridge(try Schedule(value.required("penalty")))
            } catch {
                throw error.within(["penalty"])
            }
        case "adaptive-ridge": self = .adaptiveRidge
        case "clean-ridge": self = .cleanRidge
        default: self = .leastSquares
        }
    }
}
