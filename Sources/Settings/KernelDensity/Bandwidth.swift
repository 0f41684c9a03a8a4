import Collapse
import Compute
import Support

/// The bandwidth h of a kernel estimate.
package enum Bandwidth: Hashable, Sendable {
    case fixed(Double)
    /// n^(-1/(d + 4)) (Scott 1992).
    case scott
    /// (n (d + 2)/4)^(-1/(d + 4)) (Silverman 1986).
    case silverman

    /// The bandwidth for `count` points. Both rules are scikit-learn's: they depend on the number of points and the
    /// dimension alone, not on the spread of the points.
    package func value(count: Double, dimension: Int) -> Double {
        let d = Double(dimension)
        switch self {
        case .fixed(let value): return value
        case .scott: return Elementary.power(count, -1 / (d + 4))
        case .silverman: return Elementary.power(count * (d + 2) / 4, -1 / (d + 4))
        }
    }

    /// A number, or the name of a rule.
    static let type = KeyType.tagged(
        TaggedGroup(
            tag: "rule",
            variants: [
                .init(
                    "fixed",
                    [
                        KeyDeclaration(
                            "value", .number(-1e6...1e6), default: nil,
                            help: "The standard deviation of the kernel.")
                    ], help: "The same bandwidth in every generation."),
                .init(
                    "scott", [],
                    help: "n^(-1/(d+4)), from the number of points of each generation."),
                .init(
                    "silverman", [],
                    help: "(n (d+2)/4)^(-1/(d+4)), from the number of points of each generation."),
            ], shorthand: .init(type: .number(-1e6...1e6), variant: "fixed", key: "value")))

    init(_ value: SpecificationValue) throws(SpecificationIssue) {
        switch value.required("rule").textValue {
        case "scott": self = .scott
        case "silverman": self = .silverman
        default:
            let width = value.required("value").numberValue
            guard width >= 1e-6 else {
                throw SpecificationIssue(
                    path: ["bandwidth"],
                    message:
                        "a kernel of bandwidth \(width) has no density: give a number from 1e-6 "
                        + "to 1e6, scott or silverman")
            }
            self = .fixed(width)
        }
    }

    /// The specification's spelling.
    var name: String {
        switch self {
        case .fixed(let value): "\(value)"
        case .scott: "scott"
        case .silverman: "silverman"
        }
    }
}
