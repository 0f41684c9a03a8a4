package import Collapse
import Support

/// Writes a commented experiment file to start from.
package enum ExperimentTemplate {
    /// Every key of the lab and of a setting with its help and its default.
    ///
    /// Keys without a default hold an example and are marked `Required`; text that only the user
    /// can know is left empty, so that the file does not load before it is filled in.
    package static func text(for setting: SettingDeclaration) -> String {
        var lines = comment(setting.summary, indent: 0)
        lines += [
            "#",
            "# Every key is shown with its default, but for controls, which are switched on; keys that keep it",
            "# may be left out.",
            "# Any key below can also be written in an arm.",
            "format: \(ExperimentKeys.formatVersion)",
        ]
        for declaration in ExperimentKeys.all {
            var declaration = declaration
            if declaration.key == "setting" { declaration.defaultValue = .text(setting.name) }
            // Who begins an experiment wants to know what its samples cost.
            if declaration.key == ExperimentKeys.controls.name {
                declaration.defaultValue = .boolean(true)
            }
            if declaration.key == ExperimentKeys.verdict.name {
                declaration.help += " " + rules(of: setting)
            }
            lines += [""] + key(declaration, indent: 0)
        }
        lines += ["", "# ---- How data is used: the defaults of every arm ----"]
        var common = Dictionary(
            setting.example.common.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        for declaration in ArmKeys.common where declaration.key != "workflow" {
            var declaration = declaration
            if declaration.key == "sample-size" {
                declaration.help = "Required. \(declaration.help) The unit is \(setting.sizeUnit)."
                declaration.defaultValue = .integer(setting.example.size)
            }
            if let common = common.removeValue(forKey: declaration.key) {
                declaration.defaultValue = common
            }
            lines += [""] + key(declaration, indent: 0)
        }
        // What is left are the workflow of all arms and its keys.
        let rest = setting.example.common.filter { common[$0.key] != nil }
        if !rest.isEmpty { lines.append("") }
        for entry in rest {
            lines += YAMLText.lines(entry.key, YAMLText.layout(entry.value), indent: 0)
        }
        lines += ["", "# ---- The setting ----"]
        for declaration in setting.keys { lines += [""] + key(declaration, indent: 0) }
        lines += [""] + key(PhaseKeys.declaration(for: setting), indent: 0)
        lines += ["", "# ---- The arms that are compared ----", "", "arms:"]
        for arm in setting.example.arms {
            lines.append("  \(arm.name):")
            for entry in arm.entries {
                lines += YAMLText.lines(entry.key, YAMLText.layout(entry.value), indent: 4)
            }
        }
        for workflow in Workflows.types where setting.example.arms.isEmpty {
            guard let entries = workflow.example else { continue }
            lines += ["  \(workflow.name):", "    workflow: \(workflow.name)"]
            for example in entries {
                for var declaration in workflow.keys where declaration.key == example.key {
                    declaration.defaultValue = example.value
                    lines += entry(declaration, indent: 4)
                }
            }
        }
        lines += ["", "# A sweep makes an arm of each value or combination of values:", "# sweep:"]
        if let arm = setting.example.arms.last, let entry = arm.entries.last {
            lines.append("#   arms.\(arm.name).\(entry.key): [\(entry.value.canonicalText)]")
        } else {
            lines.append("#   arms.mixture.real-fraction: [0, 0.1, 0.5]")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the setting decides each definition of collapse by.
    private static func rules(of setting: SettingDeclaration) -> String {
        let rules = setting.definitions.map { rule in
            "\(rule.definition.rawValue): "
                + rule.words(metric: rule.metric, unit: "", reference: "the control") + ", from "
                + "\(rule.leastGenerations) \(rule.leastGenerations == 1 ? "generation" : "generations") "
                + "and \(DefinitionRule.leastSeeds) seeds on"
        }
        return "The setting's: \(rules.joined(separator: "; "))."
    }

    // MARK: Keys

    private static func key(_ declaration: KeyDeclaration, indent: Int) -> [String] {
        var help = declaration.help
        let isRequired = declaration.isRequired
        if isRequired {
            let condition = declaration.conditionalDefault.map {
                " unless \($0.paths.map { DottedPath.text($0) }.joined(separator: " or ")) is given"
            }
            help = "Required\(condition ?? ""). " + help
        }
        switch declaration.type.unwrapped {
        case .group, .text, .path, .textOrGroup: break
        default: help += " Expected: \(SpecificationMessages.expected(declaration.type))."
        }
        return comment(help, indent: indent) + entry(declaration, indent: indent)
    }

    /// The key with its value and, in groups, the help of the keys below.
    private static func entry(_ declaration: KeyDeclaration, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let value = declaration.defaultValue ?? example(declaration)
        switch (declaration.type.unwrapped, value) {
        case (_, .null?) where declaration.defaultValue != nil:
            return ["\(margin)\(declaration.key): null"]
        case (.group(let keys), _):
            return ["\(margin)\(declaration.key):"]
                + fields(keys, written: value, indent: indent + 2)
        case (.tagged(let group), _):
            return tagged(declaration.key, group, value, indent: indent)
        case (_, let value?):
            return YAMLText.lines(
                declaration.key, YAMLText.layout(value, declaration.type), indent: indent)
        case (_, nil):
            return ["\(margin)\(declaration.key):"]
        }
    }

    private static func fields(
        _ keys: [KeyDeclaration], written: SpecificationValue?, indent: Int
    ) -> [String] {
        keys.flatMap { declaration in
            var declaration = declaration
            declaration.defaultValue = written?[declaration.key] ?? declaration.defaultValue
            return key(declaration, indent: indent)
        }
    }

    private static func tagged(
        _ name: String, _ group: TaggedGroup, _ value: SpecificationValue?, indent: Int
    ) -> [String] {
        let margin = String(repeating: " ", count: indent)
        if let value, case .map = value {
        } else if let value {
            let word = group.variants.first { .text($0.name) == value }?.name
            guard let word else {
                return YAMLText.lines(name, YAMLText.layout(value), indent: indent)
            }
            return tagged(name, group, .map([.init(group.tag, .text(word))]), indent: indent)
        }
        let tag = value?[group.tag]
        guard
            let variant = group.variants.first(where: { .text($0.name) == tag })
                ?? (tag == nil && value?["preset"] == nil ? group.variants.first : nil)
        else {
            return YAMLText.lines(name, value.map(YAMLText.layout) ?? .line(""), indent: indent)
        }
        var lines = ["\(margin)\(name):"]
        for variant in group.variants {
            lines += comment("\(variant.name): \(variant.help)", indent: indent + 2)
        }
        lines.append("\(margin)  \(group.tag): \(YAMLText.text(variant.name))")
        return lines + fields(variant.keys, written: value, indent: indent + 2)
    }

    /// A value to begin with for a key that has no default; nil where only the user can know.
    private static func example(_ declaration: KeyDeclaration) -> SpecificationValue? {
        switch declaration.key {
        case "generations": .integer(5)
        default: example(declaration.type)
        }
    }

    private static func example(_ type: KeyType) -> SpecificationValue? {
        switch type {
        case .boolean: .boolean(false)
        case .integer(let range): .integer(min(max(1, range.lowerBound), range.upperBound))
        case .number(let range): .number(min(max(1, range.lowerBound), range.upperBound))
        case .choice(let words): words.first.map { .text($0) }
        case .list: .list([])
        case .optional: .null
        case .tagged(let group): group.shorthand.flatMap { example($0.type) }
        case .group, .textOrGroup, .changes, .text, .path: nil
        }
    }

    /// A comment wrapped to 90 columns.
    private static func comment(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent) + "#"
        var lines: [String] = []
        var line = margin
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > 90, line != margin {
                lines.append(line)
                line = margin
            }
            line += " " + word
        }
        return lines + [line]
    }
}
