import Compute
package import LanguageModels
package import Support

/// How a transformer is trained, as a specification says it.
struct TransformerTraining: KeyGroup {
    /// The specification's words for optimizers.
    enum Optimizer: String, CaseIterable, Sendable {
        case adamw, sgd
    }

    static let initialisation = Key<Initialisation>(
        "initialisation", .choice, default: .gpt2,
        help: "How a fresh model is drawn: gpt2 (deviation 0.02) or width-scaled (0.02 times "
            + "sqrt(768 / width)).")
    static let batchSize = Key(
        "batch-size", .integer(1...65_536), default: 16, help: "Sequences in a batch.")
    static let accumulation = Key(
        "accumulation", .integer(1...65_536), default: 1,
        help: "Batches whose gradients a step adds up; the same as a batch so many times larger.")
    static let optimizer = Key<Optimizer>(
        "optimizer", .choice, default: .adamw,
        help: "adamw, or sgd: gradient descent with momentum.")
    static let sequenceLength = Key<Int?>(
        "sequence-length", .optional(.integer(1...65_536)), default: .some(nil),
        hashed: .never(because: "fits are named by it where it is given"),
        help:
            "Tokens of a sequence that is trained on, at most the model's context-length, which it is "
            + "unless given: for large models and small samples.")
    static let learningRate = Key(
        "learning-rate", .number(0...10), default: 3e-3, help: "The peak of the schedule.")
    static let schedule = Key<LearningRateSchedule.Shape>(
        "schedule", .choice, default: .cosine,
        help: "What the rate does after its rise: cosine or linear down to the final share, "
            + "constant, or warmup-stable-decay.")
    static let warmupFraction = Key(
        "warmup-fraction", .number(0...1), default: 0.05,
        help: "Share of the steps in which the rate rises linearly from 0.")
    static let finalFraction = Key(
        "final-learning-rate-fraction", .number(0...1), default: 0.1,
        help: "Where the schedule ends, as a share of the peak.")
    static let decayFraction = Key(
        "decay-fraction", .number(0...1), default: 0.2,
        help: "Share of the steps in which warmup-stable-decay falls; others ignore it.")
    static let weightDecay = Key(
        "weight-decay", .number(0...10), default: 0.1,
        help: "Decay of matrices and embeddings: decoupled in adamw, added to the gradient in sgd.")
    static let beta1 = Key(
        "beta1", .number(0...0.999_999), default: 0.9,
        help: "AdamW's decay of the first moment.")
    static let beta2 = Key(
        "beta2", .number(0...0.999_999), default: 0.95,
        help: "AdamW's decay of the second moment.")
    static let momentum = Key(
        "momentum", .number(0...0.999_999), default: 0.9, help: "The momentum of sgd.")
    static let nesterov = Key(
        "nesterov", .boolean, default: false,
        help: "Whether sgd looks ahead along its momentum.")
    static let gradientClip = Key(
        "gradient-clip", .number(0...1e9), default: 1,
        help: "Largest global gradient norm; 0 clips nothing.")
    static let dropout = Key(
        "dropout", .number(0...0.9), default: 0, help: "Share of activations dropped in training.")
    static let attention = Key<AttentionScope>(
        "attention", .choice, default: .window,
        help:
            "What a token looks back on in training: its window, its own document, or its document "
            + "with positions that restart.")
    static let labelSmoothing = Key(
        "label-smoothing", .number(0...1), default: 0,
        help: "Share of each target spread evenly over the vocabulary.")
    static let zLoss = Key(
        "z-loss", .number(0...1e6), default: 0,
        help: "Multiplies the squared log of the softmax's denominator, added to the loss.")
    static let averageDecay = Key<Double?>(
        "average-decay", .optional(.number(0...0.999_999_9)), default: .some(nil),
        help: "Decay of the moving average of the weights, which is then the fitted model; none "
            + "unless given.")
    static let frozen = Key<[String]>(
        "frozen", .list(.text), default: [],
        help: "Parameters that stay as they are where a fit starts from a model: parts of names "
            + "between dots, such as wte or h.0.")
    static let adapters = Key<AdapterConfiguration?>(
        "adapters", .optional(.group), default: .some(nil),
        help:
            "Low-rank adapters, trained in place of the parameters where a fit starts from a model."
    )
    static let earlyStopping = Key<EarlyStopping?>(
        "early-stopping", .optional(.group), default: .some(nil),
        help:
            "End a fit when the loss on the corpus's validation split stops falling, and keep the "
            + "best model.")
    static let shards = Key<Int?>(
        "shards", .optional(.integer(1...4_096)), default: .some(nil),
        help: "Parts of a batch, a power of two, whose gradients are summed in a binary tree: they "
            + "fix the bits at any number of workers, up to as many of which help. Unless given 16, "
            + "or as many as a batch has sequences for.")

