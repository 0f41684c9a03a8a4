import Collapse
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

    /// The keys of a spectrum in a specification; the bare word `isotropic` will do.
    package static let type = KeyType.tagged(
        TaggedGroup(
            tag: "kind",
            variants: [
                .init("isotropic", [], help: "The identity: every direction has variance 1."),
                .init(
                    "power-law",
                    [
                        KeyDeclaration(
                            "exponent", .number(0...10), default: nil,
                            help: "beta of the eigenvalues i^-beta, i = 1 ... dimension.")
                    ], help: "Eigenvalues that fall as a power of their rank."),
            ]))

    /// What a specification says when it says nothing.
    package static let defaultValue = SpecificationValue.map([.init("kind", .text("isotropic"))])

    /// The spectrum that a resolved specification value describes.
    package init(_ value: SpecificationValue) {
        switch value.required("kind").textValue {
        case "power-law": self = .powerLaw(exponent: value.required("exponent").numberValue)
        default: self = .isotropic
        }
    }
}
