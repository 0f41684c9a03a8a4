import Collapse
import Support

/// Two values that a key may have and that differ in one place, with what the declarations on the
/// way there say.
struct KeyVariation {
    var path: String
    var values: (SpecificationValue, SpecificationValue)
    /// Why the difference is in no name; nil where it must be in one.
    var reason: String?
}

extension [KeyDeclaration] {
    /// For each key and each key inside it, two maps of all keys that differ there only.
    var variations: [KeyVariation] {
        let base = self.base
        return flatMap { key in
            key.type.variations.map { inner in
                var (left, right) = (base, base)
                left[key.key] = inner.values.0
                right[key.key] = inner.values.1
                return KeyVariation(
                    path: inner.path.isEmpty ? key.key : "\(key.key).\(inner.path)",
                    values: (.map(left), .map(right)), reason: key.reason ?? inner.reason)
            }
        }
    }

    fileprivate var base: SpecificationMap {
        SpecificationMap(map { .init($0.key, $0.type.base) })
    }
}

extension TaskSetting {
    /// Some value for each of the setting's keys that has no default.
    static var requiredKeys: [String: SpecificationValue] {
        let required = declaration.keys.filter { $0.defaultValue == nil }
        return Dictionary(uniqueKeysWithValues: required.map { ($0.key, $0.type.base) })
    }
}

extension KeyDeclaration {
    fileprivate var reason: String? {
        if case .never(let reason) = hashed { reason } else { nil }
    }
}

extension TaggedGroup.Variant {
    fileprivate func map(tag: String, _ map: SpecificationMap) -> SpecificationValue {
        .map([.init(tag, .text(name))] + map.entries)
    }
}

extension KeyType {
    /// Some value of the type.
    fileprivate var base: SpecificationValue {
        switch self {
        case .boolean: .boolean(false)
        case .integer(let range): .integer(min(max(1, range.lowerBound), range.upperBound))
        case .number(let range): .number(min(max(1, range.lowerBound), range.upperBound))
        case .text, .path, .textOrGroup: .text("a")
        case .choice(let words): .text(words[0])
        case .list: .list([])
        case .group(let keys), .changes(let keys): .map(keys.base)
        case .tagged(let group):
            group.variants[0].map(tag: group.tag, group.variants[0].keys.base)
        case .optional: .null
        }
    }

    fileprivate var variations: [KeyVariation] {
        func here(_ left: SpecificationValue, _ right: SpecificationValue) -> [KeyVariation] {
            [KeyVariation(path: "", values: (left, right))]
        }
        switch self {
        case .boolean: return here(.boolean(false), .boolean(true))
        case .integer(let range):
            return here(.integer(range.lowerBound), .integer(range.upperBound))
        case .number(let range):
            return here(.number(range.lowerBound), .number(range.upperBound))
        case .text, .path: return here(.text("a"), .text("b"))
        case .choice(let words):
            return zip(words, words.dropFirst()).flatMap { here(.text($0), .text($1)) }
        case .list(let element):
            return here(.list([]), .list([element.base]))
                + element.variations.map { $0.mapping { .list([$0]) } }
        case .group(let keys), .changes(let keys): return keys.variations
        case .textOrGroup(let keys):
            return here(.text("a"), .map(keys.base)) + keys.variations
        case .optional(let type): return here(.null, type.base) + type.variations
        case .tagged(let group):
            let tags = zip(group.variants, group.variants.dropFirst()).flatMap { left, right in
                here(
                    left.map(tag: group.tag, left.keys.base),
                    right.map(tag: group.tag, right.keys.base))
            }
            return tags
                + group.variants.flatMap { variant in
                    variant.keys.variations.map { variation in
                        variation.mapping { value in
                            guard case .map(let map) = value else { return value }
                            return variant.map(tag: group.tag, map)
                        }
                    }
                }
        }
    }
}

extension KeyVariation {
    fileprivate func mapping(
        _ transform: (SpecificationValue) -> SpecificationValue
    ) -> KeyVariation {
        KeyVariation(
            path: path, values: (transform(values.0), transform(values.1)), reason: reason)
    }
}
