import Collapse
import Support

extension PointLaw {
    /// The keys of the real data in a specification.
    static func keys(
        shape: Shape, dimension: Int
    ) -> [KeyDeclaration] {
        [
            KeyDeclaration(
                "data", .choice(Shape.allCases.map(\.rawValue)), default: .text(shape.rawValue),
                help:
                    "The law of the real points: normal is N(0, I), the others are scikit-learn's toy "
                    + "data sets. The centres of the blobs are fixed."),
            KeyDeclaration(
                "dimension", .optional(.integer(1...1_000)), default: .null,
                help: "The dimension of normal data; \(dimension) where nothing is said."),
            KeyDeclaration(
                "noise", .optional(.number(0...1e6)), default: .null,
                help: "Standard deviation of the noise around circles, moons and the swiss roll; "
                    + "0.05 where nothing is said."),
            KeyDeclaration(
                "placement", .choice(Placement.allCases.map(\.rawValue)),
                default: .text(Placement.even.rawValue),
                help:
                    "even places a real sample along its shape in equal steps, as scikit-learn does; "
                    + "random draws its points independently. It matters much for few points."),
            KeyDeclaration(
                "test-size", .integer(1...10_000_000), default: .integer(500),
                help: "How many real points the models are tested on, the same in all generations."),
        ]
    }

    /// Reads the resolved keys.
    ///
    /// - Throws: ``SpecificationIssue`` where a key belongs to other data.
    init(_ values: SpecificationValue, dimension: Int) throws(SpecificationIssue) {
        let shape = Shape(rawValue: values.required("data").textValue) ?? .normal
        let given = (dimension: values.required("dimension"), noise: values.required("noise"))
        guard given.dimension.isNull || shape == .normal else {
            throw SpecificationIssue(
                path: ["dimension"],
                message: "\(shape.rawValue) data have their own dimension: remove dimension or set "
                    + "data: normal")
        }
        guard given.noise.isNull || (shape != .normal && shape != .blobs) else {
            throw SpecificationIssue(
                path: ["noise"],
                message:
                    "noise belongs to circles, moons and swiss-roll, not to \(shape.rawValue): "
                    + "remove it or change data")
        }
        self.init(
            shape: shape,
            dimension: given.dimension.isNull ? dimension : given.dimension.integerValue,
            noise: given.noise.isNull ? 0.05 : given.noise.numberValue,
            placement: Placement(rawValue: values.required("placement").textValue) ?? .even)
    }
}
