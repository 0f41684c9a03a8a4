import Compute
package import Support

/// The eigenvalues of the covariance of a regression's inputs. Coordinates are the eigenvectors.
package enum Spectrum: Hashable, Sendable {
    /// All 1.
    case isotropic
    /// l_i = i^-exponent for i = 1, 2 ...
    case powerLaw(exponent: Double)

    /// The eigenvalues of a number of dimensions, falling.
    package func eigenvalues(dimension: Int) -> [Double] {
        switch self {
        case .isotropic: Array(repeating: 1, count: dimension)
        case .powerLaw(let exponent):
            (1...dimension).map { Elementary.power(Double($0), -exponent) }
        }
    }
}

extension Spectrum: TaggedKeys {
    private enum Kind: String, CaseIterable, Sendable {
        case isotropic
        case powerLaw = "power-law"
    }

    private static let kind = Key<Kind>("kind", .choice, help: "How the eigenvalues fall.")
    private static let exponent = Key(
        "exponent", .number(0...10), help: "beta of the eigenvalues i^-beta, i = 1 ... dimension.")

    /// What a specification says when it says nothing.
    package static let defaultValue = SpecificationValue.map([
        .init(kind.name, .text(Kind.isotropic.rawValue))
    ])

    /// The bare word `isotropic` will do.
    package static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.isotropic.rawValue, [],
                    help: "The identity: every direction has variance 1."),
                .init(
                    Kind.powerLaw.rawValue, [exponent.declaration],
                    help: "Eigenvalues that fall as a power of their rank."),
            ])
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .isotropic: self = .isotropic
        case .powerLaw: self = .powerLaw(exponent: try values[Self.exponent])
        }
    }
}
