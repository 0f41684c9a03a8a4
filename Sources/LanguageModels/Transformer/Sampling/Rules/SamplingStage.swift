import Compute

/// One step from a model's logits to those that a token is drawn from.
///
/// Called once for each drawn token: what it costs to find it is nothing beside the logits it looks at.
protocol SamplingStage: Sendable {
    /// Changes the logits of a row; minus infinity means "never".
    func apply(to row: LogitsRow)
}

/// The logits of a coming token, with what stages may look at and work in.
struct LogitsRow {
    /// One per token of the vocabulary; padded to a multiple of 16, where nothing is read.
    let logits: UnsafeMutablePointer<Float>
    /// The vocabulary.
    let count: Int
    /// The tokens so far: boundary, prompt and what has been written.
    let history: [UInt32]
    let scratch: SamplingScratch

    /// The greatest logit.
    var top: Float {
        var top = -Float.infinity
        for token in 0..<count { top = max(top, logits[token]) }
        return top
    }

    /// Keeps only tokens of which `isKept` is true.
    func keep(_ isKept: (Int) -> Bool) {
        for token in 0..<count where !isKept(token) { logits[token] = -.infinity }
    }

    /// The probabilities up to a factor, in `scratch.weights`.
    ///
    /// - Returns: Their sum.
    func weigh() -> Double {
        let weights = scratch.weights.base
        weights.update(from: logits, count: count)
        // A draw leaves the unnormalised probabilities behind.
        _ = Float.kernels.draw(weights, count, 1, 0)
        var sum = 0.0
        for token in 0..<count { sum += Double(weights[token]) }
        return sum
    }
}
