import Collapse
import Support

extension ResolvedExperiment {
    /// The first key in which `requested` differs from `existing`, in the order of a resolved file;
    /// nil when they are the same experiment.
    package static func firstDifference(
        between existing: ResolvedExperiment, and requested: ResolvedExperiment
    ) -> SpecificationDifference? {
        difference(existing, requested, allowingExtension: false)
    }

    /// The first key that keeps `requested` from continuing the results of `existing`; nil when
    /// ``extends(_:)`` holds.
    package static func firstConflict(
        between existing: ResolvedExperiment, and requested: ResolvedExperiment
    ) -> SpecificationDifference? {
        difference(existing, requested, allowingExtension: true)
    }

    /// Whether every result of `existing` is also a result of this experiment: they differ at most
    /// in a larger number of generations, seeds added at the end, added arms, whether controls are
    /// added, the limits of commands, the checkpoint policy, the name, the description and the tolerance.
    package func extends(_ existing: ResolvedExperiment) -> Bool {
        Self.firstConflict(between: existing, and: self) == nil
    }

    private static func difference(
        _ existing: ResolvedExperiment, _ requested: ResolvedExperiment, allowingExtension: Bool
    ) -> SpecificationDifference? {
        for declaration in ExperimentKeys.all {
            let key = declaration.key
            let old = existing.experiment[key]
            let new = requested.experiment[key]
            if old == new || (allowingExtension && mayBecome(key, old, new)) { continue }
            return first(old, new, [key])
        }
        let names = requested.arms.map(\.name)
        let positions = Dictionary(
            uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        for (index, old) in existing.arms.enumerated() {
            guard let position = positions[old.name],
                allowingExtension || position == index
            else {
                return SpecificationDifference(
                    key: "arms", existing: listed(existing.arms.map(\.name)),
                    requested: listed(names))
            }
            let new = requested.arms[position]
            let path = ["arms", old.name]
            let values = [old.values, new.values].map {
                allowingExtension ? withoutLimits($0) : $0
            }
            if let found = first(values[0], values[1], path) { return found }
            if let found = first(swept(old), swept(new), path + [StructureKeys.swept]) {
                return found
            }
        }
        if !allowingExtension, names.count > existing.arms.count {
            return SpecificationDifference(
                key: "arms", existing: listed(existing.arms.map(\.name)), requested: listed(names))
        }
        return nil
    }

    /// Whether results stay valid when an experiment key changes.
    private static func mayBecome(
        _ key: String, _ old: SpecificationValue?, _ new: SpecificationValue?
    ) -> Bool {
        switch (key, old, new) {
        case ("name", _, _), ("description", _, _), ("tolerance", _, _), ("checkpoints", _, _),
            ("controls", _, _):
            true
        case ("generations", .integer(let old)?, .integer(let new)?): new > old
        case ("seeds", .list(let old)?, .list(let new)?): new.starts(with: old)
        default: false
        }
    }

    private static func swept(_ arm: ResolvedArm) -> SpecificationValue {
        .map(arm.coordinates.map { .init($0.key, $0.value) })
    }

    private static func listed(_ names: [String]) -> String {
        names.joined(separator: ", ")
    }

    /// The values of an arm but for the limits of its commands, which change no result.
    private static func withoutLimits(_ value: SpecificationValue) -> SpecificationValue {
        switch value {
        case .list(let elements): return .list(elements.map(withoutLimits))
        case .map(let map):
            let isCommand = map["stage"] == .text(ExternalCommand.name)
            return .map(
                map.entries.filter { !isCommand || !ExternalCommand.limits.contains($0.key) }.map {
                    .init($0.key, withoutLimits($0.value))
                })
        case .null, .boolean, .integer, .number, .text: return value
        }
    }

    private static func isMap(_ value: SpecificationValue) -> Bool {
        if case .map = value { true } else { false }
    }

    /// The first difference below `path`: the deepest key that differs by itself.
    private static func first(
        _ old: SpecificationValue?, _ new: SpecificationValue?, _ path: [String]
    ) -> SpecificationDifference? {
        if old == new { return nil }
        if case .map(let oldMap)? = old, case .map(let newMap)? = new {
            let keys = oldMap.keys + newMap.keys.filter { oldMap[$0] == nil }
            for key in keys {
                if let found = first(oldMap[key], newMap[key], path + [key]) { return found }
            }
        }
        if case .list(let oldList)? = old, case .list(let newList)? = new,
            oldList.count == newList.count
        {
            for (index, pair) in zip(oldList, newList).enumerated()
            where pair.0 != pair.1 && (isMap(pair.0) || SpecificationDifference.namesFile(pair.0)) {
                return first(pair.0, pair.1, path + ["\(index)"])
            }
        }
        return SpecificationDifference(
            key: DottedPath.text(path), existing: old?.canonicalText ?? "not there",
            requested: new?.canonicalText ?? "not there")
    }
}
