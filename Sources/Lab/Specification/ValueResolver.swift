import Collapse
import Compute
import Support

/// Turns what was written into values of the declared types.
///
/// A key may be written in several layers: its default, the top level, the arm, overrides, sweeps.
/// Layers are ordered from the weakest to the strongest. Scalars and lists are taken from the
/// strongest layer; groups are merged key by key.
struct ValueResolver {
    var presets: PresetLibrary

    /// A value with the locations of its parts.
    struct Resolved {
        var value: SpecificationValue
        var locations: LocationTree
    }

    /// What a missing key is missing from.
    struct Position {
        var path: [String]
        var location: SourceLocation?
        /// The keys are those of an arm, which may also stand at the top level.
        var isArm = false
    }

    private static let rangeLimit = 1_000_000

    /// The value of a declared key.
    func keyed(
        _ declaration: KeyDeclaration, _ written: [SourceNode], in parent: Position
    ) throws(SpecificationError) -> Resolved {
        let path = parent.path + [declaration.key]
        // What a stronger layer hides must still make sense: a typo is a typo.
        if written.count > 1 {
            for layer in written {
                try check(layer, declaration.type, position: Position(path: path))
            }
        }
        var layers = written
        if let value = declaration.defaultValue, declaration.type.usesDefault(below: written) {
            let node = SourceNode.of(value, path: path)
            if !(node.isNull && !written.isEmpty) { layers.insert(node, at: 0) }
        }
        guard !layers.isEmpty || declaration.type.isGroup else {
            throw SpecificationError(
                .missingKey(
                    expected: SpecificationMessages.expected(declaration.type),
                    help: declaration.help,
                    inArm: parent.isArm),
                key: path, at: parent.location)
        }
        do throws(SpecificationError) {
            return try resolve(
                layers, as: declaration.type, at: Position(path: path, location: parent.location))
        } catch {
            var error = error
            error.location = error.location ?? parent.location
            throw error
        }
    }

    /// Refuses what is wrong with a layer by itself; keys may be missing.
    private func check(
        _ layer: SourceNode, _ type: KeyType, position: Position
    )
        throws(SpecificationError)
    {
        do throws(SpecificationError) {
            _ = try resolve([layer], as: type, at: position)
        } catch {
            switch error.kind {
            case .missingKey, .noSuchElement: return
            // Keys of another variant than the default's may belong to that of a weaker layer.
            case .unknownKey(_, _, .variants): return
            default: throw error
            }
        }
    }

    /// The value that the layers make, the strongest last.
    private func resolve(
        _ layers: [SourceNode], as type: KeyType, at position: Position
    ) throws(SpecificationError) -> Resolved {
        if !type.takesText, let problem = layers.lazy.compactMap(\.problem).first { throw problem }
        switch type {
        case .optional(let inner):
            guard let null = layers.lastIndex(where: \.isNull) else {
                return try resolve(layers, as: inner, at: position)
            }
            let above = Array(layers[(null + 1)...])
            if above.isEmpty {
                return Resolved(
                    value: .null, locations: LocationTree(location: layers[null].location))
            }
            return try resolve(above, as: inner, at: position)
        case .group(let keys):
            for layer in layers { try requireMap(layer, as: type) }
            return try fields(
                keys, tag: nil, layers, at: position, alsoAllowed: [], variants: nil)
        case .textOrGroup(let keys):
            // A text in place of the group drops what weaker layers said.
            let text = layers.lastIndex { $0.entries == nil }
            let above = Array(layers[(text.map { $0 + 1 } ?? 0)...])
            guard above.isEmpty, let text else {
                return try resolve(above, as: .group(keys), at: position)
            }
            guard case .scalar(let scalar) = layers[text].content, scalar.value != .null else {
                try requireMap(layers[text], as: type)
                preconditionFailure("a value without keys passed for a group")
            }
            return try resolve([layers[text]], as: .text, at: position)
        case .changes(let keys):
            return try changes(keys, layers, at: position) { _ in [] }
        case .tagged(let group):
            return try tagged(group, layers, at: position)
        case .list(let element):
            return try list(of: element, layers, type: type, at: position)
        case .boolean, .integer, .number, .text, .path, .choice:
            guard let layer = layers.last else {
                preconditionFailure("a scalar needs a layer at \(DottedPath.text(position.path))")
            }
            let value = try ScalarReading.value(layer, as: type)
            return Resolved(value: value, locations: LocationTree(location: layer.location))
        }
    }

    // MARK: Groups

    func requireMap(_ layer: SourceNode, as type: KeyType) throws(SpecificationError) {
        guard layer.entries == nil else { return }
        throw SpecificationError(
            .wrongType(
                found: SpecificationMessages.found(layer),
                expected: SpecificationMessages.expected(type), remedy: nil),
            key: layer.path, at: layer.location)
    }

