public import Compute

/// What a stage of curation may ask while it works on one generation's data.
public struct CurationContext<Setting: TaskSetting> {
    /// The setting of the chain.
    public let setting: Setting
    private let capabilities: Capabilities<Setting>
    /// What the setting fixed for the seed.
    public let seedData: Setting.SeedData
    /// The generation whose data are curated; 0 has real data only.
    public let generation: Int
    /// The stage's own random stream.
    public private(set) var key: RandomKey
    /// The threads and the progress report for what the setting computes.
    public let work: Workload
    /// What stages learned in earlier generations of the chain.
    let memory: CurationMemory
    private let initialSize: Int
    private let model: (CurationModel) throws -> Setting.Model?

    /// Makes a context; `initialSize` is n_0, and `model` gives nil for a model that generation 0
    /// comes before.
    public init(
        setting: Setting, seedData: Setting.SeedData, generation: Int, initialSize: Int,
        key: RandomKey, work: Workload, memory: CurationMemory = CurationMemory(),
        model: @escaping (CurationModel) throws -> Setting.Model?
    ) {
        self.setting = setting
        capabilities = setting.capabilities
        self.seedData = seedData
        self.generation = generation
        self.key = key
        self.work = work
        self.memory = memory
        self.initialSize = initialSize
        self.model = model
    }

    /// A model; nil where generation 0 would ask for itself.
    public func model(_ which: CurationModel) throws -> Setting.Model? { try model(which) }

    /// The mean log-likelihood of each example under a model, in nats per unit of size.
    ///
    /// Zero in generation 0, which trains on real data only: no stage drops those by score.
    public func scores(
        of examples: Setting.Examples, under which: CurationModel
    ) throws -> [Double] {
        guard let model = try model(which) else {
            return Array(repeating: 0, count: examples.count)
        }
        return try capabilities.required(capabilities.scores, .scores)(
            examples, model, seedData, work)
    }

    /// Starts a program that chooses data, as ``CommandExecutor`` does.
    ///
    /// - Throws: ``CommandsNotAllowed`` where none may be started.
    func run(
        _ call: CommandCall, input: () throws -> [UInt8],
        output: (UnsafeRawBufferPointer?) throws -> Void
    ) throws {
        guard let commands = work.commands else { throw CommandsNotAllowed() }
        try commands.run(call, input: input, output: output)
    }

    /// Whether each example is right.
    public func correctness(of examples: Setting.Examples) throws -> [Bool] {
        try capabilities.required(capabilities.correctness, .correctness)(examples, seedData)
    }

    /// Features of each example, row after row, whose weighted mean is what a fit estimates.
    public func features(of examples: Setting.Examples) throws -> [Double] {
        try capabilities.required(capabilities.estimation, .estimation)
            .features(examples, seedData)
    }

    /// The mean of the features under a model; under the real distribution where the model is nil.
    public func estimate(of model: Setting.Model?) throws -> [Double] {
        try capabilities.required(capabilities.estimation, .estimation).estimate(model, seedData)
    }

    /// The latents of some examples under generation 0's model, a row each, and their classes.
    func latents(of examples: Setting.Examples) throws -> (features: Matrix, labels: [UInt8]) {
        let latents = try capabilities.required(capabilities.latents, .latents)
        guard let model = try model(.generation0) else {
            preconditionFailure("generation 0 has no latents of its own model yet")
        }
        let (features, labels) = try latents.features(examples, model, seedData, key, work)
        let columns = labels.isEmpty ? 0 : features.count / labels.count
        return (Matrix(rows: labels.count, columns: columns, features), labels)
    }

    /// The text of each example.
    public func text(of examples: Setting.Examples) throws -> [[UInt8]] {
        try capabilities.required(capabilities.text, .text)(examples, seedData)
    }

    /// What a model makes of each example, a row each.
    func hiddenStates(of examples: Setting.Examples, under which: CurationModel) throws -> Matrix {
        let states = try capabilities.required(capabilities.hiddenStates, .hiddenStates)
        guard examples.count > 0, let model = try model(which) else {
            preconditionFailure("there are no hidden states of no examples or by no model")
        }
        let elements = try states(examples, model, seedData, work)
        return Matrix(
            rows: examples.count, columns: elements.count / examples.count, elements)
    }

    /// The real sample that generation 0 learned from.
    func realSample() throws -> Setting.Examples {
        try RealStream(setting: setting, seedData: seedData).examples(
            of: Composition.RealDraw(start: 0, size: initialSize))
    }

    /// As much as that sample of what generation 0's model draws: other examples than those that
    /// any generation trains on, and the same in every generation.
    func referenceSample() throws -> Setting.Examples {
        guard let model = try model(.generation0) else {
            preconditionFailure("generation 0 has no samples of its own model yet")
        }
        return try setting.sample(
            from: [model], size: initialSize,
            conditions: capabilities.samplesUnderConditions ? realSample() : nil,
            seedData: seedData, key: referenceKey, work: work)
    }

    /// The stream of what is drawn to learn from generation 0, the same in every generation.
    var referenceKey: RandomKey {
        RandomKey(seed: key.seed, stream: key.stream, purpose: .detect)
    }

    /// The class of each example; nil where the setting's examples have none.
    func labels(of examples: Setting.Examples) throws -> [UInt8]? {
        guard capabilities.latents != nil, try model(.generation0) != nil else { return nil }
        return try latents(of: examples).labels
    }

    /// A probe that was trained on the latents of generation 0's real data, the same in every
    /// generation, and the share of those whose class it finds.
    func probe() throws -> (probe: SoftmaxProbe, accuracy: Double) {
        let latents = try capabilities.required(capabilities.latents, .latents)
        var first = self
        first.key.generation = 0
        let (features, labels) = try first.latents(of: latents.real(seedData))
        let classes = latents.classes(seedData)
        let probe = SoftmaxProbe(features: features, labels: labels, classes: classes)
        let probabilities = probe.probabilities(of: features)
        let found = labels.enumerated().count { row, label in
            (0..<classes).allSatisfy {
                probabilities[row, $0] <= probabilities[row, Int(label)]
            }
        }
        return (probe, Double(found) / Double(labels.count))
    }

    /// The same context for the stage at another position.
    func at(stage position: Int) -> CurationContext {
        var context = self
        context.key = key.at(position)
        return context
    }
}
