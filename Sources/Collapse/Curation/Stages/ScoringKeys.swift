import Support

/// What the stages that score have in common.
enum ScoringKeys {
    static let under = KeyDeclaration(
        "under", .choice(CurationModel.allCases.map(\.rawValue)),
        default: .text(CurationModel.generation0.rawValue),
        help: "The model that scores the examples.")

    static func under(_ value: SpecificationValue) -> CurationModel {
        CurationModel(rawValue: value.required("under").textValue) ?? .generation0
    }
}

extension CurationModel {
    /// The words under which stored fits know the model.
    var canonicalText: String { "Collapse.CurationStage.ScoringModel.\(self)" }
}
