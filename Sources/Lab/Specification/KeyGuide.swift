package import Collapse
import Support

/// What can be said of a key of experiment files.
package struct KeyGuide: Sendable, Hashable, Encodable {
    /// The keys that lead to it, such as `evaluation.bootstrap`.
    package var path: String
    /// The settings whose files have it; empty for a key of every setting.
    package var settings: [String]
    /// What may be written as its value.
    package var expected: String
    /// What stands in where it is missing; nil where it has to be written.
    package var defaultText: String?
    package var help: String

    private enum CodingKeys: String, CodingKey {
        case path, settings, expected, help
        case defaultText = "default"
    }

    /// Every key of the given settings that is written so: a path, or the last part of one.
    package static func find(_ word: String, in settings: [SettingDeclaration]) -> [KeyGuide] {
        all(of: settings).filter { $0.path == word || $0.path.hasSuffix("." + word) }
    }

    /// Every key, those of the experiment first; one that several settings have alike once.
    package static func all(of settings: [SettingDeclaration]) -> [KeyGuide] {
        let shared = ExperimentKeys.all + ArmKeys.common
        var guides = shared.flatMap { entries($0, below: []) }
        var positions: [KeyGuide: Int] = [:]
        for setting in settings {
            for key in setting.keys.flatMap({ entries($0, below: []) }) {
                if let position = positions[key] {
                    if guides[position].settings.last != setting.name {
                        guides[position].settings.append(setting.name)
                    }
                } else {
                    positions[key] = guides.count
                    guides.append(key)
                    guides[guides.count - 1].settings = [setting.name]
                }
            }
        }
        return guides
    }

    private static func inner(_ type: KeyType) -> [KeyDeclaration] {
        switch type {
        // The keys that an arm may change are listed where it has them.
        case .list(.changes), .changes: []
        case .list(let element): inner(element)
        default: type.innerKeys
        }
    }

    private static func entries(_ key: KeyDeclaration, below path: [String]) -> [KeyGuide] {
        let own = path + [key.key]
        // The values of a group are those of its keys.
        let inner = Self.inner(key.type)
        let guide = KeyGuide(
            path: own.joined(separator: "."), settings: [],
            expected: SpecificationMessages.expected(key.type),
            defaultText: inner.isEmpty ? key.defaultValue?.canonicalText : nil, help: key.help)
        var seen: Set<KeyGuide> = []
        return [guide]
            + inner.flatMap { entries($0, below: own) }.filter { seen.insert($0).inserted }
    }
}
