import Collapse
import Compute
import Support
import Synchronization
import Testing

/// Whole numbers as examples; each has the size of its value's last digit plus one.
struct ToyExamples: ExampleCollection, Equatable {
    var values: [Int] = []

    init() {}
    init(_ values: [Int]) { self.values = values }

    var count: Int { values.count }
    func size(at index: Int) -> Int { ToyExamples.size(of: values[index]) }
    func selecting(_ indices: [Int]) -> ToyExamples { ToyExamples(indices.map { values[$0] }) }

    /// A cut example keeps its value, so sizes are met only up to the last example.
    func prefix(size: Int) -> ToyExamples {
        var total = 0
        return ToyExamples(
            Array(
                values.prefix { value in
                    defer { total += ToyExamples.size(of: value) }
                    return total < size
                }))
    }

    mutating func append(_ other: ToyExamples) { values += other.values }
    func contentKey(at index: Int) -> [UInt8] { Array("\(values[index])".utf8) }

    static func size(of value: Int) -> Int { abs(value) % 10 + 1 }
}

/// A setting whose model is the bag of its training data: it samples from them uniformly, shifted
/// by 1,000 for each parent, so that a test sees where every number came from.
struct ToySetting: TaskSetting {
    struct SeedData: Sendable {
        var key: RandomKey
    }

    struct Model: Sendable, Equatable {
        var values: [Int]
        var weights: [Double]
        var startedFrom: Int?
    }

    private static let mean = metric("toy.mean")
    private static let infinite = metric("toy.infinite")
    private static let samples = metric("toy.samples")
    private static let count = metric("fit.count")

    private static func metric(_ name: String) -> MetricDeclaration {
        MetricDeclaration(name, title: name, direction: .neither, help: "")
    }

