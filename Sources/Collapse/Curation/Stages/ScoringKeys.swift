import Support

/// The key of the stages that look at scores.
extension CurationModel {
    static let under = Key<CurationModel>(
        "under", .choice, default: .generation0, help: "The model that scores the examples.")

    /// What scoring under the model asks of the setting.
    var needs: Set<Capability> { self == .base ? [.scores, .base] : [.scores] }
}
