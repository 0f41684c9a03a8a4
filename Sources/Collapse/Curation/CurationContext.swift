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
    public let key: RandomKey
    /// The threads and the progress report for what the setting computes.
    public let work: Workload
    private let model: (CurationModel) throws -> Setting.Model?

    /// Makes a context; `model` gives nil for a model that generation 0 comes before.
    public init(
        setting: Setting, seedData: Setting.SeedData, generation: Int, key: RandomKey,
        work: Workload,
        model: @escaping (CurationModel) throws -> Setting.Model?
    ) {
        self.setting = setting
        capabilities = setting.capabilities
        self.seedData = seedData
        self.generation = generation
        self.key = key
        self.work = work
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

    /// The same context for the stage at another position.
    func at(stage position: Int) -> CurationContext {
        CurationContext(
            setting: setting, seedData: seedData, generation: generation, key: key.at(position),
            work: work, model: model)
    }
}
