/// Where and how a fit went beyond all numbers.
package struct Divergence: Hashable, Sendable, CustomStringConvertible {
    /// The step, from 1, whose loss or gradient is not a finite number, or which made a parameter so.
    package var step: Int
    package var steps: Int
    package var learningRate: Double
    package var loss: Double
    package var gradientNorm: Double
    /// The last good checkpoint and the steps made in it; nil where none was written.
    package var checkpoint: Checkpoint?

    /// A checkpoint on disk.
    package struct Checkpoint: Hashable, Sendable {
        package var path: String
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
