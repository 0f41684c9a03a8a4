import Collapse
import Support
import TestSupport

/// A random experiment of a setting, with the corners of its ranges drawn often; it may contradict
/// itself, which is then refused when it is read.
struct RandomSpecification {
    private var generator: TestGenerator
    private let setting: SettingDeclaration
    /// Keys that are never left to their defaults.
    private let written: Set<String>

    init(of setting: SettingDeclaration, writing written: Set<String> = [], seed: Int) {
        self.setting = setting
        self.written = written
        generator = TestGenerator(seed)
    }

    /// The text of an experiment of one to three small arms.
    mutating func text() -> String {
        var lines = [
            "setting: \(setting.name)", "generations: \(Int.random(in: 0...6, using: &generator))",
            "seeds: 0..\(Int.random(in: 0...3, using: &generator))",
            "sample-size: \(sampleSize())",
        ]
        let common = setting.example.common
        lines += common.map { "\($0.key): \($0.value.canonicalText)" }
        for key in setting.keys
        where key.defaultValue == nil || written.contains(key.key) || chance(0.4) {
            lines.append("\(key.key): \(value(of: key.type).canonicalText)")
        }
        lines.append("arms:")
        for arm in 0...Int.random(in: 0...2, using: &generator) {
            lines.append("  arm\(arm):")
            let workflow =
                common.first { $0.key == "workflow" }?.value.textValue
                ?? Workflows.names.randomElement(using: &generator) ?? ""
            let own = Workflows.types.first { $0.name == workflow }?.keys.map(\.key) ?? []
            let others = Workflows.keys.map(\.key).filter { !own.contains($0) }
            for key in ArmKeys.common where key.key != "sample-size" && !others.contains(key.key) {
                guard !common.contains(where: { $0.key == key.key }) else { continue }
                if key.key == "workflow" {
                    lines.append("    workflow: \(workflow)")
                } else if chance(own.contains(key.key) ? 0.8 : 0.15) {
                    lines.append("    \(key.key): \(value(of: key.type).canonicalText)")
                }
            }
            if chance(0.1) { lines.append("    phases: \(phases(of: setting))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One or two phases of an arm, some of which contradict it.
    private mutating func phases(of setting: SettingDeclaration) -> String {
        guard case .list(.changes(let keys)) = PhaseKeys.declaration(for: setting).type else {
            return "[]"
        }
        var from = 0
        let phases = (0...Int.random(in: 0...1, using: &generator)).map { _ in
            from += Int.random(in: 1...2, using: &generator)
            let changes = keys.filter { $0.key != "from" && $0.key != "sample-size" }
                .filter { $0.key == "workflow" || chance(0.08) }
            return SpecificationValue.map(
                [.init("from", .integer(from))]
                    + changes.map { .init($0.key, value(of: $0.type)) })
        }
        return SpecificationValue.list(phases).canonicalText
    }

    /// A size or a schedule of sizes, some of which come to one example.
    private mutating func sampleSize() -> String {
        switch Int.random(in: 0...4, using: &generator) {
        case 0: "1"
        case 1: "2"
        case 2: "{schedule: linear, from: 30, to: 1, horizon: 3}"
        default: "\(Int.random(in: 3...60, using: &generator))"
        }
    }

    private mutating func value(of type: KeyType) -> SpecificationValue {
        switch type {
        case .boolean: .boolean(chance(0.5))
        case .integer(let range): .integer(integer(in: range))
        case .number(let range): .number(number(in: range))
        case .text, .path: .text("a")
        case .choice(let words): .text(words.randomElement(using: &generator) ?? "")
        case .list(let element):
            .list(
                (0..<Int.random(in: 0...2, using: &generator)).map { _ in value(of: element) })
        case .group(let keys), .changes(let keys): .map(fields(keys))
        case .textOrGroup(let keys): chance(0.5) ? .text("a") : .map(fields(keys))
        case .tagged(let group): tagged(group)
        case .optional(let type): chance(0.3) ? .null : value(of: type)
        }
    }

    private mutating func fields(_ keys: [KeyDeclaration]) -> [SpecificationMap.Entry] {
        var entries: [SpecificationMap.Entry] = []
        for key in keys where key.defaultValue == nil || chance(0.5) {
            // Of a pool's part; any other text is refused.
            let isOrigin = key.key == "from" && keys.contains { $0.key == "window" }
            let value =
                isOrigin
                ? .text(["newest", "all", "0"].randomElement(using: &generator) ?? "")
                : value(of: key.type)
            entries.append(.init(key.key, value))
        }
        return entries
    }

    private mutating func tagged(_ group: TaggedGroup) -> SpecificationValue {
        let variant = group.variants[Int.random(in: group.variants.indices, using: &generator)]
        return .map([.init(group.tag, .text(variant.name))] + fields(variant.keys))
    }

    /// The smallest values often, and no large ones: what is large takes long, and is no corner of
    /// the mathematics.
    private mutating func integer(in range: ClosedRange<Int>) -> Int {
        let (least, most) = (range.lowerBound, range.upperBound)
        if chance(0.3) { return least }
        let top = min(most, max(least, 0) + 12)
        return Int.random(in: least...max(least, top), using: &generator)
    }

    /// The ends of the range, 0, 1, the smallest magnitudes, or something between.
    private mutating func number(in range: ClosedRange<Double>) -> Double {
        let corners = [range.lowerBound, range.upperBound, 0, 1, 0.5, 1e-300, -1e-300, 1e-3, 1e300]
            .filter(range.contains)
        if chance(0.5) { return corners.randomElement(using: &generator) ?? range.lowerBound }
        let (low, high) = (max(range.lowerBound, -3), min(range.upperBound, 3))
        return low < high ? Double.random(in: low...high, using: &generator) : range.lowerBound
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }
}