    /// The layers of a key of a group. An assignment by an override replaces what is below it.
    func children(of layers: [SourceNode], _ key: String) -> [SourceNode] {
        var result: [SourceNode] = []
        for layer in layers {
            guard let child = layer[key] else { continue }
            if layer.isOverridePath && !child.isOverridePath { result = [] }
            result.append(child)
        }
        return result
    }

    private func fields(
        _ keys: [KeyDeclaration], tag: SpecificationMap.Entry?, _ layers: [SourceNode],
        at position: Position, alsoAllowed: [String], variants: TaggedGroup?
    ) throws(SpecificationError) -> Resolved {
        for layer in layers {
            for entry in layer.entries ?? [] {
                if keys.contains(where: { $0.key == entry.key }) { continue }
                if alsoAllowed.contains(entry.key) { continue }
                throw unknownKey(entry, keys, alsoAllowed: alsoAllowed, variants: variants)
            }
        }
        var map = SpecificationMap()
        let location = layers.last?.location ?? position.location
        var locations = LocationTree(location: layers.last?.location)
        if let tag {
            map[tag.key] = tag.value
            locations.children[tag.key] = LocationTree(
                location: children(of: layers, tag.key).last?.location)
        }
        // A missing key is reported where the strongest layer would have had it.
        let path = layers.last.map { $0.location == nil ? position.path : $0.path } ?? position.path
        for declaration in keys {
            let resolved = try keyed(
                declaration, children(of: layers, declaration.key),
                in: Position(path: path, location: location))
            map[declaration.key] = resolved.value
            locations.children[declaration.key] = resolved.locations
        }
        return Resolved(value: .map(map), locations: locations)
    }

    func unknownKey(
        _ entry: SourceEntry, _ keys: [KeyDeclaration], alsoAllowed: [String],
        variants: TaggedGroup?
    ) -> SpecificationError {
        let choices = keys.map(\.key) + alsoAllowed
        var elsewhere: SpecificationError.Elsewhere?
        if let variants {
            let owners = variants.variants.filter { variant in
                variant.keys.contains { $0.key == entry.key }
            }
            if !owners.isEmpty {
                elsewhere = .variants(tag: variants.tag, values: owners.map(\.name))
            }
        }
        return SpecificationError(
            .unknownKey(
                nearest: NearestWord.find(entry.key, in: choices), choices: choices,
                elsewhere: elsewhere),
            key: entry.value.path, at: entry.location ?? entry.value.location)
    }

    // MARK: Tagged groups

    /// A layer of a tagged group with its shorthand written out.
    private struct TaggedLayer {
        var node: SourceNode
        /// What the layer says of the tag, in its own words or through its preset.
        var tag: String?
        var preset: Preset?
    }

    private struct Preset {
        var name: String
        var node: SourceNode
        var tag: String?
        /// The file.
        var source: SourceLocation.Source
        /// The position that names the preset.
        var named: SourceLocation?
    }

    private func tagged(
        _ group: TaggedGroup, _ layers: [SourceNode], at position: Position
    ) throws(SpecificationError) -> Resolved {
        // A layer that changes the tag drops what weaker layers said, but not what other overrides
        // of the same group say: `model.layers=6 model.kind=network` may come in any order.
        var active: [TaggedLayer] = []
        var tag: String?
        for layer in layers {
            let next = try taggedLayer(layer, group)
            if let nextTag = next.tag {
                if let tag, tag != nextTag {
                    active.removeAll { weaker in
                        weaker.tag != nil || !weaker.node.isOverridePath
                            || !layer.isOverridePath || weaker.node.path != layer.path
                    }
                }
                tag = nextTag
            }
            active.append(next)
        }
        let preset = active.last { $0.preset != nil }?.preset
        var nodes = active.map(\.node)
        if let preset {
            // Keys that were written override the preset's; the preset overrides defaults.
            nodes.insert(preset.node, at: nodes.prefix { $0.location == nil }.count)
        }
        var allowed = [group.tag]
        if group.presetFolder != nil { allowed.append("preset") }
        guard let tag, let variant = group.variants.first(where: { $0.name == tag }) else {
            let last = nodes.last
            let error = SpecificationError(
                .missingKey(
                    expected: SpecificationMessages.oneOf(group.variants.map(\.name)), help: "",
                    inArm: false),
                key: (last?.path ?? position.path) + [group.tag],
                // A preset that says nothing of it is where it is missing.
                at: preset.map { SourceLocation(source: $0.source) } ?? last?.location
                    ?? position.location)
            throw preset.map { Self.explain(error, $0) } ?? error
        }
        do throws(SpecificationError) {
            return try fields(
                variant.keys, tag: .init(group.tag, .text(tag)), nodes, at: position,
                alsoAllowed: allowed, variants: group)
        } catch {
            throw preset.map { Self.explain(error, $0) } ?? error
        }
    }

