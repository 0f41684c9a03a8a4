import Collapse
import Compute
import Support

/// Expands `sweep:` and `zip:` into arms: the product of the axes that concern an arm, the last axis
/// fastest, where all keys of `zip:` are one axis.
struct SweepGrid {
    var armKeys: [KeyDeclaration]
    var document: SourceDocument
    var values: ValueResolver

    /// A swept key with its values.
    struct SweptKey {
        /// The arm it concerns; nil for all.
        var arm: String?
        /// The key inside the arm.
        var path: [String]
        var type: KeyType?
        var values: [SourceNode]
        /// The entry of `sweep:` or of `zip:`.
        var key: [String]
        var isZipped: Bool { key[0] == StructureKeys.zip }
        var location: SourceLocation?
    }

    /// One arm of the grid.
    struct Point {
        var assignments: [(path: [String], value: SourceNode, key: [String])] = []
        /// What is appended to the arm's name.
        var label = ""
        var coordinates: [(key: String, value: SpecificationValue)] = []
        var location: SourceLocation?

        /// What the point says of an arm's key, to lie above everything else.
        func layers(_ key: String) -> [SourceNode] {
            var layers: [SourceNode] = []
            for (path, value, written) in assignments where path[0] == key {
                layers.append(
                    SourceNode.nesting(value, below: path[1...], at: [written[0], key]))
            }
            return layers
        }
    }

    private static let armLimit = 10_000

    /// The axes in the order they are written, sorted by the arms they concern.
    struct Axes {
        private var count = 0
        private var common: [(position: Int, axis: SweptKey)] = []
        private var single: [String: [(position: Int, axis: SweptKey)]] = [:]

        mutating func append(_ axis: SweptKey) {
            if let arm = axis.arm {
                single[arm, default: []].append((count, axis))
            } else {
                common.append((count, axis))
            }
            count += 1
        }

        /// The axes that concern an arm.
        func of(_ arm: String) -> [SweptKey] {
            (common + (single[arm] ?? [])).sorted { $0.position < $1.position }.map(\.axis)
        }
    }

    /// The axes that are written.
    func axes(_ arms: [ExperimentResolver.ArmName]) throws(SpecificationError) -> Axes {
        let names = arms.map(\.key)
        let known = Set(names)
        var axes = Axes()
        var entries: [(structure: String, entry: SourceEntry)] = []
        for structure in [StructureKeys.sweep, StructureKeys.zip] {
            entries += try document.entries([structure]).map { (structure, $0) }
        }
        for (structure, entry) in entries {
            let written = [structure, entry.key]
            guard var path = DottedPath.keys(of: entry.key[...]) else {
                throw unknown(entry, written, choices: armKeys.map(\.key))
            }
            var arm: String?
            if path[0] == StructureKeys.arms, path.count > 2 {
                path = DottedPath.joiningArmName(path, names: known)
                guard known.contains(path[1]) else {
                    throw SpecificationError(
                        .unknownArm(nearest: NearestWord.find(path[1], in: names), names: names),
                        key: ["arms", path[1]], at: entry.location)
                }
                arm = path[1]
                path.removeFirst(2)
            }
            guard armKeys.contains(where: { $0.key == path[0] }) else {
                let isExperiment = ExperimentKeys.all.contains { $0.key == path[0] }
                if isExperiment {
                    throw SpecificationError(
                        .sweepOfExperimentKey, key: [path[0]], at: entry.location)
                }
                throw unknown(entry, written, choices: armKeys.map(\.key))
            }
            let type = KeyType.at(path[...], in: armKeys)
            let layer = document.layers(written).last ?? entry.value
            axes.append(
                SweptKey(
                    arm: arm, path: path, type: type, values: try list(layer, type, key: written),
                    key: written, location: entry.location))
        }
        return axes
    }

    private func unknown(
        _ entry: SourceEntry, _ key: [String], choices: [String]
    ) -> SpecificationError {
        SpecificationError(
            .unknownKey(
                nearest: NearestWord.find(entry.key, in: choices), choices: choices,
                elsewhere: nil), key: key, at: entry.location)
    }

    private func list(
        _ node: SourceNode, _ type: KeyType?, key: [String]
    ) throws(SpecificationError) -> [SourceNode] {
        if case .list(let values) = node.content, !values.isEmpty { return values }
        if case .scalar(let scalar) = node.content, let range = scalar.range,
            case .integer = type?.unwrapped
        {
            return try ValueResolver.expand(range, from: node)
        }
        var found = SpecificationMessages.found(node)
        if case .list = node.content { found = "an empty list" }
        throw SpecificationError(.sweepIsNotAList(found: found), key: key, at: node.location)
    }

