/// What is added to the cross-entropy of a prediction; the loss then includes it.
package struct LossTerms: Hashable, Sendable {
    /// The share of each target spread evenly over the vocabulary (Szegedy et al. 2016), as
    /// PyTorch's `label_smoothing`.
    package var labelSmoothing: Double
    /// What multiplies the square of the logarithm of the softmax's denominator (Chowdhery et al.
    /// 2022, section 5).
    package var zLoss: Double

    package init(labelSmoothing: Double = 0, zLoss: Double = 0) {
        self.labelSmoothing = labelSmoothing
        self.zLoss = zLoss
    }

    /// Nothing: the loss is the cross-entropy alone.
    package static let none = LossTerms()

    /// Whether there is nothing to add.
    var isEmpty: Bool { self == .none }
}
