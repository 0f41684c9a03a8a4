package import Collapse
package import Support

/// How a regression is fitted.
package enum RegressionLearner: Hashable, Sendable {
    /// Least squares, the solution of least norm where several fit.
    case leastSquares
    /// A ridge with a penalty lam_t of the mean squared error.
    case ridge(Schedule)
    /// A ridge with the penalty that minimises the expected error given all the fits behind the
    /// labels.
    case adaptiveRidge
    /// A ridge with the penalty that would minimise the expected error if the labels were real.
    case cleanRidge
}

extension RegressionLearner: TaggedKeys {
    private enum Kind: String, CaseIterable, Sendable {
        case leastSquares = "least-squares"
        case ridge
        case adaptiveRidge = "adaptive-ridge"
        case cleanRidge = "clean-ridge"
    }

    private static let kind = Key<Kind>("kind", .choice, help: "How a regression is fitted.")
    private static let penalty = Key(
        "penalty", .schedule(0...1e9),
        help: "lam_t in |Xw - y|^2/n + lam_t |w|^2, a number or a schedule "
            + "over generations.")

    /// What a specification says when it says nothing.
    static let defaultValue = SpecificationValue.map([
        .init(kind.name, .text(Kind.leastSquares.rawValue))
    ])

    /// Tagged by `kind`: `least-squares`, `ridge` with `penalty`, `adaptive-ridge`, `clean-ridge`.
    package static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.leastSquares.rawValue, [],
                    help: "Least squares, of least norm where examples are fewer than dimensions."),
                .init(
                    Kind.ridge.rawValue, [penalty.declaration],
                    help: "Ridge regression with a given penalty."),
                .init(
                    Kind.adaptiveRidge.rawValue, [],
                    help: "Ridge regression with the penalty of least expected error for labels "
                        + "with that many generations of fits behind them."),
                .init(
                    Kind.cleanRidge.rawValue, [],
                    help: "Ridge regression with the penalty that is best on real labels, in every "
                        + "generation."),
            ])
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .leastSquares: self = .leastSquares
        case .ridge: self = .ridge(try values[Self.penalty])
        case .adaptiveRidge: self = .adaptiveRidge
        case .cleanRidge: self = .cleanRidge
        }
    }
}