    /// The arms that a written arm becomes: itself, if no axis concerns it.
    func points(
        of arm: ExperimentResolver.ArmName, _ axes: Axes, existing: Int
    ) throws(SpecificationError) -> [Point] {
        let axes = axes.of(arm.key)
        for (index, axis) in axes.enumerated() {
            if axes[..<index].contains(where: { $0.path == axis.path }) {
                throw SpecificationError(
                    .sweptTwice(arm: arm.key), key: axis.key, at: axis.location)
            }
        }
        guard !axes.isEmpty else { return [Point()] }
        let steps = try Self.steps(axes)
        var count = 1
        for step in steps {
            count *= step[0].values.count
            guard existing + count <= Self.armLimit else {
                throw SpecificationError(
                    .tooManyArms(limit: Self.armLimit), key: step[0].key, at: step[0].location)
            }
        }
        // Short names where they tell the axes apart.
        func name(_ axis: SweptKey) -> String {
            axes.count { $0.path.last == axis.path.last } > 1
                ? DottedPath.text(axis.path) : axis.path.last ?? ""
        }
        var points = [Point()]
        for step in steps {
            let labels = step.map { Self.labels($0.values) }
            var next: [Point] = []
            for point in points {
                for index in step[0].values.indices {
                    var point = point
                    for (axis, labels) in zip(step, labels) {
                        let value = axis.values[index]
                        point.assignments.append((axis.path, value, axis.key))
                        point.label += point.label.isEmpty ? "[" : ","
                        point.label += "\(name(axis))=\(labels[index])"
                        point.coordinates.append(
                            (DottedPath.text(axis.path), Self.coordinate(value, axis.type)))
                        point.location = value.location
                    }
                    next.append(point)
                }
            }
            points = next
        }
        for index in points.indices { points[index].label += "]" }
        return points
    }

    /// The axes that are walked one inside the other, where those of `zip:` are walked together.
    private static func steps(_ axes: [SweptKey]) throws(SpecificationError) -> [[SweptKey]] {
        var steps: [[SweptKey]] = []
        var zipped: Int?
        for axis in axes {
            guard axis.isZipped, let known = zipped else {
                if axis.isZipped { zipped = steps.count }
                steps.append([axis])
                continue
            }
            let first = steps[known][0]
            guard axis.values.count == first.values.count else {
                throw SpecificationError(
                    .zippedUnequally(
                        found: axis.values.count, first: DottedPath.text(Array(first.key[1...])),
                        count: first.values.count), key: axis.key, at: axis.location)
            }
            steps[known].append(axis)
        }
        return steps
    }

    // MARK: Names and coordinates

    /// The values as parts of names: their text where that is short, different from the other
    /// values' and safe in the name of a file; their position in the list, from 1, otherwise.
    private static func labels(_ values: [SourceNode]) -> [String] {
        let texts = values.map(plainLabel)
        var counts: [String: Int] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        return texts.enumerated().map { index, text in
            counts[text] == 1 && !text.isEmpty && text.utf8.count <= 48
                ? text : "value-\(index + 1)"
        }
    }

    private static func plainLabel(_ value: SourceNode) -> String {
        switch value.content {
        case .scalar(let scalar):
            if value.isNull { return "null" }
            // Of a path its last part, which is the same wherever the file lies.
            let last = scalar.text.split(separator: "/").last ?? ""
            var text = ""
            for scalar in last.unicodeScalars {
                let isSafe =
                    scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
                text.unicodeScalars.append(
                    isSafe || "._+-".unicodeScalars.contains(scalar) ? scalar : "-")
            }
            return text
        case .list(let elements): return elements.map(plainLabel).joined(separator: ":")
        case .map(let map):
            return map.entries.map { plainLabel($0.value) }.joined(separator: ":")
        }
    }

    /// The coordinate that reports use: the number of a constant schedule, the word of a choice.
    private static func coordinate(_ value: SourceNode, _ type: KeyType?) -> SpecificationValue {
        let natural = value.naturalValue
        var type = type?.unwrapped
        if case .tagged(let group) = type { type = group.shorthand?.type.unwrapped }
        if case .number = type, case .integer(let number) = natural {
            return .number(Double(number))
        }
        return natural
    }
}

extension KeyType {
    /// The declared type of a key inside an arm, if the keys lead to one.
    static func at(_ path: ArraySlice<String>, in keys: [KeyDeclaration]) -> KeyType? {
        guard let first = path.first, let declaration = keys.first(where: { $0.key == first })
        else { return nil }
        return at(path.dropFirst(), below: declaration.type)
    }

    /// The type that keys and positions in lists lead to from a type.
    private static func at(_ path: ArraySlice<String>, below type: KeyType) -> KeyType? {
        guard let first = path.first else { return type }
        if case .list(let element) = type.unwrapped {
            return Int(first) == nil ? nil : at(path.dropFirst(), below: element)
        }
        return at(path, in: type.innerKeys)
    }

    /// The type below `optional`.
    var unwrapped: KeyType {
        if case .optional(let type) = self { type.unwrapped } else { self }
    }
}
