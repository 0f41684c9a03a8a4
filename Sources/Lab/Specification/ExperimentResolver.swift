import Collapse
import Compute
import Support

/// Resolves a document against the keys of the lab and of the setting it names.
struct ExperimentResolver {
    var document: SourceDocument
    var settings: [SettingDeclaration]
    var values: ValueResolver

    func resolve() throws(SpecificationError) -> ResolvedExperiment {
        let start = document.file.location
        try checkFormat()
        var locations = LocationTree(location: start)
        var experiment = SpecificationMap()

        // The setting comes first, because it decides which keys there are.
        let setting = try setting(&locations)
        let armKeys = ArmKeys.all(of: setting)
        let taken =
            ExperimentKeys.all.map(\.key) + armKeys.map(\.key) + StructureKeys.topLevel
        precondition(
            Set(taken).count == taken.count,
            "a key of the setting \(setting.name) is also a key of the lab")
        var errors = SpecificationErrors()
        for entry in try document.entries([]) {
            errors.noting { () throws(SpecificationError) in try checkTopLevel(entry, armKeys) }
        }

        for declaration in ExperimentKeys.all {
            if declaration.key == "setting" {
                experiment["setting"] = .text(setting.name)
                continue
            }
            let resolved = errors.noting { () throws(SpecificationError) in
                try values.keyed(
                    declaration, document.layers([declaration.key]),
                    in: .init(path: [], location: start))
            }
            experiment[declaration.key] = resolved?.value ?? .null
            locations.children[declaration.key] = resolved?.locations
        }
        if let seeds = experiment["seeds"], seeds != .null {
            errors.noting { () throws(SpecificationError) in try checkSeeds(seeds, locations) }
        }
        errors.noting { () throws(SpecificationError) in
            try checkName(experiment["name"], locations)
        }

        let sweep = SweepGrid(armKeys: armKeys, document: document, values: values)
        let names = errors.noting { () throws(SpecificationError) in try armNames() } ?? []
        let axes = errors.noting { () throws(SpecificationError) in try sweep.axes(names) }
        guard let axes, !names.isEmpty else {
            try errors.check()
            throw SpecificationError(.noArms, at: start)
        }
        var arms: [ResolvedArm] = []
        var armLocations: [LocationTree] = []
        var seen: Set<String> = []
        var shadows = OverrideShadows(document: document, armKeys: armKeys)
        var shared = SharedValues(document: document, armKeys: armKeys)
        for name in names {
            let base = arm(name, shared, &errors)
            for point in try sweep.points(of: name, axes, existing: arms.count) {
                var resolved = resolveArm(base, point, &shared, &errors)
                resolved.arm.name = name.key + point.label
                resolved.arm.coordinates = base.coordinates + point.coordinates
                guard seen.insert(resolved.arm.name).inserted else {
                    throw SpecificationError(
                        .duplicateArm, key: ["arms", resolved.arm.name], at: base.location)
                }
                arms.append(resolved.arm)
                armLocations.append(resolved.locations)
                shadows.note(name.key, base.layers, point)
            }
        }
        try errors.check()
        try shadows.check()
        if experiment[ExperimentKeys.controls.name] == .boolean(true) {
            let added = try ControlArms.missing(
                of: Array(zip(arms, armLocations)),
                generations: experiment[ExperimentKeys.generations.name]?.integerValue ?? 0)
            arms += added.map(\.arm)
            armLocations += added.map(\.locations)
        }
        return ResolvedExperiment(
            setting: setting, experiment: .map(experiment), arms: arms,
            provenance: provenance, locations: locations, armLocations: armLocations)
    }

    // MARK: Top level

    /// What the file of a run directory says of the results beside it.
    private var provenance: RunProvenance? {
        document.file[StructureKeys.provenance].map { RunProvenance($0.naturalValue) }
    }

    private func checkFormat() throws(SpecificationError) {
        guard let node = document.layers([StructureKeys.format]).last else { return }
        let type = KeyType.integer(1...Int.max)
        let format = try ScalarReading.value(node, as: type).integerValue
        guard format <= ExperimentKeys.formatVersion else {
            throw SpecificationError(
                .unsupportedFormat(found: "\(format)", newest: ExperimentKeys.formatVersion),
                key: node.path, at: node.location)
        }
    }

