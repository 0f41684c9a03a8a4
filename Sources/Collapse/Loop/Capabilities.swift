public import Compute

/// Something a setting may be able to do beyond fitting, sampling and measuring.
public enum Capability: String, CaseIterable, Sendable {
    /// Score an example by its likelihood under a model.
    case scores
    /// Say whether an example is right.
    case correctness
    /// Say what an example does to the estimate of a fit.
    case estimation
    /// Say what a model makes of an example, and which class it is of.
    case latents
    /// Give the text of an example.
    case text
    /// Say what a model makes of an example, as a vector.
    case hiddenStates
    /// Provide a base model that fits start from or samples come from.
    case base
    /// Draw examples from a model.
    case samples

    /// What a setting without it lacks, for messages.
    public var title: String {
        switch self {
        case .scores: "likelihood to score examples with"
        case .correctness: "right answers to verify examples by"
        case .estimation: "estimate to contract by choosing examples"
        case .latents: "classes and latents to train a probe on"
        case .text: "text to look at"
        case .hiddenStates: "hidden states to tell examples apart by"
        case .base: "base model"
        case .samples: "samples to train on"
        }
    }
}

/// What a setting can do beyond fitting, sampling and measuring, each as the function that does it:
/// a capability that is declared is one that is there. Stages and arms say what they need, and an
/// arm that needs what its setting lacks is refused before anything runs.
public struct Capabilities<Setting: TaskSetting>: Sendable {
    /// What the setting fixes for a seed.
    public typealias SeedData = Setting.SeedData
    /// The setting's fitted model.
    public typealias Model = Setting.Model
    /// The setting's collection of examples.
    public typealias Examples = Setting.Examples

    /// Features whose weighted mean is what a fit estimates.
    public struct Estimation: Sendable {
        /// One row for each example, row after row, each as long as the estimate.
        public var features:
            @Sendable (_ examples: Examples, _ seedData: SeedData) throws -> [Double]
        /// The mean of the features under a model; under the real distribution where the model is
        /// nil.
        public var estimate: @Sendable (_ model: Model?, _ seedData: SeedData) throws -> [Double]

        public init(
            features: @escaping @Sendable (Examples, SeedData) throws -> [Double],
            estimate: @escaping @Sendable (Model?, SeedData) throws -> [Double]
        ) {
            self.features = features
            self.estimate = estimate
        }
    }

    /// What a model makes of examples that are of classes, for a probe.
    public struct Latents: Sendable {
        /// One row for each example, row after row, and the examples' classes.
        public var features:
            @Sendable (
                _ examples: Examples, _ model: Model, _ seedData: SeedData, _ key: RandomKey,
                _ work: Workload
            ) throws -> (features: [Double], labels: [UInt8])
        /// The number of classes.
        public var classes: @Sendable (_ seedData: SeedData) -> Int
        /// The real data of generation 0.
        public var real: @Sendable (_ seedData: SeedData) throws -> Examples

        public init(
            classes: @escaping @Sendable (SeedData) -> Int,
            features:
                @escaping @Sendable (Examples, Model, SeedData, RandomKey, Workload) throws ->
                (features: [Double], labels: [UInt8]),
            real: @escaping @Sendable (SeedData) throws -> Examples
        ) {
            self.classes = classes
            self.features = features
            self.real = real
        }
    }

    /// The mean log-likelihood of each example under a model, in nats per unit of size.
    public var scores: (@Sendable (Examples, Model, SeedData, Workload) throws -> [Double])?
    /// Whether ``scores`` are of probabilities, whose logarithms are at most 0, and not of densities.
    public var scoresProbabilities: Bool
    /// How samples and held-out data are scored under the model of any generation; nil where models
    /// have no likelihood that generations can be compared by.
    public var crossScoring: CrossScoring<Setting>?
    /// Whether each example is right: a label that is the true one, an answer that solves.
    public var correctness: (@Sendable (Examples, SeedData) throws -> [Bool])?
    /// Features and their means, for stages that move the estimate of a fit; nil where a fit is no
    /// mean of features.
    public var estimation: Estimation?
    /// What a model makes of examples, for stages that train a probe on it; nil where examples are of
    /// no classes.
    public var latents: Latents?
    /// The text of each example, as bytes, the same for equal examples.
    public var text: (@Sendable (Examples, SeedData) throws -> [[UInt8]])?
    /// What a model makes of each example: one row for each, row after row, of equal lengths.
    public var hiddenStates: (@Sendable (Examples, Model, SeedData, Workload) throws -> [Double])?
    /// The model that fits may start from and samples may come from where the specification says
    /// `base`.
    public var baseModel: (@Sendable (SeedData, Workload) throws -> Model)?
    /// Whether sampling wants real inputs, such as prompts or designs.
    public var samplesUnderConditions: Bool
    /// Whether a fit to examples that all weigh 0 is a model, as one that a penalty holds at 0.
    public var fitsWeightless: Bool
    /// Whether models draw examples. Where they do not, every generation trains on real data.
    public var drawsSamples: Bool

    public init(
        scores: (@Sendable (Examples, Model, SeedData, Workload) throws -> [Double])? = nil,
        scoresProbabilities: Bool = false,
        crossScoring: CrossScoring<Setting>? = nil,
        correctness: (@Sendable (Examples, SeedData) throws -> [Bool])? = nil,
        estimation: Estimation? = nil, latents: Latents? = nil,
        text: (@Sendable (Examples, SeedData) throws -> [[UInt8]])? = nil,
        hiddenStates: (@Sendable (Examples, Model, SeedData, Workload) throws -> [Double])? = nil,
        baseModel: (@Sendable (SeedData, Workload) throws -> Model)? = nil,
        samplesUnderConditions: Bool = false, fitsWeightless: Bool = false,
        drawsSamples: Bool = true
    ) {
        self.scores = scores
        self.scoresProbabilities = scoresProbabilities
        self.crossScoring = crossScoring
        self.correctness = correctness
        self.estimation = estimation
        self.latents = latents
        self.text = text
        self.hiddenStates = hiddenStates
        self.baseModel = baseModel
        self.samplesUnderConditions = samplesUnderConditions
        self.fitsWeightless = fitsWeightless
        self.drawsSamples = drawsSamples
    }

    /// Whether a capability is there.
    public func contains(_ capability: Capability) -> Bool {
        switch capability {
        case .scores: scores != nil
        case .correctness: correctness != nil
        case .estimation: estimation != nil
        case .latents: latents != nil
        case .text: text != nil
        case .hiddenStates: hiddenStates != nil
        case .base: baseModel != nil
        case .samples: drawsSamples
        }
    }

    /// A capability that was checked to be there.
    func required<Function>(_ function: Function?, _ capability: Capability) throws -> Function {
        guard let function else {
            throw MissingCapability(setting: Setting.declaration.name, lacks: capability)
        }
        return function
    }
}

/// Something was asked of a setting that it cannot do.
public struct MissingCapability: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting's name.
    public var setting: String
    /// The capability that is missing.
    public var lacks: Capability

    public init(setting: String, lacks: Capability) {
        self.setting = setting
        self.lacks = lacks
    }

    public var description: String {
        "the setting \(setting) has no \(lacks.title): change the arm that asks for one"
    }
}