    private func taggedLayer(
        _ layer: SourceNode, _ group: TaggedGroup
    ) throws(SpecificationError) -> TaggedLayer {
        guard let entries = layer.entries else { return try bare(layer, group) }
        var result = TaggedLayer(node: layer)
        if group.presetFolder != nil, let entry = entries.first(where: { $0.key == "preset" }) {
            let name = try ScalarReading.value(entry.value, as: .text).textValue
            result.preset = try preset(name, namedBy: entry.value, group)
            result.tag = result.preset?.tag
        }
        if let entry = entries.first(where: { $0.key == group.tag }) {
            let choice = KeyType.choice(group.variants.map(\.name))
            let written = try ScalarReading.value(entry.value, as: choice).textValue
            if let preset = result.preset, let presetTag = preset.tag, presetTag != written {
                throw SpecificationError(
                    .presetContradicts(
                        preset: preset.name, tag: group.tag, presetTag: presetTag,
                        writtenTag: written),
                    key: layer.path, at: entry.value.location)
            }
            result.tag = written
        }
        return result
    }

    /// A value without keys: the name of a variant, the shorthand, or the name of a preset.
    private func bare(
        _ layer: SourceNode, _ group: TaggedGroup
    ) throws(SpecificationError) -> TaggedLayer {
        var word: String?
        if case .scalar(let scalar) = layer.content, case .text(let text) = scalar.value {
            word = text
        }
        if let word, group.variants.contains(where: { $0.name == word }) {
            return TaggedLayer(node: map([(group.tag, layer)], from: layer), tag: word)
        }
        var remedy: SpecificationError.Remedy?
        if let shorthand = group.shorthand {
            do throws(SpecificationError) {
                _ = try resolve([layer], as: shorthand.type, at: Position(path: layer.path))
                var key = SourceNode.of(.text(shorthand.variant), path: layer.path)
                key.location = layer.location
                return TaggedLayer(
                    node: map([(group.tag, key), (shorthand.key, layer)], from: layer),
                    tag: shorthand.variant)
            } catch {
                guard case .wrongType(_, _, let plain) = error.kind else { throw error }
                remedy = plain
            }
        }
        if let word, group.presetFolder != nil {
            let preset = try preset(word, namedBy: layer, group)
            return TaggedLayer(node: map([], from: layer), tag: preset.tag, preset: preset)
        }
        if let word, group.shorthand == nil {
            let names = group.variants.map(\.name)
            throw SpecificationError(
                .notAChoice(
                    found: "`\(word)`", choices: names, nearest: NearestWord.find(word, in: names)),
                key: layer.path, at: layer.location)
        }
        throw SpecificationError(
            .wrongType(
                found: SpecificationMessages.found(layer),
                expected: SpecificationMessages.expected(.tagged(group)),
                remedy: remedy),
            key: layer.path, at: layer.location)
    }

    private func map(_ entries: [(String, SourceNode)], from layer: SourceNode) -> SourceNode {
        SourceNode(
            content: .map(
                SourceMap(
                    entries.map {
                        SourceEntry(key: $0.0, location: layer.location, value: $0.1)
                    })),
            location: layer.location, path: layer.path)
    }

    private func preset(
        _ name: String, namedBy node: SourceNode, _ group: TaggedGroup
    ) throws(SpecificationError) -> Preset {
        guard let folder = group.presetFolder else {
            preconditionFailure("a group without presets has no preset \(name)")
        }
        guard let file = try presets.file(folder, name) else {
            let names = presets.names(folder)
            throw SpecificationError(
                .unknownPreset(
                    name: name, folder: folder, nearest: NearestWord.find(name, in: names),
                    names: names), key: node.path, at: node.location)
        }
        var preset = Preset(
            name: name, node: SourceNode(content: .map([]), location: nil, path: []),
            source: .file(file.path), named: node.location)
        do throws(SpecificationError) {
            let empty = SourceNode(
                content: .map([]), location: SourceLocation(source: preset.source), path: [])
            let root = try YAMLReader.read(file.text, source: preset.source) ?? empty
            guard root.entries != nil else {
                throw SpecificationError(
                    .notAMap(found: SpecificationMessages.found(root)), at: root.location)
            }
            if let inner = root["preset"] {
                throw SpecificationError(.presetNamesPreset, key: inner.path, at: inner.location)
            }
            if let tag = root[group.tag] {
                let choice = KeyType.choice(group.variants.map(\.name))
                preset.tag = try ScalarReading.value(tag, as: choice).textValue
            }
            preset.node = root
        } catch {
            throw Self.explain(error, preset)
        }
        return preset
    }