    private func setting(
        _ locations: inout LocationTree
    ) throws(SpecificationError)
        -> SettingDeclaration
    {
        var declaration = ExperimentKeys.setting.declaration
        declaration.type = .choice(settings.map(\.name))
        let layers = document.layers(["setting"])
        // A misspelt `setting` is worth more than the news that it is missing.
        if layers.isEmpty {
            for entry in try document.entries([])
            where NearestWord.find(entry.key, in: ["setting"]) != nil {
                throw unknown(entry, choices: ["setting"], elsewhere: nil)
            }
        }
        let resolved = try values.keyed(
            declaration, layers, in: .init(path: [], location: document.file.location))
        locations.children["setting"] = resolved.locations
        guard let setting = settings.first(where: { $0.name == resolved.value.textValue }) else {
            preconditionFailure("the setting was checked against the list")
        }
        return setting
    }

    private func checkTopLevel(
        _ entry: SourceEntry, _ armKeys: [KeyDeclaration]
    ) throws(SpecificationError) {
        let choices =
            ExperimentKeys.all.map(\.key) + armKeys.map(\.key) + StructureKeys.topLevel
        if choices.contains(entry.key) { return }
        throw unknown(entry, choices: choices, elsewhere: elsewhere(entry.key, armKeys))
    }

    /// Where an unknown key of the top level or of an arm would be right.
    private func elsewhere(
        _ key: String, _ armKeys: [KeyDeclaration]
    ) -> SpecificationError.Elsewhere? {
        let paths = Self.nested(key, armKeys).map { DottedPath.text($0) }
        if !paths.isEmpty {
            return .nested(paths.enumerated().filter { !paths[..<$0].contains($1) }.map(\.element))
        }
        let owners = settings.filter { $0.keys.contains { $0.key == key } }.map { "`\($0.name)`" }
        return owners.isEmpty ? nil : .setting(SpecificationMessages.listed(owners, last: "and"))
    }

    /// The paths of keys of that name inside the groups.
    private static func nested(_ key: String, _ keys: [KeyDeclaration]) -> [[String]] {
        keys.flatMap { declaration in
            let inner = declaration.type.innerKeys
            return ((inner.contains { $0.key == key } ? [[key]] : []) + nested(key, inner)).map {
                [declaration.key] + $0
            }
        }
    }

    private func unknown(
        _ entry: SourceEntry, choices: [String], elsewhere: SpecificationError.Elsewhere?
    ) -> SpecificationError {
        let nearest = NearestWord.find(entry.key, in: choices)
        return SpecificationError(
            .unknownKey(
                nearest: nearest, choices: choices, elsewhere: nearest == nil ? elsewhere : nil),
            key: entry.value.path, at: entry.location)
    }

    private func checkSeeds(
        _ seeds: SpecificationValue?, _ locations: LocationTree
    ) throws(SpecificationError) {
        var seen: Set<Int> = []
        let list = seeds?.listValue ?? []
        for (index, seed) in list.enumerated() where !seen.insert(seed.integerValue).inserted {
            throw SpecificationError(
                .repeatedSeed(seed.integerValue), key: ["seeds"],
                at: locations.locate(["seeds", "\(index)"]))
        }
        if list.isEmpty {
            throw SpecificationError(.noSeeds, key: ["seeds"], at: locations.locate(["seeds"]))
        }
    }

    private func checkName(
        _ name: SpecificationValue?, _ locations: LocationTree
    ) throws(SpecificationError) {
        guard case .text(let name) = name, let problem = CheckedName.problem(with: name) else {
            return
        }
        throw SpecificationError(
            .meaning(
                "it \(problem), and names the run's folder: use letters, digits, blanks, `-`, `_` and `.`, "
                    + "beginning with a letter or digit"),
            key: ["name"], at: locations.locate(["name"]))
    }

    // MARK: Arms

    /// The name of an arm with the location where it is written.
    struct ArmName {
        var key: String
        var location: SourceLocation?
        /// The file has no `arms:`; its workflow names the one arm.
        var isImplied = false
    }

