import Collapse
import Support

extension ValueResolver {
    /// A list of ``KeyType/changes(_:)``: each element has the keys that it writes, merged with what they
    /// change, which is what earlier elements say of them or else what `below` does.
    func changes(
        _ keys: [KeyDeclaration], _ layers: [SourceNode], type: KeyType, at position: Position,
        below: (String) -> [SourceNode]
    ) throws(SpecificationError) -> Resolved {
        let elements = try elementLayers(of: layers, type: type)
        var earlier: [String: [SourceNode]] = [:]
        var values: [SpecificationValue] = []
        var locations = LocationTree(location: layers.last?.location)
        for (index, layers) in elements.enumerated() {
            let path = position.path + ["\(index)"]
            let resolved = try changes(
                keys, layers, at: Position(path: path, location: position.location)
            ) { key in below(key) + (earlier[key] ?? []) }
            for key in keys {
                earlier[key.key, default: []] += children(of: layers, key.key)
            }
            values.append(resolved.value)
            locations.children["\(index)"] = resolved.locations
        }
        return Resolved(value: .list(values), locations: locations)
    }

    /// The keys that some layers write, each merged with what is below it.
    func changes(
        _ keys: [KeyDeclaration], _ layers: [SourceNode], at position: Position,
        below: (String) -> [SourceNode]
    ) throws(SpecificationError) -> Resolved {
        try requireKnown(keys, in: layers)
        let location = layers.last?.location ?? position.location
        var map = SpecificationMap()
        var locations = LocationTree(location: layers.last?.location)
        for declaration in keys {
            let written = children(of: layers, declaration.key)
            guard !written.isEmpty || declaration.key == PhaseKeys.from.name else { continue }
            let resolved = try keyed(
                declaration, below(declaration.key) + written,
                in: Position(path: position.path, location: location))
            map[declaration.key] = resolved.value
            locations.children[declaration.key] = resolved.locations
        }
        return Resolved(value: .map(map), locations: locations)
    }

    private func requireKnown(
        _ keys: [KeyDeclaration], in layers: [SourceNode]
    ) throws(SpecificationError) {
        for layer in layers {
            try requireMap(layer, as: .changes(keys))
            for entry in layer.entries ?? [] where !keys.contains(where: { $0.key == entry.key }) {
                throw unknownKey(entry, keys, alsoAllowed: [], variants: nil)
            }
        }
    }
}