    @KeyList static var keys: [KeyDeclaration] {
        initialisation
        batchSize
        accumulation
        sequenceLength
        optimizer
        learningRate
        schedule
        warmupFraction
        finalFraction
        decayFraction
        weightDecay
        beta1
        beta2
        momentum
        nesterov
        gradientClip
        dropout
        attention
        labelSmoothing
        zLoss
        averageDecay
        frozen
        adapters
        earlyStopping
        shards
    }

    let initialisation: Initialisation
    private let configuration: TransformerTrainingConfiguration

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        initialisation = try values[Self.initialisation]
        configuration = TransformerTrainingConfiguration(
            batchSize: try values[Self.batchSize], accumulation: try values[Self.accumulation],
            sequenceLength: try values[Self.sequenceLength],
            learningRate: try values[Self.learningRate],
            schedule: LearningRateSchedule(
                try values[Self.schedule], warmupFraction: try values[Self.warmupFraction],
                finalFraction: try values[Self.finalFraction],
                decayFraction: try values[Self.decayFraction]),
            optimizer: try Self.optimizer(values), gradientClip: try values[Self.gradientClip],
            shards: try values[Self.shards], dropout: try values[Self.dropout],
            attention: try values[Self.attention],
            lossTerms: LossTerms(
                labelSmoothing: try values[Self.labelSmoothing], zLoss: try values[Self.zLoss]),
            averageDecay: try values[Self.averageDecay], frozen: try values[Self.frozen],
            adapters: try values[Self.adapters], earlyStopping: try values[Self.earlyStopping])
        do {
            try configuration.validate()
        } catch {
            throw SpecificationIssue(path: [], message: "\(error)")
        }
    }

    private static func optimizer(
        _ values: SpecificationValue
    ) throws(SpecificationIssue) -> OptimizerConfiguration {
        switch try values[optimizer] {
        case .adamw:
            .adamW(
                beta1: try values[beta1], beta2: try values[beta2],
                weightDecay: try values[weightDecay])
        case .sgd:
            .sgd(
                momentum: try values[momentum], isNesterov: try values[nesterov],
                weightDecay: try values[weightDecay])
        }
    }

    /// The training with factors of products rounded to a precision.
    func configuration(precision: Precision) -> TransformerTrainingConfiguration {
        var configuration = configuration
        configuration.precision = precision
        return configuration
    }
}

extension AdapterConfiguration: KeyGroup {
    static let rank = Key(
        "rank", .integer(1...65_536), default: 8, help: "Rank of the adapters.")
    static let alpha = Key(
        "alpha", .number(1e-9...1e9), default: 16, help: "Their scale times the rank.")
    static let targets = Key<[String]?>(
        "targets", .optional(.list(.text)), default: .some(nil),
        help: "The matrices, by parts of their names; the projections to queries and values "
            + "unless given.")

    /// `rank`, `alpha` and `targets`.
    @KeyList package static var keys: [KeyDeclaration] {
        rank
        alpha
        targets
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            rank: try values[Self.rank], alpha: try values[Self.alpha],
            targets: try values[Self.targets])
    }
}

extension EarlyStopping: KeyGroup {
    static let interval = Key(
        "interval", .integer(1...1_000_000_000), default: 100,
        help: "Steps between validations.")
    static let patience = Key(
        "patience", .integer(1...1_000_000_000), default: 3,
        help: "Validations without improvement that end the fit.")
    static let minimumImprovement = Key(
        "minimum-improvement", .number(0...1e9), default: 0,
        help: "What counts as improvement, in nats per token.")

    /// `interval` in steps, `patience` in validations, `minimum-improvement` in nats per token.
    @KeyList package static var keys: [KeyDeclaration] {
        interval
        patience
        minimumImprovement
    }

    package init(_ values: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            interval: try values[Self.interval], patience: try values[Self.patience],
            minimumImprovement: try values[Self.minimumImprovement])
    }
}
