public import Support

/// The phases of an arm: from which generations on which of its keys have other values.
///
/// What a chain needs from its first generation to its last stays as it is: the seed's data, the
/// stream of random numbers, whether the arm is a control, and how generations are measured.
public enum PhaseKeys {
    /// The key of an arm that lists its phases, each with ``from`` and what changes.
    public static let name = "phases"

    /// The first generation of a phase.
    public static let from = Key(
        "from", .integer(1...1_000_000_000), hashed: planned,
        help:
            "The first generation of the phase. The samples that it trains on are drawn by the "
            + "generation before, as that one's own keys say, but as many as the phase asks for: another "
            + "sample-size changes the samples of the generation before, too.")

    private static let planned = HashScope.never(
        because: "each generation's plan and stages are named by the keys of its phase")

    /// The lab's keys that hold for a whole chain.
    private static let fixed: Set<String> = [
        ArmKeys.control.name, ArmKeys.stream.name, PoolWorkflow.generatorSize.name,
    ]

    /// The key of an arm of a setting.
    public static func declaration(for setting: SettingDeclaration) -> KeyDeclaration {
        let changing =
            ArmKeys.common.filter { !fixed.contains($0.key) }
            + setting.keys.filter { setting.changingKeys.contains($0.key) }
        return KeyDeclaration(
            name, .list(.changes([from.declaration] + changing)), default: .list([]),
            hashed: planned,
            help: "What changes on the way, as [{from: 5, workflow: mixture, real-fraction: 0.5, "
                + "real-data: fresh}]: each entry gives keys of the arm other values from that generation on. "
                + "Arms that differ from then on alone share what comes before.")
    }
}

extension SpecificationValue {
    /// An arm's values as a phase leaves them: those of the phase in the place of its own. A workflow
    /// that takes the place of another brings its own keys.
    func entering(_ phase: SpecificationMap) -> SpecificationValue {
        guard case .map(var map) = self else { return self }
        if let workflow = phase[ArmKeys.workflow.name], workflow != map[ArmKeys.workflow.name] {
            for key in Workflows.keys {
                if let value = key.defaultValue { map[key.key] = value }
            }
        }
        for entry in phase.entries where entry.key != PhaseKeys.from.name {
            map[entry.key] = entry.value
        }
        return .map(map)
    }
}
