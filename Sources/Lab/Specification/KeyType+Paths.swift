import Support

extension KeyType {
    /// Whether a value of the type may hold paths.
    var holdsPaths: Bool {
        switch self {
        case .path: true
        case .optional(let type), .list(let type): type.holdsPaths
        case .group, .changes, .tagged: innerKeys.contains { $0.type.holdsPaths }
        case .boolean, .integer, .number, .text, .choice: false
        }
    }

    /// A resolved value with something else in place of each path.
    fileprivate func replacingPaths(
        in value: SpecificationValue, at key: [String],
        _ replacement: (PathKind, String, [String]) throws(SpecificationError) -> String
    ) throws(SpecificationError) -> SpecificationValue {
        switch self {
        case .path(let kind): return .text(try replacement(kind, value.textValue, key))
        case .optional(let type):
            return value.isNull ? value : try type.replacingPaths(in: value, at: key, replacement)
        case .list(let type):
            var elements: [SpecificationValue] = []
            for (index, element) in value.listValue.enumerated() {
                elements.append(
                    try type.replacingPaths(in: element, at: key + ["\(index)"], replacement))
            }
            return .list(elements)
        case .group(let keys), .changes(let keys):
            return try keys.replacingPaths(in: value, at: key, replacement)
        case .tagged(let group):
            let variant = group.variants.first { .text($0.name) == value[group.tag] }
            return try variant?.keys.replacingPaths(in: value, at: key, replacement) ?? value
        case .boolean, .integer, .number, .text, .choice: return value
        }
    }
}

extension [KeyDeclaration] {
    /// Values of a group with something else in place of each path.
    func replacingPaths(
        in value: SpecificationValue, at key: [String],
        _ replacement: (PathKind, String, [String]) throws(SpecificationError) -> String
    ) throws(SpecificationError) -> SpecificationValue {
        guard case .map(var map) = value else { return value }
        for declaration in self where declaration.type.holdsPaths {
            guard let inner = map[declaration.key] else { continue }
            map[declaration.key] = try declaration.type.replacingPaths(
                in: inner, at: key + [declaration.key], replacement)
        }
        return .map(map)
    }
}
