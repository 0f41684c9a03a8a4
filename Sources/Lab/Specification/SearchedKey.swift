package import Collapse
import Support

/// Why a threshold cannot be searched for.
package struct ThresholdRefusal: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// A key of one arm whose value is searched for.
package struct SearchedKey: Sendable {
    /// The arm as the file names it.
    package let arm: String
    /// The key inside the arm: `["real-fraction"]`.
    package let path: [String]
    /// Where its values are looked for.
    package let range: ThresholdSearch.Range
    /// The spelling under which the file sweeps the key, or would.
    private let spelling: String

    /// Reads an experiment with overrides on top of those that belong to it.
    package typealias Loading = (_ overrides: [String]) throws -> ResolvedExperiment

    /// - Parameters:
    ///   - text: The key as the user wrote it, such as `arms.mixture.real-fraction`.
    ///   - smallest: Where the range begins; nil for where the file's sweep does, or the key's own
    ///     range.
    ///   - largest: Where it ends, likewise.
    ///   - load: Reads the experiment.
    /// - Throws: ``ThresholdRefusal``, or what `load` throws.
    package init(
        _ text: String, smallest: Double?, largest: Double?, load: Loading
    ) throws {
        let base = try load([])
        let names = Self.writtenArms(of: base)
        guard var keys = DottedPath.keys(of: text[...]) else {
            throw ThresholdRefusal("\(text) is no key: write it as arms.NAME.KEY")
        }
        keys = DottedPath.joiningArmName(keys, names: Set(names))
        if keys[0] == StructureKeys.arms, keys.count > 2 {
            guard names.contains(keys[1]) else {
                throw ThresholdRefusal(
                    "there is no arm \(keys[1]); arms are \(names.joined(separator: ", "))")
            }
            arm = keys[1]
            keys.removeFirst(2)
        } else {
            guard names.count == 1 else {
                throw ThresholdRefusal(
                    "\(text) is a key of several arms: say which, as arms.\(names[0]).\(text)")
            }
            arm = names[0]
        }
        path = keys
        let (dotted, arm) = (DottedPath.text(path), arm)
        let type = KeyType.at(path[...], in: ArmKeys.all(of: base.setting))
        guard let type else {
            throw ThresholdRefusal(
                "an arm of the setting \(base.setting.name) has no key \(dotted): "
                    + "`collapselab schema` lists the keys")
        }
        guard let bounds = type.numericBounds else {
            throw ThresholdRefusal(
                "the values of \(dotted) have no order, so that none is the smallest: "
                    + "name a key that takes a number")
        }
        let isSwept = base.arms.contains { $0.coordinates.contains { $0.key == dotted } }
        let full = "arms.\(arm).\(dotted)"
        spelling =
            isSwept && (try? load(["sweep.\(full)=[\(bounds.range.lowerBound)]"])) == nil
            ? dotted : full
        range = try Self.range(
            of: bounds, smallest: smallest, largest: largest, key: dotted,
            known: base.arms.filter { Self.written($0.name) == arm }.compactMap {
                $0.number(at: keys)
            })
    }

    /// The override that gives the key a value.
    package func override(_ value: Double) -> String { "sweep.\(spelling)=[\(text(value))]" }

    /// A value as a file has it.
    package func text(_ value: Double) -> String {
        range.isWhole ? String(Int(value)) : "\(value)"
    }

    /// The arm of an experiment with ``override(_:)``.
    ///
    /// - Throws: ``ThresholdRefusal`` where several arms have the value, because other keys are swept.
    func position(in experiment: ResolvedExperiment) throws -> Int {
        let dotted = DottedPath.text(path)
        let found = experiment.arms.indices.filter { index in
            Self.written(experiment.arms[index].name) == arm
                && experiment.arms[index].coordinates.contains { $0.key == dotted }
        }
        guard let first = found.first, found.count == 1 else {
            let others = Set(found.flatMap { experiment.arms[$0].coordinates.map(\.key) })
                .subtracting([dotted]).sorted()
            throw ThresholdRefusal(
                "the experiment sweeps \(others.joined(separator: ", ")), too: give "
                    + "\(others.count == 1 ? "it" : "each") one value in the file")
        }
        return first
    }

    // MARK: Arms and ranges

    /// The name of an arm without swept values.
    private static func written(_ name: String) -> String {
        String(name.prefix { $0 != "[" })
    }

    /// The arms that the file names, without the controls that were added.
    private static func writtenArms(of experiment: ResolvedExperiment) -> [String] {
        var seen: Set<String> = []
        return experiment.arms.map(\.name).filter { !$0.hasPrefix(ControlArms.prefix) }
            .map(written).filter { seen.insert($0).inserted }
    }

    /// What was asked for; else from the least to the most value of the file's sweep; else the key's
    /// own range where it has ends that mean something; else from 0 to twice the file's value.
    private static func range(
        of bounds: KeyType.NumericBounds, smallest: Double?, largest: Double?, key: String,
        known: [Double]
    ) throws -> ThresholdSearch.Range {
        let declared = bounds.range
        var (least, most) = (declared.lowerBound, declared.upperBound)
        if let first = known.min(), let last = known.max() {
            if first < last {
                (least, most) = (first, last)
            } else if declared.upperBound - declared.lowerBound > 1 {
                least = max(declared.lowerBound, min(0, 2 * first))
                most = min(declared.upperBound, max(0, 2 * first))
            }
        }
        (least, most) = (smallest ?? least, largest ?? most)
        guard least < most, declared.contains(least), declared.contains(most) else {
            throw ThresholdRefusal(
                "\(key) cannot be searched from \(least) to \(most): it may be "
                    + "\(declared.lowerBound) to \(declared.upperBound); say where to look with "
                    + "--smallest and --largest")
        }
        if bounds.isWhole, least.rounded() != least || most.rounded() != most {
            throw ThresholdRefusal(
                "\(key) is a whole number: \(least) to \(most) does not begin and end at one")
        }
        return ThresholdSearch.Range(smallest: least, largest: most, isWhole: bounds.isWhole)
    }
}

extension KeyType {
    /// What numbers a key takes.
    struct NumericBounds {
        var range: ClosedRange<Double>
        var isWhole: Bool
    }

    /// Nil of a type that takes no number; of a schedule those of a constant.
    var numericBounds: NumericBounds? {
        switch unwrapped {
        case .integer(let range):
            NumericBounds(
                range: Double(range.lowerBound)...Double(range.upperBound), isWhole: true)
        case .number(let range): NumericBounds(range: range, isWhole: false)
        case .tagged(let group): group.shorthand?.type.numericBounds
        default: nil
        }
    }
}

extension ResolvedArm {
    /// The number at some keys, or that of the constant schedule there.
    fileprivate func number(at path: [String]) -> Double? {
        var value = values
        for key in path {
            guard let inner = value[key] else { return nil }
            value = inner
        }
        switch value {
        case .integer(let whole): return Double(whole)
        case .number(let number): return number
        case .map:
            // Of a constant schedule; other shapes have no such key.
            if case .number(let number)? = value["value"] { return number }
            return nil
        default: return nil
        }
    }
}
