import Collapse
import Support

/// What a paper says of how results were made, read from the specification.
enum MethodFacts {
    /// The values that all arms share and that are not their defaults, in the order of the keys.
    static func shared(
        by arms: [ResolvedArm], of setting: SettingDeclaration
    ) -> [(key: String, value: String)] {
        ArmKeys.all(of: setting).compactMap { declaration in
            let values = arms.map { $0.values[declaration.key] }
            guard let first = values.first, let value = first, !value.isNull,
                value != declaration.defaultValue, values.allSatisfy({ $0 == value }),
                declaration.key != ArmKeys.workflow.name
            else { return nil }
            let words = words(value, declaration.type)
            // A default is written shorter than what it is filled in to.
            let usual = declaration.defaultValue.map { Self.words($0, declaration.type) }
            return words.isEmpty || words == usual ? nil : (declaration.key, words)
        }
    }

    /// A value in words: a group as its keys with the values that are not their defaults.
    private static func words(_ value: SpecificationValue, _ type: KeyType) -> String {
        switch (type.unwrapped, value) {
        case (_, .null): return ""
        case (.path(let kind), .text(let text)) where kind.isWord:
            // What a file holds is said of each command apart.
            return PinnedFile(text)?.path
                ?? (text.hasPrefix("objects/") ? "a file of the run" : text)
        case (_, .text(let text)): return text
        case (.list(let element), .list(let elements)):
            return elements.map { words($0, element) }.joined(separator: ", ")
        case (.group(let keys), .map(let map)), (.textOrGroup(let keys), .map(let map)):
            return words(map, keys)
        case (.changes(let keys), .map(let map)):
            return keys.compactMap { key in
                map[key.key].map { "\(key.key) \(words($0, key.type))" }
            }.joined(separator: " ")
        case (.tagged(let group), .map(let map)):
            if let short = group.shorthand, map[group.tag] == .text(short.variant),
                let bare = map[short.key]
            {
                return words(bare, short.type)
            }
            guard let tag = map[group.tag]?.textValue,
                let variant = group.variants.first(where: { $0.name == tag })
            else { return value.canonicalText }
            let rest = words(map, variant.keys)
            return rest.isEmpty ? tag : "\(tag), \(rest)"
        case (_, .number(let number)) where number == number.rounded() && abs(number) < 1e15:
            return "\(Int(number))"
        default: return value.canonicalText
        }
    }

    private static func words(_ map: SpecificationMap, _ keys: [KeyDeclaration]) -> String {
        keys.compactMap { declaration in
            guard let value = map[declaration.key], value != declaration.defaultValue else {
                return nil
            }
            let words = words(value, declaration.type)
            return words.isEmpty ? nil : "\(declaration.key) \(words)"
        }.joined(separator: ", ")
    }
}
