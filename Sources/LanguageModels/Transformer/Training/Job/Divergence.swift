/// Where and how a fit went beyond all numbers.
package struct Divergence: Hashable, Sendable, CustomStringConvertible {
    /// The step, from 1, whose loss or gradient is not a finite number, or which made a parameter
    /// so.
    package var step: Int
    /// Steps of the whole fit.
    package var steps: Int
    /// The learning rate of that step.
    package var learningRate: Double
    /// The mean loss of that step in nats; may be infinite or not a number.
    package var loss: Double
    /// The norm of that step's gradient before clipping; may be infinite or not a number.
    package var gradientNorm: Double
    /// The last good checkpoint and the steps made in it; nil where none was written.
    package var checkpoint: Checkpoint?

    /// A checkpoint on disk.
    package struct Checkpoint: Hashable, Sendable {
        /// The path of the checkpoint file.
        package var path: String
        /// The steps made when it was written.
        package var step: Int
    }

    package var description: String {
        "training diverged at step \(step) of \(steps): loss \(loss), gradient norm \(gradientNorm) at "
            + "learning rate \(learningRate); "
            + (checkpoint.map { "the last good checkpoint, of step \($0.step), is \($0.path); " }
                ?? "no checkpoint was written; ")
            + "lower training.learning-rate or raise training.warmup-fraction"
    }
}