    private func armNames() throws(SpecificationError) -> [ArmName] {
        let start = document.file.location
        var names: [ArmName] = []
        for entry in try document.entries([StructureKeys.arms]) {
            names.append(ArmName(key: entry.key, location: entry.location))
        }
        // An override may reach into an arm, but a new arm needs a workflow of its own, so that a
        // misspelt name makes no arm.
        let made = document.overrides.filter { $0.path.first == StructureKeys.arms }
        let inFile = Set((document.file[StructureKeys.arms]?.entries ?? []).map(\.key))
        let implied = try impliedArm()
        let known = names.map(\.key).filter { name in
            inFile.contains(name) || name == implied?.key
                || made.contains { override in
                    override.path == ["arms"] || override.path == ["arms", name]
                        || override.path == ["arms", name, "workflow"]
                }
        }
        let isKnown = Set(known)
        for override in made where override.path.count > 1 {
            let name = override.path[1]
            if isKnown.contains(name) { continue }
            let choices = known.isEmpty ? [implied?.key].compactMap { $0 } : known
            guard !choices.isEmpty else { break }
            throw SpecificationError(
                .unknownArm(nearest: NearestWord.find(name, in: choices), names: choices),
                key: ["arms", name], at: override.location)
        }
        names.removeAll { !isKnown.contains($0.key) }
        if names.isEmpty, let implied { names = [implied] }
        guard !names.isEmpty else { throw SpecificationError(.noArms, at: start) }
        for name in names where !Self.isArmName(name.key) {
            throw SpecificationError(.badArmName, key: ["arms", name.key], at: name.location)
        }
        return names
    }

    /// The one arm of a file without `arms:`, named after its workflow.
    private func impliedArm() throws(SpecificationError) -> ArmName? {
        let layers = document.layers(["workflow"])
        guard let location = layers.last?.location,
            document.file[StructureKeys.arms]?.entries?.isEmpty ?? true
        else { return nil }
        let name = try values.keyed(
            ArmKeys.workflow.declaration, layers, in: .init(path: [], location: location))
        return ArmName(key: name.value.textValue, location: location, isImplied: true)
    }

