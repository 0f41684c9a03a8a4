import Compute
package import Support

/// The bandwidth h of a kernel estimate.
package enum Bandwidth: Hashable, Sendable {
    case fixed(Double)
    /// n^(-1/(d + 4)) (Scott 1992).
    case scott
    /// (n (d + 2)/4)^(-1/(d + 4)) (Silverman 1986).
    case silverman

    /// The bandwidth for `count` points. Both rules are scikit-learn's: they depend on the number
    /// of points and the dimension alone, not on the spread of the points.
    package func value(count: Double, dimension: Int) -> Double {
        let d = Double(dimension)
        switch self {
        case .fixed(let value): return value
        case .scott: return Elementary.power(count, -1 / (d + 4))
        case .silverman: return Elementary.power(count * (d + 2) / 4, -1 / (d + 4))
        }
    }

    /// The specification's spelling.
    var name: String {
        switch self {
        case .fixed(let value): "\(value)"
        case .scott: Rule.scott.rawValue
        case .silverman: Rule.silverman.rawValue
        }
    }
}

extension Bandwidth: TaggedKeys {
    private enum Rule: String, CaseIterable, Sendable {
        case fixed, scott, silverman
    }

    private static let rule = Key<Rule>("rule", .choice, help: "Where the bandwidth comes from.")
    private static let width = Key(
        "value", .number(-1e6...1e6), help: "The standard deviation of the kernel.")

    /// A number, or the name of a rule.
    package static var group: TaggedGroup {
        TaggedGroup(
            tag: rule.name,
            variants: [
                .init(
                    Rule.fixed.rawValue, [width.declaration],
                    help: "The same bandwidth in every generation."),
                .init(
                    Rule.scott.rawValue, [],
                    help: "n^(-1/(d+4)), from the number of points of each generation."),
                .init(
                    Rule.silverman.rawValue, [],
                    help: "(n (d+2)/4)^(-1/(d+4)), from the number of points of each generation."),
            ],
            shorthand: .init(
                type: width.declaration.type, variant: Rule.fixed.rawValue, key: width.name))
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.rule] {
        case .scott: self = .scott
        case .silverman: self = .silverman
        case .fixed:
            let width = try values[Self.width]
            guard width >= 1e-6 else {
                throw SpecificationIssue(
                    path: [],
                    message:
                        "a kernel of bandwidth \(width) has no density: give a number from 1e-6 "
                        + "to 1e6, scott or silverman")
            }
            self = .fixed(width)
        }
    }
}
