import Support

extension DecodingRule {
    private static let temperature = Key(
        "temperature", .number(0.01...100), default: 1,
        help:
            "Models are sampled from their distribution to the power 1/temperature: below 1 prefers what is "
            + "likely. Real data are always drawn from the truth as it is.")
    private static let topK = Key<Int?>(
        "top-k", .optional(.integer(1...DiscreteSource.mostCells)), default: .some(nil),
        help: "Models draw from their k likeliest symbols only.")
    private static let topP = Key<Double?>(
        "top-p", .optional(.number(1e-9...1)), default: .some(nil),
        help: "Models draw from the likeliest symbols that together hold this mass.")

    @KeyList static var keys: [KeyDeclaration] {
        temperature
        topK
        topP
    }

    /// The rule that an arm's resolved keys describe.
    ///
    /// - Throws: ``SpecificationIssue`` where there are fewer symbols than are to be kept.
    init(_ values: SpecificationValue, vocabulary: Int) throws(SpecificationIssue) {
        self.init(
            temperature: try values[Self.temperature], topK: try values[Self.topK],
            topP: try values[Self.topP])
        if let topK, topK > vocabulary {
            throw SpecificationIssue(
                path: [Self.topK.name],
                message:
                    "top-k: \(topK) is more than the \(vocabulary) symbols of the source: lower "
                    + "it or remove the key")
        }
    }
}
