package import Support

/// The sampling rules that specifications and commands can name: one line each, in the order in
/// which they show them.
package enum SamplingStages {
    /// Every rule; stages of one phase act in this order.
    package static let types: [any SamplingStage.Type] = [
        Temperature.self,
        TopK.self,
        TopP.self,
        MinP.self,
        Typical.self,
        RepetitionPenalty.self,
    ]

    /// The keys of all rules.
    package static var keys: [KeyDeclaration] { types.map { $0.declaration } }

    /// The names of the rules that act in a phase.
    package static func names(in phase: SamplingPhase) -> [String] {
        types.filter { $0.phase == phase }.map { $0.declaration.key }
    }
}
