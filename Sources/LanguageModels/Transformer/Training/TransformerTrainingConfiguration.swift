package import Compute

/// How a transformer is trained, all of which changes the result. Presets give each default's
/// reason.
package struct TransformerTrainingConfiguration: Hashable, Sendable {
    /// Sequences of a batch.
    package var batchSize: Int
    /// Batches whose gradients one update adds up. Memory does not grow with the batch, so this is
    /// the same as a batch so many times larger, to the bit.
    package var accumulation: Int
    /// Tokens of a sequence; nil for the model's context.
    package var sequenceLength: Int?
    /// The greatest learning rate.
    package var learningRate: Double
    /// The learning rate over the steps, as a share of ``learningRate``.
    package var schedule: LearningRateSchedule
    /// The update rule with its constants and weight decay.
    package var optimizer: OptimizerConfiguration
    /// The greatest norm of a step's gradient; 0 for no limit.
    package var gradientClip: Double
    /// Parts of a step's sequences whose gradients are summed in a binary tree, a power of two; nil for
    /// 16, or fewer where a step has fewer sequences. They fix the bits at any number of workers.
    package var shards: Int?
    /// The share of activations that a step sets to zero.
    package var dropout: Double
    /// What a token may look back on.
    package var attention: AttentionScope
    /// What is added to the cross-entropy.
    package var lossTerms: LossTerms
    /// The decay of the moving average of the weights, which is then the result; nil for none.
    package var averageDecay: Double?
    /// Parameters that stay as they are, by parts of their names as in ``ParameterSelection``.
    package var frozen: [String]
    /// Low-rank adapters that are trained in place of the parameters; nil for none.
    package var adapters: AdapterConfiguration?
    /// When to end early; nil to make all steps.
    package var earlyStopping: EarlyStopping?
    /// How factors of products are rounded; parameters, sums, normalisations, softmax and loss stay
    /// in single precision.
    package var precision: Precision

    package init(
        batchSize: Int = 32, accumulation: Int = 1, sequenceLength: Int? = nil,
        learningRate: Double = 1e-3,
        schedule: LearningRateSchedule = LearningRateSchedule(),
        optimizer: OptimizerConfiguration = .adamW(), gradientClip: Double = 1, shards: Int? = nil,
        dropout: Double = 0, attention: AttentionScope = .window, lossTerms: LossTerms = .none,
        averageDecay: Double? = nil, frozen: [String] = [], adapters: AdapterConfiguration? = nil,
        earlyStopping: EarlyStopping? = nil, precision: Precision = .float32
    ) {
        self.batchSize = batchSize
        self.accumulation = accumulation
        self.sequenceLength = sequenceLength
        self.learningRate = learningRate
        self.schedule = schedule
        self.optimizer = optimizer
        self.gradientClip = gradientClip
        self.shards = shards
        self.dropout = dropout
        self.attention = attention
        self.lossTerms = lossTerms
        self.averageDecay = averageDecay
        self.frozen = frozen
        self.adapters = adapters
        self.earlyStopping = earlyStopping
        self.precision = precision
    }

    /// Sequences of a step.
    package var stepSequences: Int { batchSize * accumulation }

    /// Tokens of a step for a model.
    package func tokensPerStep(of model: TransformerConfiguration) -> Int {
        stepSequences * (sequenceLength ?? model.contextLength)
    }

    /// The number of ``shards``.
    package var shardCount: Int {
        if let shards { return shards }
        var count = 1
        while 2 * count <= min(Self.standardShards, stepSequences) { count *= 2 }
        return count
    }

    private static let standardShards = 16

    /// Whether a model can be trained so.
    package func validate() throws(TransformerError) {
        func check(
            _ name: String, _ value: Double, _ range: ClosedRange<Double>
        )
            throws(TransformerError)
        {
            try Self.check(name, value, range)
        }
        try check("batch-size", Double(batchSize), 1...65_536)
        try check("accumulation", Double(accumulation), 1...65_536)
        try check("learning-rate", learningRate, 0...100)
        try check("warmup-fraction", schedule.warmupFraction, 0...1)
        try check("final-learning-rate-fraction", schedule.finalFraction, 0...1)
        try check("decay-fraction", schedule.decayFraction, 0...1)
        try optimizer.validate()
        try check("gradient-clip", gradientClip, 0...1e30)
        try check("shards", Double(shardCount), 1...4_096)
        guard shardCount & (shardCount - 1) == 0 else {
            throw TransformerError(
                .configuration("training.shards is \(shardCount); it must be a power of two"))
        }
        try check("dropout", dropout, 0...0.99)
        try check("label-smoothing", lossTerms.labelSmoothing, 0...1)
        try check("z-loss", lossTerms.zLoss, 0...1e6)
        try check("average-decay", averageDecay ?? 0, 0...0.999_999_9)
        if let adapters {
            try check("adapters.rank", Double(adapters.rank), 1...65_536)
            try check("adapters.alpha", adapters.alpha, 1e-9...1e9)
            guard frozen.isEmpty else {
                throw TransformerError(
                    .configuration(
                        "training.frozen is given beside training.adapters, under which all "
                            + "parameters are frozen: leave one of them out"))
            }
        }
        if let earlyStopping {
            try check("early-stopping.interval", Double(earlyStopping.interval), 1...1e15)
            try check("early-stopping.patience", Double(earlyStopping.patience), 1...1e15)
            try check(
                "early-stopping.minimum-improvement", earlyStopping.minimumImprovement, 0...1e9)
        }
    }

    static func check(
        _ name: String, _ value: Double, _ range: ClosedRange<Double>
    ) throws(TransformerError) {
        guard range.contains(value) else {
            throw TransformerError(
                .configuration("training.\(name) is \(value); it must lie in \(range)"))
        }
    }

    /// The learning rate of a step, counted from 0.
    package func learningRate(step: Int, of steps: Int) -> Double {
        learningRate * schedule.factor(step: step, of: steps)
    }
}
