import Compute

/// How a transformer is trained, all of which changes the result. Presets give each default's reason.
package struct TransformerTrainingConfiguration: Codable, Hashable, Sendable {
    /// Sequences of a step.
    package var batchSize: Int
    /// The greatest learning rate, reached after warm-up.
    package var learningRate: Double
    /// The share of all steps over which the rate rises from zero.
    package var warmupFraction: Double
    /// The rate at the last step as a share of the greatest.
    package var finalLearningRateFraction: Double
    /// Decoupled weight decay, on matrices only.
    package var weightDecay: Double
    package var beta1: Double
    package var beta2: Double
    /// Added to the root of the second moment.
    package var epsilon: Double
    /// The greatest norm of a step's gradient; 0 for no limit.
    package var gradientClip: Double
    /// Parts of a batch whose gradients are computed apart and added in order: the most workers that help.
    package var shards: Int
    /// The share of activations that a step sets to zero.
    package var dropout: Double

    package init(
        batchSize: Int = 32, learningRate: Double = 1e-3, warmupFraction: Double = 0.05,
        finalLearningRateFraction: Double = 0.1, weightDecay: Double = 0.1, beta1: Double = 0.9,
        beta2: Double = 0.95, epsilon: Double = 1e-8, gradientClip: Double = 1, shards: Int = 4,
        dropout: Double = 0
    ) {
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.warmupFraction = warmupFraction
        self.finalLearningRateFraction = finalLearningRateFraction
        self.weightDecay = weightDecay
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.gradientClip = gradientClip
        self.shards = shards
        self.dropout = dropout
    }

    /// Whether a model can be trained so.
    package func validate() throws(TransformerError) {
        func check(
            _ name: String, _ value: Double, _ range: ClosedRange<Double>
        )
            throws(TransformerError)
        {
            guard range.contains(value) else {
                throw TransformerError(
                    .configuration("training.\(name) is \(value); it must lie in \(range)"))
            }
        }
        try check("batch-size", Double(batchSize), 1...65_536)
        try check("learning-rate", learningRate, 0...100)
        try check("warmup-fraction", warmupFraction, 0...1)
        try check("final-learning-rate-fraction", finalLearningRateFraction, 0...1)
        try check("weight-decay", weightDecay, 0...100)
        try check("beta1", beta1, 0...0.999_999)
        try check("beta2", beta2, 0...0.999_999_9)
        try check("epsilon", epsilon, 1e-30...1)
        try check("gradient-clip", gradientClip, 0...1e30)
        try check("shards", Double(shards), 1...4_096)
        try check("dropout", dropout, 0...0.99)
    }

    /// The learning rate of a step, counted from 0: a straight rise, then half a cosine down to the final share.
    package func learningRate(step: Int, of steps: Int) -> Double {
        let warmup = warmupFraction * Double(steps)
        let time = Double(step + 1)
        if time <= warmup { return learningRate * time / warmup }
        let progress = min(1, max(0, (time - 1 - warmup) / max(1, Double(steps) - warmup)))
        let cosine = 0.5 * (1 + Elementary.cosinePi(progress))
        return learningRate
            * (finalLearningRateFraction + (1 - finalLearningRateFraction) * cosine)
    }
}
