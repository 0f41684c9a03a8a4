package import Collapse
import Support

/// The JSON Schema (draft 2020-12) of experiment files, for editors.
///
/// It accepts every file that ``ExperimentFile`` accepts. It is the laxer of the two where values
/// are merged from several locations: a group at the top level or in an arm may be a part of a
/// group.
package enum JSONSchema {
    /// The schema as indented JSON; editors offer the names of the presets where one may stand.
    package static func text(
        settings: [SettingDeclaration], presets: PresetLibrary = .none
    ) -> String {
        let builder = SchemaBuilder(presets: presets)
        let json = JSONWriter.write(builder.root(settings).json, .shortArrays)
        return String(decoding: json, as: UTF8.self) + "\n"
    }
}

private struct SchemaBuilder {
    var presets: PresetLibrary

    private static let rangePattern = #"^-?(0|[1-9][0-9]*)\.\.-?(0|[1-9][0-9]*)$"#
    private static let armPattern = #"^[a-z0-9][a-z0-9._-]*(\[[^\s/]*\])?$"#

    private typealias Entry = SpecificationMap.Entry

    // MARK: The file

    func root(_ settings: [SettingDeclaration]) -> SpecificationValue {
        var definitions = SpecificationMap()
        for declaration in ArmKeys.common {
            definitions["arm.\(declaration.key)"] = described(declaration, isPartial: true)
        }
        var branches: [SpecificationValue] = []
        for setting in settings {
            for declaration in setting.keys + [PhaseKeys.declaration(for: setting)] {
                definitions["\(setting.name).\(declaration.key)"] =
                    described(declaration, isPartial: true)
            }
            definitions["\(setting.name)-arm"] = arm(setting)
            definitions["\(setting.name)-experiment"] = experiment(setting)
            branches.append(
                .map([
                    Entry(
                        "if",
                        .map([
                            Entry(
                                "properties",
                                .map([
                                    Entry(
                                        "setting", .map([Entry("const", .text(setting.name))]))
                                ])), Entry("required", .list([.text("setting")])),
                        ])), Entry("then", reference("\(setting.name)-experiment")),
                ]))
        }
        return .map([
            Entry("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            Entry("title", .text("CollapseLab experiment")),
            Entry("type", .text("object")),
            Entry(
                "properties",
                .map([
                    Entry(
                        "setting",
                        .map([
                            Entry("description", .text(Self.sentence(settings))),
                            Entry("enum", .list(settings.map { .text($0.name) })),
                        ]))
                ])),
            Entry("required", .list([.text("setting")])),
            Entry("allOf", .list(branches)),
            Entry("$defs", .map(definitions)),
        ])
    }

    private static func sentence(_ settings: [SettingDeclaration]) -> String {
        settings.map { "\($0.name): \($0.summary)" }.joined(separator: " ")
    }

    private func armProperties(_ setting: SettingDeclaration) -> [Entry] {
        ArmKeys.common.map { Entry($0.key, reference("arm.\($0.key)")) }
            + (setting.keys + [PhaseKeys.declaration(for: setting)]).map {
                Entry($0.key, reference("\(setting.name).\($0.key)"))
            }
    }

    private func arm(_ setting: SettingDeclaration) -> SpecificationValue {
        object(
            armProperties(setting) + [
                Entry(
                    StructureKeys.swept,
                    .map([
                        Entry("description", .text("The coordinates that a sweep gave the arm.")),
                        Entry("type", .text("object")),
                    ]))
            ], required: [])
    }

    private func experiment(_ setting: SettingDeclaration) -> SpecificationValue {
        var properties: [Entry] = [
            Entry(
                StructureKeys.format,
                .map([
                    Entry("description", .text("The version of the file format.")),
                    Entry("const", .integer(ExperimentKeys.formatVersion)),
                ]))
        ]
        var required: [String] = []
        for declaration in ExperimentKeys.all {
            let schema =
                declaration.key == "setting"
                ? .map([Entry("const", .text(setting.name))])
                : described(declaration, isPartial: false)
            properties.append(Entry(declaration.key, schema))
            if declaration.defaultValue == nil { required.append(declaration.key) }
        }
        properties += armProperties(setting)
        let arm: SpecificationValue = .map([
            Entry(
                "anyOf",
                .list([reference("\(setting.name)-arm"), .map([Entry("type", .text("null"))])]))
        ])
        properties.append(
            Entry(
                StructureKeys.arms,
                .map([
                    Entry(
                        "description", .text("The ways of using data that are compared, by name.")),
                    Entry("type", .text("object")),
                    Entry("minProperties", .integer(1)),
                    Entry("patternProperties", .map([Entry(Self.armPattern, arm)])),
                    Entry("additionalProperties", .boolean(false)),
                ])))
        properties.append(
            Entry(
                StructureKeys.sweep,
                sweep(
                    setting, "Dotted keys with the values to try; every combination becomes an arm."
                )))
        properties.append(
            Entry(
                StructureKeys.zip,
                sweep(
                    setting,
                    "Dotted keys with the values to try, in lists of equal length that are walked together."
                )))
        properties.append(
            Entry(
                StructureKeys.provenance,
                .map([
                    Entry("description", .text("What made the results; not read.")),
                    Entry("type", .text("object")),
                ])))
        guard case .map(var schema) = object(properties, required: required) else { return .null }
        schema["anyOf"] = .list([
            .map([Entry("required", .list([.text(StructureKeys.arms)]))]),
            .map([Entry("required", .list([.text("workflow")]))]),
        ])
        return .map(schema)
    }

    private func sweep(_ setting: SettingDeclaration, _ help: String) -> SpecificationValue {
        let keys = ArmKeys.all(of: setting).map(\.key).joined(separator: "|")
        let values: SpecificationValue = .map([
            Entry(
                "anyOf",
                .list([
                    .map([Entry("type", .text("array")), Entry("minItems", .integer(1))]),
                    .map([
                        Entry("type", .text("string")), Entry("pattern", .text(Self.rangePattern)),
                    ]),
                ]))
        ])
        return .map([
            Entry("description", .text(help)),
            Entry("type", .text("object")),
            Entry(
                "patternProperties",
                .map([Entry("^(arms\\..+\\.)?(\(keys))(\\..+)?$", values)])),
            Entry("additionalProperties", .boolean(false)),
        ])
    }

    // MARK: Keys and types

    private func reference(_ name: String) -> SpecificationValue {
        .map([Entry("$ref", .text("#/$defs/\(name)"))])
    }

    private func object(
        _ properties: [Entry], required: [String], isTagged: Bool = false
    ) -> SpecificationValue {
        var schema = SpecificationMap([
            Entry("type", .text("object")), Entry("properties", .map(properties)),
        ])
        if !required.isEmpty { schema["required"] = .list(required.map { .text($0) }) }
        schema["additionalProperties"] = .boolean(false)
        return .map(schema)
    }

    /// The schema of a key with its help and default.
    private func described(_ declaration: KeyDeclaration, isPartial: Bool) -> SpecificationValue {
        var schema = SpecificationMap()
        if !declaration.help.isEmpty { schema["description"] = .text(declaration.help) }
        if let value = declaration.defaultValue { schema["default"] = value }
        if case .map(let type) = self.schema(declaration.type, isPartial: isPartial) {
            for entry in type.entries { schema[entry.key] = entry.value }
        }
        return .map(schema)
    }

    private func schema(_ type: KeyType, isPartial: Bool) -> SpecificationValue {
        switch type {
        case .boolean: return .map([Entry("type", .text("boolean"))])
        case .integer(let range):
            var schema = SpecificationMap([Entry("type", .text("integer"))])
            if range.lowerBound > .min { schema["minimum"] = .integer(range.lowerBound) }
            if range.upperBound < .max { schema["maximum"] = .integer(range.upperBound) }
            return .map(schema)
        case .number(let range):
            return .map([
                Entry("type", .text("number")), Entry("minimum", .number(range.lowerBound)),
                Entry("maximum", .number(range.upperBound)),
            ])
        case .text, .path:
            // A number or a word such as `true` is text where text is asked for.
            return .map([
                Entry("type", .list(["string", "number", "boolean"].map { .text($0) }))
            ])
        case .choice(let words): return .map([Entry("enum", .list(words.map { .text($0) }))])
        case .list(let element):
            let array: SpecificationValue = .map([
                Entry("type", .text("array")), Entry("items", schema(element, isPartial: false)),
            ])
            switch element {
            case .integer:
                let range: SpecificationValue = .map([
                    Entry("type", .text("string")), Entry("pattern", .text(Self.rangePattern)),
                ])
                return alternatives("anyOf", [array, range])
            case .choice: return alternatives("anyOf", [array, schema(element, isPartial: false)])
            default: return array
            }
        case .group(let keys):
            return object(
                keys.map { Entry($0.key, described($0, isPartial: isPartial)) },
                required: isPartial ? [] : Self.required(keys))
        case .textOrGroup(let keys):
            return alternatives(
                "anyOf",
                [schema(.text, isPartial: false), schema(.group(keys), isPartial: isPartial)])
        case .changes(let keys):
            return object(
                keys.map { Entry($0.key, described($0, isPartial: true)) },
                required: [PhaseKeys.from.name])
        case .tagged(let group): return tagged(group, isPartial: isPartial)
        case .optional(let type):
            return alternatives(
                "anyOf",
                [.map([Entry("type", .text("null"))]), schema(type, isPartial: isPartial)])
        }
    }

    private static func required(_ keys: [KeyDeclaration]) -> [String] {
        keys.filter { $0.isRequired && $0.conditionalDefault == nil }.map(\.key)
    }

    private func alternatives(
        _ word: String, _ schemas: [SpecificationValue]
    )
        -> SpecificationValue
    {
        schemas.count == 1 ? schemas[0] : .map([Entry(word, .list(schemas))])
    }

    /// One alternative for each variant, one for a group without tag, and the bare values.
    private func tagged(_ group: TaggedGroup, isPartial: Bool) -> SpecificationValue {
        let preset = group.presetFolder.map { folder in
            Entry(
                "preset",
                .map([
                    Entry(
                        "description",
                        .text("A preset in `\(folder)` whose values the other keys override.")),
                    Entry("type", .text("string")),
                ]))
        }
        var schemas: [SpecificationValue] = []
        for variant in group.variants {
            let tag = Entry(
                group.tag,
                .map([
                    Entry("description", .text(variant.help)),
                    Entry("const", .text(variant.name)),
                ]))
            let keys = variant.keys.map { Entry($0.key, described($0, isPartial: isPartial)) }
            // A preset may hold what is required.
            let isWhole = !isPartial && preset == nil
            schemas.append(
                object(
                    [tag] + [preset].compactMap { $0 } + keys,
                    required: [group.tag] + (isWhole ? Self.required(variant.keys) : [])))
        }
        if isPartial || preset != nil {
            let keys = [preset].compactMap { $0 } + union(group, isPartial: isPartial)
            var untagged = SpecificationMap([
                Entry("type", .text("object")), Entry("properties", .map(keys)),
            ])
            if !isPartial { untagged["required"] = .list([.text("preset")]) }
            untagged["additionalProperties"] = .boolean(false)
            schemas.append(.map(untagged))
        }
        return alternatives("oneOf", schemas + bare(group, isPartial: isPartial))
    }

    /// The keys of all variants; a key that several variants have may be any of theirs.
    private func union(_ group: TaggedGroup, isPartial: Bool) -> [Entry] {
        var names: [String] = []
        var schemas: [String: [SpecificationValue]] = [:]
        for declaration in group.variants.flatMap(\.keys) {
            let schema = described(declaration, isPartial: isPartial)
            if schemas[declaration.key] == nil { names.append(declaration.key) }
            if schemas[declaration.key]?.contains(schema) ?? false { continue }
            schemas[declaration.key, default: []].append(schema)
        }
        return names.map { Entry($0, alternatives("anyOf", schemas[$0] ?? [])) }
    }

    /// What may stand for the group: a variant's name, a preset's name, the shorthand.
    private func bare(_ group: TaggedGroup, isPartial: Bool) -> [SpecificationValue] {
        var words = group.variants.filter { isPartial || Self.required($0.keys).isEmpty }.map(
            \.name)
        var anyText = false
        if let folder = group.presetFolder {
            let names = presets.names(folder)
            anyText = names.isEmpty
            words += names.filter { !words.contains($0) }
        }
        var schemas: [SpecificationValue] = []
        switch group.shorthand?.type.unwrapped {
        case .text?: anyText = true
        case .choice(let choices)?: words += choices.filter { !words.contains($0) }
        case let type?: schemas.append(schema(type, isPartial: isPartial))
        case nil: break
        }
        if anyText {
            schemas.append(.map([Entry("type", .text("string"))]))
        } else if !words.isEmpty {
            schemas.append(.map([Entry("enum", .list(words.map { .text($0) }))]))
        }
        return schemas
    }
}

extension KeyDeclaration {
    /// Whether the key must be written: it has no default, and it is not a group that its own
    /// defaults fill.
    var isRequired: Bool {
        guard defaultValue == nil else { return false }
        if case .group(let keys) = type { return keys.contains(where: \.isRequired) }
        return true
    }
}
