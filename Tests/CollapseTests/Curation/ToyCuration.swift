import Collapse
import Compute
package import Support

/// Stages on data of the toy setting whose generation 0 has the values `real`, in a later generation.
struct ToyCuration {
    var setting = ToySetting()
    var pool = Pool<ToyExamples>()
    var weights: [Double]?
    var generation = 3
    var seed: UInt64 = 1

    /// Real values, then the values of each generation's samples.
    init(real: [Int], synthetic: [[Int]], texts: [Int: String] = [:]) {
        setting.texts = texts
        pool.append(Pool(ToyExamples(real), provenance: 0))
        for (index, values) in synthetic.enumerated() {
            pool.append(Pool(ToyExamples(values), provenance: index + 1))
        }
    }

    func callAsFunction(
        _ stages: any CurationStage...
    ) throws -> (data: TrainingData<ToyExamples>, metrics: [String: Double]) {
        let model = ToySetting.Model(values: Array(0..<40), weights: [])
        let outcome = try Curation.apply(
            stages, to: pool,
            in: CurationContext(
                setting: setting,
                seedData: try setting.makeSeedData(seed: seed, stream: 0, initialSize: 60),
                generation: generation, initialSize: 200,
                key: RandomKey(seed: seed, generation: generation, purpose: .curate),
                work: Workload(workers: 1), model: { _ in generation == 0 ? nil : model }))
        let metrics = outcome.metrics.map {
            ($0.name.split(separator: ".").dropFirst().joined(separator: "."), $0.value)
        }
        return (outcome.data, Dictionary(metrics, uniquingKeysWith: { first, _ in first }))
    }
}

extension TrainingData<ToyExamples> {
    /// Each value with its provenance.
    var marked: [String] {
        zip(examples.values, pool.provenance).map { "\($0):\($1)" }
    }
}

/// A stage as a specification writes it, with its keys' defaults where it says nothing.
func resolvedStage(_ written: SpecificationValue) -> SpecificationValue {
    resolved(written, .tagged(CurationStages.group))
}

private func resolved(_ value: SpecificationValue, _ type: KeyType) -> SpecificationValue {
    guard case .tagged(let group) = type else {
        if case .optional(let inner) = type, !value.isNull { return resolved(value, inner) }
        return value
    }
    var map: SpecificationMap
    switch value {
    case .map(let written): map = written
    default: map = SpecificationMap([.init(group.tag, value)])
    }
    for key in group.variants.first(where: { $0.name == map[group.tag]?.textValue })?.keys ?? [] {
        guard let written = map[key.key] ?? key.defaultValue else { continue }
        map[key.key] = resolved(written, key.type)
    }
    return .map(map)
}

extension SpecificationValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral
{
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(dictionaryLiteral elements: (String, SpecificationValue)...) {
        self = .map(SpecificationMap(elements.map { SpecificationMap.Entry($0.0, $0.1) }))
    }
}
