import Collapse
import Settings
package import Support
import Testing

/// What an arm measured over its seeds through the real loop, with what its theory predicts.
struct Measured {
    /// The values of each metric by generation, seed by seed.
    private(set) var curves: [String: [[Double]]] = [:]
    var predictions: [Prediction]

    /// The values of all seeds in one generation.
    func values(_ metric: String, at t: Int) throws -> [Double] {
        try #require(curves[metric], "no metric \(metric)")[t]
    }

    func summary(_ metric: String, at t: Int) throws -> Summary {
        Summary(try values(metric, at: t))
    }

    func mean(_ metric: String, at t: Int) throws -> Double { try summary(metric, at: t).mean }

    func prediction(
        _ metric: String, _ relation: Prediction.Relation = .expectation
    ) throws -> [Double] {
        try #require(
            predictions.first { $0.metric == metric && $0.relation == relation },
            "no \(relation) of \(metric)"
        ).values
    }

    /// The measured mean minus an expected one in standard errors over seeds.
    ///
    /// A correct program stays within 4 with probability 1 - 6e-5 for other seeds; with fixed seeds
    /// the outcome never changes.
    func zScore(_ metric: String, at t: Int, expected: Double) throws -> Double {
        let summary = try summary(metric, at: t)
        let difference = summary.mean - expected
        // What every seed agrees on has no spread, and a sum's rounding is no difference.
        return abs(difference) < 1e-12 * (1 + abs(expected))
            ? 0 : difference / summary.standardError
    }

    fileprivate mutating func add(_ metrics: [MetricValue], at t: Int) {
        for metric in metrics {
            var curve = curves[metric.name] ?? []
            while curve.count <= t { curve.append([]) }
            // Taken out and put back, so that the array is not copied with each value.
            curves[metric.name] = nil
            curve[t].append(metric.value)
            curves[metric.name] = curve
        }
    }
}

extension TaskSetting {
    /// Runs an arm of this setting in memory. `keys` are those that differ from their defaults, of
    /// the arm and of the setting alike; `metrics` is how the names of the kept metrics begin.
    static func measure(
        _ keys: [String: SpecificationValue], generations: Int, seeds: Range<Int>,
        metrics: String = ""
    ) throws -> Measured {
        let arm = try ArmSpecification(name: "arm", values: resolved(keys))
        let setting = try Self(arm: arm, resources: SettingResources(root: "", report: { _ in }))
        let initialSize = try arm.sampleSizes(generations: 0)[0]
        var measured = Measured(
            predictions: setting.predictions(
                for: try ChainPlan(arm: arm, generations: generations)))
        for seed in seeds {
            let seedData = try setting.makeSeedData(
                seed: UInt64(seed), stream: arm.stream, initialSize: initialSize)
            let plan = try ChainPlan(
                arm: arm, generations: generations,
                stream: RealStream(setting: setting, seedData: seedData))
            let chain = Chain(
                plan: plan, seed: UInt64(seed), setting: setting, seedData: seedData)
            for t in 0...generations {
                measured.add(try chain.measure(t).filter { $0.name.hasPrefix(metrics) }, at: t)
            }
        }
        return measured
    }

    /// A setting from the keys that differ from their defaults, in an arm that replaces unless they
    /// say otherwise.
    static func make(
        _ keys: [String: SpecificationValue],
        resources: SettingResources = SettingResources(root: "", report: { _ in })
    ) throws -> Self {
        let arm = keys.merging(["workflow": "replace", "sample-size": 10]) { given, _ in given }
        return try Self(
            arm: try ArmSpecification(name: "arm", values: resolved(arm)), resources: resources)
    }

    /// The keys of an arm with the defaults filled in, as the reading of a file would make them.
    static func resolved(_ keys: [String: SpecificationValue]) -> SpecificationValue {
        let declared = ArmKeys.all(of: declaration)
        return .map(
            declared.compactMap { key in
                (keys[key.key] ?? key.defaultValue).map { value in
                    SpecificationMap.Entry(key.key, full(value, key.type))
                }
            })
    }

    private static func full(
        _ map: SpecificationMap, _ keys: [KeyDeclaration]
    ) -> SpecificationValue {
        var whole = map
        for key in keys {
            whole[key.key] = (map[key.key] ?? key.defaultValue).map { full($0, key.type) }
        }
        return .map(whole)
    }

    /// A bare number that stands for a constant schedule, written out, and a group with its
    /// defaults.
    private static func full(_ value: SpecificationValue, _ type: KeyType) -> SpecificationValue {
        switch (type, value) {
        case (.optional(let type), _): return value.isNull ? value : full(value, type)
        case (.list(let type), .list(let values)): return .list(values.map { full($0, type) })
        case (.tagged(let group), .map(let map)):
            guard let tag = map[group.tag],
                let variant = group.variants.first(where: { $0.name == tag.textValue })
            else { return value }
            return full(map, variant.keys)
        case (.group(let keys), .map(let map)), (.textOrGroup(let keys), .map(let map)):
            return full(map, keys)
        case (.changes(let keys), .map(let map)):
            return .map(
                SpecificationMap(
                    map.entries.map { entry in
                        let type = keys.first { $0.key == entry.key }?.type
                        return .init(entry.key, type.map { full(entry.value, $0) } ?? entry.value)
                    }))
        case (.tagged(let group), _):
            guard let short = group.shorthand else { return value }
            return .map([.init(group.tag, .text(short.variant)), .init(short.key, value)])
        default: return value
        }
    }
}

extension SpecificationValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(arrayLiteral elements: SpecificationValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, SpecificationValue)...) {
        self = .map(elements.map { SpecificationMap.Entry($0.0, $0.1) })
    }
}