    static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "toy", summary: "", version: 1, sizeUnit: "units", keys: [],
            evaluations: [.init("mean", version: 1), .init("samples", version: 1)],
            metrics: [mean, infinite, samples, count], headline: mean, panels: [],
            recordUnit: .generation)
    }

    var realCount = 1_000
    /// How often each stage really computed something.
    let counter = Counter()

    init(arm: ArmSpecification, resources: SettingResources) throws {}
    init() {}

    var capabilities: Capabilities<ToySetting> {
        Capabilities(
            scores: scores(of:under:seedData:work:), correctness: correctness(of:seedData:),
            estimation: .init(features: features(of:seedData:), estimate: estimate(of:seedData:)),
            texts: { examples, _ in examples.values.map { Array("\($0)".utf8) } },
            baseModel: baseModel(in:work:))
    }

    var storage: Storage<ToySetting>? {
        Storage(
            encodeModel: encode(_:seedData:), decodeModel: decodeModel(_:seedData:),
            encodeExamples: encode(_:seedData:), decodeExamples: decodeExamples(_:seedData:),
            show: { examples, index, _ in "\(examples.values[index])" },
            inputs: { [$0.rawValue] })
    }

    func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        SeedData(key: RandomKey(seed: seed, stream: stream, purpose: .realDraw))
    }

    func realCount(in seedData: SeedData) -> Int? { realCount }
    func realSize(at index: Int, in seedData: SeedData) -> Int {
        ToyExamples.size(of: value(index, seedData))
    }
    func real(_ range: Range<Int>, in seedData: SeedData) throws -> ToyExamples {
        ToyExamples(range.map { value($0, seedData) })
    }

    private func value(_ index: Int, _ seedData: SeedData) -> Int {
        var random = RandomStream(seedData.key.at(index))
        return random.below(900)
    }

    func baseModel(in seedData: SeedData, work: Workload) throws -> Model {
        Model(values: [7], weights: [1], startedFrom: nil)
    }

    func fit(
        _ data: TrainingData<ToyExamples>, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model> {
        counter.note("fit")
        var from: Int?
        if case .model(let model, _) = start { from = model.values.count }
        let values = data.examples.values
        return Fitted(
            model: Model(
                values: values, weights: data.weights ?? values.map { _ in 1 }, startedFrom: from),
            metrics: [Self.count.value(Double(values.count))])
    }

    func sample(
        from parents: [Model], size: Int, conditions: ToyExamples?, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> ToyExamples {
        counter.note("sample")
        var random = RandomStream(key)
        var drawn: [Int] = []
        var total = 0
        while total < size {
            let parent = parents[drawn.count % parents.count]
            let value = 1_000 + parent.values[random.below(parent.values.count)]
            drawn.append(value)
            total += ToyExamples.size(of: value)
        }
        return ToyExamples(drawn)
    }

    func scores(
        of examples: ToyExamples, under model: Model, seedData: SeedData, work: Workload
    ) throws -> [Double] {
        examples.values.map { -Double($0 % 100) }
    }

    /// Even numbers are right.
    func correctness(of examples: ToyExamples, seedData: SeedData) -> [Bool] {
        examples.values.map { $0.isMultiple(of: 2) }
    }

    /// Two coordinates, correlated but not equal.
    func features(of examples: ToyExamples, seedData: SeedData) -> [Double] {
        examples.values.flatMap { [Double($0), Double($0 % 7) - 3] }
    }

    /// The truth is the origin.
    func estimate(of model: Model?, seedData: SeedData) -> [Double] {
        guard let model else { return [0, 0] }
        let features = features(of: ToyExamples(model.values), seedData: seedData)
        return (0..<2).map { coordinate in
            stride(from: coordinate, to: features.count, by: 2).reduce(0) { $0 + features[$1] }
                / Double(model.values.count)
        }
    }

    func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<ToySetting>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        counter.note("evaluate \(evaluation)")
        if evaluation == "samples" {
            return [Self.samples.value(Double(try subject.samples().count))]
        }
        let model = try subject.model()
        let mean = Double(model.values.reduce(0, +)) / Double(model.values.count)
        return [Self.mean.value(mean), Self.infinite.value(.infinity)]
    }

    private func bytes(_ values: [Int]) -> [UInt8] {
        Array(values.map(String.init).joined(separator: " ").utf8)
    }

    private func integers(_ bytes: [UInt8]?) -> [Int] {
        String(decoding: bytes ?? [], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    }

    func encode(_ model: Model, seedData: SeedData) throws -> [String: [UInt8]] {
        [
            "values": bytes(model.values), "weights": bytes(model.weights.map { Int($0) }),
            "from": bytes(model.startedFrom.map { [$0] } ?? []),
        ]
    }

    func decodeModel(_ files: [String: [UInt8]], seedData: SeedData) throws -> Model {
        Model(
            values: integers(files["values"]), weights: integers(files["weights"]).map(Double.init),
            startedFrom: integers(files["from"]).first)
    }

    func encode(_ examples: ToyExamples, seedData: SeedData) throws -> [String: [UInt8]] {
        ["values": bytes(examples.values)]
    }

    func decodeExamples(_ files: [String: [UInt8]], seedData: SeedData) throws -> ToyExamples {
        ToyExamples(integers(files["values"]))
    }

}

/// Counts named events from any thread.
final class Counter: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func note(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
    subscript(name: String) -> Int { counts.withLock { $0[name] ?? 0 } }
}

/// A store in memory that can be told to fail, as if the process were killed there.
final class MemoryStore: GenerationStore {
    struct Killed: Error {}

    private let objects = Mutex<[ContentKey: [String: [UInt8]]]>([:])
    private let writesLeft: Mutex<Int>

    init(killedAfterWrites writes: Int = .max) {
        writesLeft = Mutex(writes)
    }

    /// What a restarted process finds.
    func survivor() -> MemoryStore {
        let store = MemoryStore()
        let content = objects.withLock { $0 }
        store.objects.withLock { $0 = content }
        return store
    }

    var count: Int { objects.withLock { $0.count } }

    // FNV-1a over two offsets: tests need distinct names, not security.
    func key(for description: String) -> ContentKey {
        var first: UInt64 = 0xCBF2_9CE4_8422_2325
        var second: UInt64 = 0x8422_2325_CBF2_9CE4
        for byte in description.utf8 {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01B3
            second = (second ^ UInt64(byte)) &* 0x100_0000_01B3 &+ 1
        }
        return ContentKey(digits: String(first, radix: 16) + String(second, radix: 16))
    }

    func contains(_ key: ContentKey) -> Bool { objects.withLock { $0[key] != nil } }
    func read(_ key: ContentKey) throws -> [String: [UInt8]]? { objects.withLock { $0[key] } }

    func write(
        _ files: [String: [UInt8]], as key: ContentKey, kind: ObjectKind, description: String
    ) throws {
        let isAlive = writesLeft.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isAlive else { throw Killed() }
        objects.withLock { $0[key] = files }
    }

    func exclusively<Result>(
        _ key: ContentKey, _ body: () throws -> Result
    ) rethrows -> Result { try body() }
}

/// An arm with a name for the test's log.
struct ArmCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var values: SpecificationValue

    init(_ name: String, _ values: SpecificationValue) {
        testDescription = name
        self.values = values
    }
}

/// Resolved keys of an arm, as the reading of a file would make them.
func armValues(
    _ workflow: String, size: Int = 50, changes: [SpecificationMap.Entry] = []
) -> SpecificationValue {
    var map = SpecificationMap(ArmKeys.all.map { .init($0.key, $0.defaultValue ?? .null) })
    map["workflow"] = .text(workflow)
    map["sample-size"] = constant(Double(size))
    for change in changes { map[change.key] = change.value }
    return .map(map)
}

func constant(_ value: Double) -> SpecificationValue {
    .map([.init("schedule", .text("constant")), .init("value", .number(value))])
}

/// A chain of the toy setting.
func toyChain(
    _ values: SpecificationValue, name: String = "arm", setting: ToySetting = ToySetting(),
    seed: UInt64 = 3, generations: Int = 4, store: any GenerationStore = MemoryStore(),
    storesModels: Bool = true
) throws -> StoredChain<ToySetting> {
    let arm = try ArmSpecification(name: name, values: values)
    let seedData = try setting.makeSeedData(seed: seed, stream: arm.stream, initialSize: 50)
    let plan = try ChainPlan(
        arm: arm, generations: generations, stream: RealStream(setting: setting, seedData: seedData)
    )
    return try StoredChain(
        plan: plan, seed: seed, setting: setting, seedData: seedData,
        storage: try #require(setting.storage),
        environment: StoreEnvironment(
            store: store, storesModels: storesModels, workers: 1, fingerprint: "test",
            cachedModels: 2))
}
