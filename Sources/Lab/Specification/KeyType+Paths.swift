import Support

/// A path as a specification has it.
struct WrittenPath {
    var kind: PathKind
    var text: String
    /// The keys that lead to it.
    var key: [String]
    /// For a run directory, the values beside it, which say what is taken from there.
    var beside = SpecificationMap()
}

/// What stands in place of a path.
typealias PathReplacement = (WrittenPath) throws(SpecificationError) -> String

extension KeyType {
    /// Whether a value of the type may hold paths.
    var holdsPaths: Bool {
        switch self {
        case .path: true
        case .optional(let type), .list(let type): type.holdsPaths
        case .group, .textOrGroup, .changes, .tagged: innerKeys.contains { $0.type.holdsPaths }
        case .boolean, .integer, .number, .text, .choice: false
        }
    }

    /// For the path of a run directory, its kind, and the key beside it that is read in the end.
    fileprivate var run: (kind: PathKind, becomes: String)? {
        switch self {
        case .optional(let type): return type.run
        case .path(let kind):
            guard case .run(let key, _) = kind.content else { return nil }
            return (kind, key)
        default: return nil
        }
    }

    /// A resolved value with something else in place of each path.
    fileprivate func replacingPaths(
        in value: SpecificationValue, at key: [String], _ replacement: PathReplacement
    ) throws(SpecificationError) -> SpecificationValue {
        switch self {
        case .path(let kind):
            return .text(
                try replacement(WrittenPath(kind: kind, text: value.textValue, key: key)))
        case .optional(let type):
            return value.isNull ? value : try type.replacingPaths(in: value, at: key, replacement)
        case .list(let type):
            var elements: [SpecificationValue] = []
            for (index, element) in value.listValue.enumerated() {
                elements.append(
                    try type.replacingPaths(in: element, at: key + ["\(index)"], replacement))
            }
            return .list(elements)
        case .group(let keys), .textOrGroup(let keys), .changes(let keys):
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
        in value: SpecificationValue, at key: [String], _ replacement: PathReplacement
    ) throws(SpecificationError) -> SpecificationValue {
        guard case .map(let written) = value else { return value }
        var map = written
        for declaration in self where declaration.type.holdsPaths {
            guard let inner = written[declaration.key] else { continue }
            let place = key + [declaration.key]
            guard let (kind, target) = declaration.type.run else {
                // What a run's model became is a name already.
                guard map[declaration.key] == inner else { continue }
                map[declaration.key] = try declaration.type.replacingPaths(
                    in: inner, at: place, replacement)
                continue
            }
            // Beside a path that leads to the model itself, a run is refused by who reads both.
            guard !inner.isNull, written[target]?.isNull ?? true else { continue }
            map[target] = .text(
                try replacement(
                    WrittenPath(
                        kind: kind, text: inner.textValue, key: place, beside: written)))
            for name in [declaration.key] + AddressError.Part.besideRun { map[name] = .null }
        }
        return .map(map)
    }
}

extension AddressError.Part {
    /// The keys beside that of a run directory.
    static let besideRun = [AddressError.Part.arm, .seed, .generation].map(\.rawValue)
}
