import Collapse
import Support

extension PointDistribution {
    static let data = Key<Shape>(
        "data", .choice, default: .normal,
        help:
            "The distribution of the real points: normal is N(0, I), the others are scikit-learn's toy "
            + "data sets. The centres of the blobs are fixed.")
    static let noise = Key<Double?>(
        "noise", .optional(.number(0...1e6)), default: .some(nil),
        help: "Standard deviation of the noise around circles, moons and the swiss roll; "
            + "0.05 where nothing is said.")
    static let placement = Key<Placement>(
        "placement", .choice, default: .even,
        help:
            "even indices a real sample along its shape in equal steps, as scikit-learn does; "
            + "random draws its points independently. It matters much for few points.")
    static let testSize = Key(
        "test-size", .integer(1...10_000_000), default: 500,
        help: "How many real points the models are tested on, the same in all generations.")

    static func dimension(otherwise dimension: Int) -> Key<Int?> {
        Key(
            "dimension", .optional(.integer(1...1_000)), default: .some(nil),
            help: "The dimension of normal data; \(dimension) where nothing is said.")
    }

    /// The keys of the real data in a specification.
    @KeyList static func keys(dimension: Int) -> [KeyDeclaration] {
        data
        Self.dimension(otherwise: dimension)
        noise
        placement
        testSize
    }

    /// Reads the resolved keys.
    ///
    /// - Throws: ``SpecificationIssue`` where a key belongs to other data.
    init(_ values: SpecificationValue, dimension standard: Int) throws(SpecificationIssue) {
        let dimension = Self.dimension(otherwise: standard)
        let shape = try values[Self.data]
        let given = (dimension: try values[dimension], noise: try values[Self.noise])
        guard given.dimension == nil || shape == .normal else {
            throw SpecificationIssue(
                path: [dimension.name],
                message: "\(shape.rawValue) data have their own dimension: remove dimension or set "
                    + "data: normal")
        }
        guard given.noise == nil || (shape != .normal && shape != .blobs) else {
            throw SpecificationIssue(
                path: [Self.noise.name],
                message:
                    "noise belongs to circles, moons and swiss-roll, not to \(shape.rawValue): "
                    + "remove it or change data")
        }
        self.init(
            shape: shape, dimension: given.dimension ?? standard, noise: given.noise ?? 0.05,
            placement: try values[Self.placement])
    }
}
