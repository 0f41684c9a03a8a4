import Compute
package import Support

/// Where the true weights come from.
package enum RegressionTruth: Hashable, Sendable {
    /// Independent standard normals.
    case gaussian
    /// Uniform on the sphere of radius 1.
    case sphere
    /// w_i^2 = l_i^(2r - 1)/i with source exponent r, so that l_i w_i^2 falls like i^-(1 + 2 r
    /// beta) when l_i = i^-beta.
    case source(exponent: Double)

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

extension RegressionTruth: TaggedKeys {
    private enum Kind: String, CaseIterable, Sendable {
        case gaussian, sphere, source
    }

    private static let kind = Key<Kind>(
        "kind", .choice, help: "The distribution of the true weights.")
    private static let exponent = Key(
        "exponent", .number(0...100),
        help: "r of w_i^2 = l_i^(2r - 1)/i: the larger, the simpler the truth.")

    /// What a specification says when it says nothing.
    static let defaultValue = SpecificationValue.map([
        .init(kind.name, .text(Kind.gaussian.rawValue))
    ])

    /// Tagged by `kind`: `gaussian`, `sphere`, or `source` with an `exponent`.
    package static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(Kind.gaussian.rawValue, [], help: "Independent standard normals."),
                .init(Kind.sphere.rawValue, [], help: "Uniform on the unit sphere."),
                .init(
                    Kind.source.rawValue, [exponent.declaration],
                    help: "Weights that fall with the spectrum, the same for all seeds."),
            ])
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .gaussian: self = .gaussian
        case .sphere: self = .sphere
        case .source: self = .source(exponent: try values[Self.exponent])
        }
    }
}