    /// `[a-z0-9][a-z0-9._-]*`, followed by what sweeps append in brackets.
    private static func isArmName(_ name: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        let bytes = Array(name.utf8)
        guard let first = bytes.first, isPlain(first), !CheckedName.isReserved(name) else {
            return false
        }
        let plain = bytes.prefix { $0 != UInt8(ascii: "[") }
        let punctuation = Array("._-".utf8)
        guard plain.allSatisfy({ isPlain($0) || punctuation.contains($0) }) else { return false }
        let rest = bytes[plain.count...]
        return rest.isEmpty
            || (rest.last == UInt8(ascii: "]")
                && rest.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    }

    /// An arm as it is written, before sweeps.
    private struct WrittenArm {
        var name: ArmName
        var location: SourceLocation?
        var coordinates: [(key: String, value: SpecificationValue)]
        /// Layers of the keys that the arm writes itself.
        var layers: [String: [SourceNode]]
    }

    /// What every arm has unless it says otherwise: the top level's values and the defaults, each
    /// worked out for the first arm that needs it.
    private struct SharedValues {
        let armKeys: [KeyDeclaration]
        let names: Set<String>
        /// Layers of each arm key at the top level.
        let layers: [String: [SourceNode]]
        /// Every arm key in its order; null where it is not ``known``.
        private(set) var values: SpecificationMap
        private(set) var locations: [String: LocationTree] = [:]
        private(set) var known: Set<String> = []

        init(document: SourceDocument, armKeys: [KeyDeclaration]) {
            self.armKeys = armKeys
            names = Set(armKeys.map(\.key))
            layers = Dictionary(
                uniqueKeysWithValues: armKeys.map { ($0.key, document.layers([$0.key])) })
            values = SpecificationMap(armKeys.map { .init($0.key, .null) })
        }

        mutating func add(_ resolved: ValueResolver.Resolved, at key: String) {
            values[key] = resolved.value
            if !resolved.locations.isEmpty { locations[key] = resolved.locations }
            known.insert(key)
        }
    }

    /// Notes what is wrong with an arm, and gives the rest of it.
    private func arm(
        _ name: ArmName, _ shared: SharedValues, _ errors: inout SpecificationErrors
    ) -> WrittenArm {
        let path = [StructureKeys.arms, name.key]
        var layers: [String: [SourceNode]] = [:]
        var coordinates: [(key: String, value: SpecificationValue)] = []
        let entries = errors.noting { () throws(SpecificationError) in try document.entries(path) }
        for entry in entries ?? [] {
            if entry.key == StructureKeys.swept {
                guard let swept = entry.value.entries else {
                    errors.note(
                        SpecificationError(
                            .notAMap(found: SpecificationMessages.found(entry.value)),
                            key: entry.value.path,
                            at: entry.location))
                    continue
                }
                coordinates = swept.map { ($0.key, $0.value.naturalValue) }
                continue
            }
            if shared.names.contains(entry.key) {
                layers[entry.key] = document.layers(path + [entry.key])
                continue
            }
            let choices = shared.armKeys.map(\.key)
            let isExperiment = ExperimentKeys.all.contains { $0.key == entry.key }
            if isExperiment || StructureKeys.topLevel.contains(entry.key) {
                errors.note(
                    SpecificationError(
                        .unknownKey(nearest: nil, choices: choices, elsewhere: .topLevel),
                        key: entry.value.path, at: entry.location))
                continue
            }
            errors.note(
                unknown(
                    entry, choices: choices, elsewhere: elsewhere(entry.key, shared.armKeys)))
        }
        return WrittenArm(
            name: name, location: name.location, coordinates: coordinates, layers: layers)
    }

    private func resolveArm(
        _ written: WrittenArm, _ point: SweepGrid.Point, _ shared: inout SharedValues,
        _ errors: inout SpecificationErrors
    ) -> (arm: ResolvedArm, locations: LocationTree) {
        var map = shared.values
        var locations = LocationTree(location: point.location ?? written.location)
        locations.children = shared.locations
        var ownKeys: Set<String> = []
        let position = ValueResolver.Position(
            path: written.name.isImplied ? [] : [StructureKeys.arms, written.name.key],
            location: written.location, isArm: !written.name.isImplied)
        let common = shared.layers
        func own(_ key: String) -> [SourceNode] {
            (written.layers[key] ?? []) + point.layers(key)
        }
        func layers(_ key: String) -> [SourceNode] { (common[key] ?? []) + own(key) }
        for var declaration in shared.armKeys {
            let key = declaration.key
            if case .list(.changes(let changing)) = declaration.type, !layers(key).isEmpty {
                // What else is wrong would be found in them again.
                guard errors.isEmpty else { continue }
                let resolved = errors.noting { () throws(SpecificationError) in
                    try phases(
                        changing, layers(key), of: declaration, in: map, at: position,
                        below: layers)
                }
                map[key] = resolved?.value ?? .null
                locations.children[key] = resolved?.locations
                continue
            }
            // A default that another key decides is the arm's own where that key is.
            let decisive = declaration.conditionalDefault?.paths.compactMap(\.first) ?? []
            let isOwn = !own(key).isEmpty || decisive.contains(where: ownKeys.contains)
            if !isOwn, shared.known.contains(key) { continue }
            if let other = declaration.conditionalDefault, other.holds(in: .map(map)) {
                declaration.defaultValue = other.value
            }
            let found = errors.noting { () throws(SpecificationError) in
                try values.keyed(declaration, layers(key), in: position)
            }
            guard let resolved = found else {
                map[key] = .null
                continue
            }
            map[key] = resolved.value
            locations.children[key] = resolved.locations
            if isOwn {
                ownKeys.insert(key)
            } else {
                shared.add(resolved, at: key)
            }
        }
        let arm = ResolvedArm(name: written.name.key, coordinates: [], values: .map(map))
        return (arm, locations)
    }

    /// The phases of an arm, whose other keys are resolved and have the layers that `below` gives.
    private func phases(
        _ changing: [KeyDeclaration], _ layers: [SourceNode], of phases: KeyDeclaration,
        in arm: SpecificationMap, at position: ValueResolver.Position,
        below: (String) -> [SourceNode]
    ) throws(SpecificationError) -> ValueResolver.Resolved {
        for layer in layers {
            guard case .list(let elements) = layer.content else { continue }
            for entry in elements.flatMap({ $0.entries ?? [] })
            where arm[entry.key] != nil && !changing.contains(where: { $0.key == entry.key }) {
                throw SpecificationError(
                    .unknownKey(
                        nearest: nil, choices: changing.map(\.key), elsewhere: .wholeArm),
                    key: entry.value.path, at: entry.location)
            }
        }
        let changing = changing.map { key in
            var key = key
            if let other = key.conditionalDefault, other.holds(in: .map(arm)) {
                key.defaultValue = other.value
            }
            return key
        }
        let ofWorkflows = Set(Workflows.keys.map(\.key))
        let place = ValueResolver.Position(
            path: position.path + [phases.key], location: position.location)
        return try values.changes(changing, layers, type: phases.type, at: place) { key in
            // What a workflow's key says is for that workflow and no other.
            key == PhaseKeys.from.name || ofWorkflows.contains(key) ? [] : below(key)
        }
    }
}

extension KeyType {
    /// The keys of a group, or of all variants of a tagged one.
    var innerKeys: [KeyDeclaration] {
        switch self {
        case .group(let keys), .textOrGroup(let keys), .changes(let keys): keys
        case .tagged(let group): group.variants.flatMap(\.keys)
        case .optional(let type): type.innerKeys
        case .boolean, .integer, .number, .text, .path, .choice, .list: []
        }
    }
}
