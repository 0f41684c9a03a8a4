package import Collapse
import Support

/// Arms that differ in the value of a numeric key: the grid of a sweep.
package struct Sweep: Sendable {
    /// An arm at its position in the grid.
    package struct Point: Hashable, Sendable {
        /// The position in ``Sweep/grid``.
        package var index: Int
        /// The position in the experiment's arms.
        package var arm: Int
    }

    /// Arms that share every other swept value: one curve.
    package struct Group: Sendable {
        /// The curve's name: the other swept values, with the arms' common name where it is needed.
        package var label: String
        /// Ascending by ``Point/index``, of which none occurs twice.
        package var points: [Point]
        /// The one other swept number that makes the curve, if all curves have one.
        var value: Double?
    }

    /// The dotted path of the swept key, as in the arms' coordinates.
    package var key: String
    /// The values of the key, ascending.
    package var grid: [Double]
    /// The curves, in the order of their first arms.
    package var groups: [Group]
    /// Arms outside the sweep, drawn as levels.
    package var references: [Int]

    /// Nil unless at least two arms differ in a numeric key.
    ///
    /// The axis is `key`, or without one the real fraction where it is swept; otherwise the numeric
    /// key with the most values.
    package init?(_ arms: [ExperimentResults.Arm], key wanted: String? = nil) {
        guard let key = wanted ?? Sweep.axis(of: arms) else { return nil }
        self.key = key
        title = Sweep.shortName(of: key, in: arms)
        var values: Set<Double> = []
        references = []
        for (index, arm) in arms.enumerated() {
            guard let value = Sweep.number(arm, key) else {
                references.append(index)
                continue
            }
            values.insert(value)
        }
        grid = values.sorted()
        guard wanted == nil || grid.count > 1 else { return nil }
        let offsets = Dictionary(
            uniqueKeysWithValues: grid.enumerated().map { ($0.element, $0.offset) })
        groups = []
        var labels: [String] = []
        var bases: [String] = []
        // For each label and base the groups that have them, with the grid's values in each.
        var known: [[String]: [(position: Int, values: Set<Int>)]] = [:]
        for (index, arm) in arms.enumerated() {
            guard let value = Sweep.number(arm, key), let offset = offsets[value] else { continue }
            // Two arms that differ in nothing the sweep names are kept apart as two curves.
            let rest = Sweep.label(arm, without: key, in: arms)
            let base = Sweep.base(arm)
            let match = known[[rest, base]]?.firstIndex { !$0.values.contains(offset) }
            if let match, let group = known[[rest, base]]?[match].position {
                groups[group].points.append(Point(index: offset, arm: index))
                known[[rest, base]]?[match].values.insert(offset)
            } else {
                known[[rest, base], default: []].append((groups.count, [offset]))
                labels.append(rest)
                bases.append(base)
                groups.append(
                    Group(label: rest, points: [Point(index: offset, arm: index)]))
            }
        }
        let others = groups.map { group in
            arms[group.points[0].arm].coordinates.filter { $0.key != key }
        }
        if others.allSatisfy({ $0.count == 1 && $0[0].key == others[0][0].key }) {
            for index in groups.indices {
                groups[index].value = Sweep.number(others[index][0].value)
            }
        }
        let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
        for index in groups.indices {
            groups[index].points.sort { $0.index < $1.index }
            let isShared = counts[labels[index], default: 0] > 1
            if groups[index].label.isEmpty || isShared {
                let names = groups[index].points.map { arms[$0.arm].name }
                let name = bases[index].isEmpty ? Sweep.commonPrefix(names) : bases[index]
                groups[index].label = [name, labels[index]].filter { !$0.isEmpty }
                    .joined(separator: ", ")
            }
        }
    }

    /// The arms at the two ends of each curve, and those outside the sweep.
    var ends: [Int] {
        references
            + groups.flatMap { group in
                [group.points.first, group.points.last].compactMap { $0?.arm }
            }
    }

    /// The curves and levels that a page shows: all of a few, else those of the arms it names.
    func keeping(_ selection: ArmSelection) -> Sweep {
        guard selection.isPartial else { return self }
        let named = Set(selection.arms)
        var sweep = self
        if groups.count > ArmSelection.count {
            sweep.groups = groups.filter { group in group.points.contains { named.contains($0.arm) }
            }
        }
        if references.count > ArmSelection.count {
            sweep.references = references.filter(named.contains)
        }
        return sweep
    }

    /// The key as an axis says it.
    package let title: String

    private static func axis(of arms: [ExperimentResults.Arm]) -> String? {
        var keys: [String] = []
        var values: [Set<Double>] = []
        for arm in arms {
            for coordinate in arm.coordinates {
                guard let value = number(coordinate.value) else { continue }
                if let index = keys.firstIndex(of: coordinate.key) {
                    values[index].insert(value)
                } else {
                    keys.append(coordinate.key)
                    values.append([value])
                }
            }
        }
        let swept = keys.indices.filter { values[$0].count > 1 }
        if let fraction = swept.first(where: { lastPart(keys[$0]) == "real-fraction" }) {
            return keys[fraction]
        }
        let most = swept.map { values[$0].count }.max()
        return swept.first { values[$0].count == most }.map { keys[$0] }
    }

    static func number(_ arm: ExperimentResults.Arm, _ key: String) -> Double? {
        arm.coordinates.first { $0.key == key }.flatMap { number($0.value) }
    }

    static func number(_ value: SpecificationValue) -> Double? {
        switch value {
        case .integer(let whole): Double(whole)
        case .number(let number) where number.isFinite: number
        default: nil
        }
    }

    private static func label(
        _ arm: ExperimentResults.Arm, without key: String, in arms: [ExperimentResults.Arm]
    ) -> String {
        let others = arm.coordinates.filter { $0.key != key }
        return others.map { coordinate in
            let text = plain(coordinate.value)
            // A word says what it is; a number needs its key.
            if case .text = coordinate.value { return text }
            return "\(shortName(of: coordinate.key, in: arms)) \(text)"
        }.joined(separator: ", ")
    }

    private static func plain(_ value: SpecificationValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let whole): String(whole)
        case .number(let number): NumberText.short(number)
        case .boolean(let isTrue): isTrue ? "yes" : "no"
        case .null: "none"
        case .list(let elements): elements.map(plain).joined(separator: ", ")
        // A schedule or another group: its kind, and the values after it.
        case .map(let map):
            map.entries.map { entry in
                if case .text(let word) = entry.value { return word }
                return "\(entry.key) \(plain(entry.value))"
            }.joined(separator: ", ")
        }
    }

    /// The last part of a swept key's path, or all of it where another swept key ends alike.
    static func shortName(of key: String, in arms: [ExperimentResults.Arm]) -> String {
        let last = lastPart(key)
        let isShared = arms.contains { arm in
            arm.coordinates.contains { $0.key != key && lastPart($0.key) == last }
        }
        return isShared ? key : last
    }

    private static func lastPart(_ key: String) -> String {
        key.split(separator: ".").last.map(String.init) ?? key
    }

    /// The name that was written in the experiment, before the swept values in brackets.
    private static func base(_ arm: ExperimentResults.Arm) -> String {
        arm.name.firstIndex(of: "[").map { String(arm.name[..<$0]) } ?? ""
    }

    /// What all names begin with, without a torn last word.
    private static func commonPrefix(_ names: [String]) -> String {
        guard var common = names.first else { return "" }
        for name in names {
            while !name.hasPrefix(common) { common.removeLast() }
        }
        let separators: Set<Character> = [" ", "-", "_", "=", ",", "/", "@", ":", "(", "[", "."]
        if names.contains(where: { $0 != common }) {
            while let last = common.last, separators.contains(last) { common.removeLast() }
        }
        return common
    }
}
