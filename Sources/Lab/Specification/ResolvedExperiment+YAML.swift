import Collapse
import Support

extension ResolvedExperiment {
    /// The experiment as a file in which every value is written out. It loads to the same
    /// experiment, without presets, sweeps or overrides. `provenance` says what made the results
    /// (versions, data, hashes); with it the file is sealed, see ``SealedYAML``.
    package func yamlText(provenance: RunProvenance? = nil) -> String {
        var lines = [
            "# Every value of the experiment, defaults included. This file can be run again.",
            "format: \(ExperimentKeys.formatVersion)",
        ]
        for declaration in ExperimentKeys.all {
            guard let value = experiment[declaration.key] else { continue }
            lines += YAMLText.lines(
                declaration.key, YAMLText.layout(value, declaration.type))
        }
        let keys = ArmKeys.all(of: setting)
        // Every arm names its workflow, for the reader; other values that all share stand above.
        let shared = keys.filter { declaration in
            declaration.key != "workflow"
                && arms.allSatisfy { $0.values[declaration.key] == arms[0].values[declaration.key] }
        }
        if !shared.isEmpty { lines += ["", "# Common to all arms."] }
        for declaration in shared {
            lines += Self.lines(declaration, of: arms[0], indent: 0)
        }
        lines += ["", "arms:"]
        for arm in arms {
            lines.append("  \(YAMLText.key(arm.name)):")
            for declaration in keys where !shared.contains(where: { $0.key == declaration.key }) {
                lines += Self.lines(declaration, of: arm, indent: 4)
            }
            if !arm.coordinates.isEmpty {
                let swept = SpecificationValue.map(
                    arm.coordinates.map { .init($0.key, $0.value) })
                lines += YAMLText.lines(
                    StructureKeys.swept, YAMLText.layout(swept), indent: 4)
            }
        }
        let text = lines.joined(separator: "\n") + "\n"
        guard let provenance else { return text }
        let made = YAMLText.lines(StructureKeys.provenance, YAMLText.layout(.map(provenance.map)))
        return SealedYAML.seal(
            text + "\n# What made the results; another run does not read it.\n"
                + made.joined(separator: "\n") + "\n")
    }

    private static func lines(
        _ declaration: KeyDeclaration, of arm: ResolvedArm, indent: Int
    ) -> [String] {
        guard let value = arm.values[declaration.key] else { return [] }
        return YAMLText.lines(
            declaration.key, YAMLText.layout(value, declaration.type), indent: indent)
    }
}