    /// Says which value named the preset in which an error is.
    private static func explain(
        _ error: SpecificationError, _ preset: Preset
    )
        -> SpecificationError
    {
        guard error.location?.source == preset.source, error.context.isEmpty else { return error }
        var error = error
        let named = preset.named.map { " that \($0) names" } ?? ""
        error.context.append("in the preset `\(preset.name)`\(named)")
        return error
    }

    // MARK: Lists

    private func list(
        of element: KeyType, _ layers: [SourceNode], type: KeyType, at position: Position
    ) throws(SpecificationError) -> Resolved {
        var values: [SpecificationValue] = []
        var locations = LocationTree(location: layers.last?.location)
        for (index, layers) in try elementLayers(of: layers, type: type).enumerated() {
            let resolved = try resolve(
                layers, as: element,
                at: Position(path: position.path + ["\(index)"], location: position.location))
            values.append(resolved.value)
            locations.children["\(index)"] = resolved.locations
        }
        return Resolved(value: .list(values), locations: locations)
    }

    /// The layers of each element of a list.
    func elementLayers(
        of layers: [SourceNode], type: KeyType
    ) throws(SpecificationError) -> [[SourceNode]] {
        let base = layers.lastIndex { !$0.isOverridePath }
        var elements: [[SourceNode]] = []
        if let base {
            elements = try self.elements(of: layers[base], type: type)
        }
        // Overrides such as `curate.0.fraction=0.5` reach into the list.
        for layer in layers[(base.map { $0 + 1 } ?? 0)...] {
            for entry in layer.entries ?? [] {
                guard let index = Int(entry.key), elements.indices.contains(index) else {
                    throw SpecificationError(
                        .noSuchElement(count: elements.count), key: entry.value.path,
                        at: entry.location)
                }
                if !entry.value.isOverridePath { elements[index] = [] }
                elements[index].append(entry.value)
            }
        }
        return elements
    }

    private func elements(
        of node: SourceNode, type: KeyType
    ) throws(SpecificationError) -> [[SourceNode]] {
        guard case .list(let element) = type else {
            preconditionFailure("only a list has elements")
        }
        if case .list(let elements) = node.content { return elements.map { [$0] } }
        if case .scalar(let scalar) = node.content, case .integer = element,
            let range = scalar.range
        {
            return try Self.expand(range, from: node).map { [$0] }
        }
        // One word stands for the list of it.
        if case .scalar = node.content, !node.isNull, case .choice = element { return [[node]] }
        var remedy: SpecificationError.Remedy?
        if !node.isNull, node.entries == nil,
            (try? resolve([node], as: element, at: Position(path: node.path))) != nil
        {
            if case .scalar(let scalar) = node.content {
                remedy = .write("[\(scalar.text)]")
                if node.path == [ExperimentKeys.seeds.name], let count = Int(scalar.text) {
                    remedy = .seeds(count)
                }
            }
        }
        if case .scalar(let scalar) = node.content, case .integer = element,
            scalar.isFallingRange
        {
            remedy = .smallerFirst
        }
        throw SpecificationError(
            .wrongType(
                found: SpecificationMessages.found(node),
                expected: SpecificationMessages.expected(type), remedy: remedy),
            key: node.path, at: node.location)
    }

    /// One node for each number of a range.
    static func expand(
        _ range: ClosedRange<Int>, from node: SourceNode
    ) throws(SpecificationError) -> [SourceNode] {
        let (distance, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
        guard !overflow, distance < rangeLimit else {
            throw SpecificationError(
                .rangeTooLong(found: "\(range.lowerBound)..\(range.upperBound)", limit: rangeLimit),
                key: node.path, at: node.location)
        }
        return range.map { number in
            SourceNode(
                content: .scalar(SourceScalar(text: "\(number)", isPlain: true)),
                location: node.location, path: node.path)
        }
    }
}

extension KeyType {
    /// A group, which is filled from its keys when it is missing.
    fileprivate var isGroup: Bool {
        if case .group = self { true } else { false }
    }

    /// Whether the default stands below what was written: always under groups, which are merged,
    /// under lists that overrides reach into, and otherwise only where nothing was written.
    fileprivate func usesDefault(below written: [SourceNode]) -> Bool {
        if written.isEmpty { return true }
        switch self {
        case .group, .textOrGroup, .changes, .tagged: return true
        case .list: return written.allSatisfy(\.isOverridePath)
        case .optional(let type): return type.usesDefault(below: written)
        case .boolean, .integer, .number, .text, .path, .choice: return false
        }
    }
}

extension KeyType {
    /// Whether a value is free text, of which YAML need make nothing.
    fileprivate var takesText: Bool {
        switch self {
        case .text, .path, .textOrGroup, .optional(.text), .optional(.path): true
        default: false
        }
    }
}
