/// A fitted n-gram model: the weight of each cell in its training data. The setting's
/// ``DiscreteSmoothing`` makes probabilities of it.
package struct DiscreteModel: Sendable {
    /// By cell, context by context.
    package var counts: [Double]
    /// The sum of the counts.
    package var size: Double
    /// Whether every count is a whole number.
    package var isWhole: Bool
    /// The record of the chain's fits up to and including this one.
    package var lineage: DiscreteLineage

    package init(counts: [Double], size: Double, isWhole: Bool, lineage: DiscreteLineage) {
        self.counts = counts
        self.size = size
        self.isWhole = isWhole
        self.lineage = lineage
    }
}

/// What a fit needs of examples.
package struct DiscreteStatistics: Sendable {
    var counts: [Double]
    var size: Double
    var isWhole: Bool
    /// The size of the real part.
    var realSize: Double
    var lineage: DiscreteLineage?
}

/// How counts become probabilities.
package enum DiscreteSmoothing: Hashable, Sendable {
    /// Relative frequencies, the maximum-likelihood fit. A context without data is followed by the
    /// frequencies of single symbols, so that a symbol that is lost stays lost.
    case none
    /// (count + delta)/(total + delta V).
    case additive(Double)
    /// max(count - d, 0)/total, the mass that is freed going to the distribution without the
    /// context, and from there to the uniform distribution (Ney, Essen and Kneser 1994).
    case absoluteDiscount(Double)
}

/// The probabilities of a model, row by row.
struct DiscreteDistribution {
    let smoothing: DiscreteSmoothing
    let vocabulary: Int
    /// The distribution of the next symbol whatever the context; filled where rows fall back on it.
    private var marginal: [Double] = []

    init(_ model: DiscreteModel, smoothing: DiscreteSmoothing, vocabulary: Int) {
        self.smoothing = smoothing
        self.vocabulary = vocabulary
        guard model.counts.count > vocabulary else { return }
        if case .additive = smoothing { return }
        var counts = Array(repeating: 0.0, count: vocabulary)
        for cell in model.counts.indices where model.counts[cell] > 0 {
            counts[cell % vocabulary] += model.counts[cell]
        }
        marginal = row(counts)
    }

    /// Fills `distribution` with the probabilities of a row whose counts add up to `total`.
    func fill(
        _ distribution: UnsafeMutableBufferPointer<Double>,
        from counts: UnsafeBufferPointer<Double>,
        total: Double
    ) {
        switch smoothing {
        case .none:
            guard total > 0 else { return fillWithMarginal(distribution) }
            let scale = 1 / total
            for symbol in 0..<vocabulary { distribution[symbol] = counts[symbol] * scale }
        case .additive(let delta):
            let scale = 1 / (total + delta * Double(vocabulary))
            for symbol in 0..<vocabulary { distribution[symbol] = (counts[symbol] + delta) * scale }
        case .absoluteDiscount(let discount):
            guard total > 0 else { return fillWithMarginal(distribution) }
            var freed = 0.0
            for symbol in 0..<vocabulary { freed += min(counts[symbol], discount) }
            for symbol in 0..<vocabulary {
                let lower = marginal.isEmpty ? 1 / Double(vocabulary) : marginal[symbol]
                distribution[symbol] = (max(counts[symbol] - discount, 0) + freed * lower) / total
            }
        }
    }

    /// The probabilities of a row of counts.
    func row(_ counts: [Double]) -> [Double] {
        Array(unsafeUninitializedCapacity: vocabulary) { distribution, count in
            counts.withUnsafeBufferPointer {
                fill(distribution, from: $0, total: counts.reduce(0, +))
            }
            count = vocabulary
        }
    }

    private func fillWithMarginal(_ distribution: UnsafeMutableBufferPointer<Double>) {
        for symbol in 0..<vocabulary {
            // Data of no weight at all say nothing of any symbol.
            distribution[symbol] = marginal.isEmpty ? 1 / Double(vocabulary) : marginal[symbol]
        }
    }
}
