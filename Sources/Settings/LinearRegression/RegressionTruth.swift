import Collapse
import Compute
package import Support

/// Where the true weights come from.
package enum RegressionTruth: Hashable, Sendable {
    /// Independent standard normals.
    case gaussian
    /// Uniform on the sphere of radius 1.
    case sphere
    /// w_i^2 = l_i^(2r - 1)/i with source exponent r, so that l_i w_i^2 falls like i^-(1 + 2 r beta) when l_i = i^-beta.
    case source(exponent: Double)

    /// The keys of a truth in a specification.
    package static let type = KeyType.tagged(
        TaggedGroup(
            tag: "kind",
            variants: [
                .init("gaussian", [], help: "Independent standard normals."),
                .init("sphere", [], help: "Uniform on the unit sphere."),
                .init(
                    "source",
                    [
                        KeyDeclaration(
                            "exponent", .number(0...100), default: nil,
                            help: "r of w_i^2 = l_i^(2r - 1)/i: the larger, the simpler the truth.")
                    ], help: "Weights that fall with the spectrum, the same for all seeds."),
            ]))

    /// What a specification says when it says nothing.
    package static let defaultValue = SpecificationValue.map([.init("kind", .text("gaussian"))])

    /// The truth that a resolved specification value describes.
    package init(_ value: SpecificationValue) {
        switch value.required("kind").textValue {
        case "sphere": self = .sphere
        case "source": self = .source(exponent: value.required("exponent").numberValue)
        default: self = .gaussian
        }
    }

    /// E[w_i^2] for each direction of a spectrum.
    func expectedSquares(spectrum: [Double]) -> [Double] {
        switch self {
        case .gaussian: spectrum.map { _ in 1 }
        case .sphere: spectrum.map { _ in 1 / Double(spectrum.count) }
        case .source(let exponent):
            spectrum.enumerated().map {
                Elementary.power($1, 2 * exponent - 1) / Double($0 + 1)
            }
        }
    }

    /// The weights of a seed.
    func weights(spectrum: [Double], key: RandomKey) -> [Double] {
        if case .source = self {
            return expectedSquares(spectrum: spectrum).map { $0.squareRoot() }
        }
        let draws = NormalDraws.array(spectrum.count, from: key)
        guard self == .sphere else { return draws }
        let length = draws.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return draws.map { $0 / length }
    }
}
