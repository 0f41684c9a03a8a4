import Collapse
import Compute

/// Distances of a model's distribution from the truth, computed without sampling. Rows count with
/// the true distribution of contexts.
struct DiscreteMeasures {
    private(set) var squaredError = 0.0
    private(set) var chiSquared = 0.0
    private(set) var excessCrossEntropy = 0.0
    private(set) var totalVariation = 0.0
    private(set) var entropy = 0.0
    private(set) var sumOfSquares = 0.0
    private(set) var unseenMass = 0.0
    /// The mean L1 distance of the rows from generation 0's.
    private(set) var drift = 0.0
    /// The share of contexts in which one symbol is left.
    private(set) var collapsed = 0.0
    /// Symbols that the data hold as a next symbol, in any context.
    private(set) var alive = 0
    private(set) var aliveNGrams = 0

    /// Which of the costlier parts are wanted.
    struct Wanted: Hashable, Sendable {
        var support: Bool
        var entropies: Bool
        var distances: Bool
        var chiSquared: Bool
        var drift: Bool

        init(of metrics: [DiscreteMetric]) {
            func wants(_ some: Set<DiscreteMetric>) -> Bool {
                metrics.contains(where: some.contains)
            }
            support = wants([.sumOfSquares, .alive, .aliveNGrams, .unseenMass, .collapsed])
            entropies = wants([.entropy, .excessCrossEntropy])
            distances = wants([.squaredError, .totalVariation])
            chiSquared = wants([.chiSquared])
            drift = wants([.drift])
        }
    }

    /// Measures what is wanted of a model. `scoringSmoothing` is added to each count before the
    /// cross-entropy is measured; the drift is from `reference`, generation 0's model.
    init(
        of model: DiscreteModel, against source: DiscreteSource, smoothing: DiscreteSmoothing,
        scoringSmoothing: Double, reference: DiscreteModel?, wanted: Wanted
    ) {
        let vocabulary = source.vocabulary
        let distribution = DiscreteDistribution(model, smoothing: smoothing, vocabulary: vocabulary)
        let scoring =
            scoringSmoothing > 0 ? DiscreteSmoothing.additive(scoringSmoothing) : smoothing
        let scoringDistribution = DiscreteDistribution(
            model, smoothing: scoring, vocabulary: vocabulary)
        let referenceDistribution = reference.map {
            DiscreteDistribution($0, smoothing: smoothing, vocabulary: vocabulary)
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * vocabulary) { scratch in
            let row = UnsafeMutableBufferPointer(rebasing: scratch[..<vocabulary])
            let other = UnsafeMutableBufferPointer(rebasing: scratch[vocabulary...])
            for context in 0..<source.contexts {
                let cells = context * vocabulary..<(context + 1) * vocabulary
                let weight = source.contextDistribution[context]
                model.counts.withUnsafeBufferPointer { all in
                    let counts = UnsafeBufferPointer(rebasing: all[cells])
                    let total = source.contexts == 1 ? model.size : counts.reduce(0, +)
                    distribution.fill(row, from: counts, total: total)
                    if wanted.support {
                        addSupport(counts, row: row, truth: source, cells: cells, weight: weight)
                    }
                    guard weight > 0 else { return }
                    source.distribution.withUnsafeBufferPointer { truth in
                        let truth = UnsafeBufferPointer(rebasing: truth[cells])
                        if wanted.distances { addDistances(row, truth: truth, weight: weight) }
                        if wanted.chiSquared { addChiSquared(row, truth: truth, weight: weight) }
                        guard wanted.entropies else { return }
                        if scoringSmoothing > 0 {
                            scoringDistribution.fill(other, from: counts, total: total)
                            addEntropies(row, scored: other, truth: truth, weight: weight)
                        } else if smoothing == .none, model.isWhole, total > 0,
                            total < Double(WholeLogarithms.table.count)
                        {
                            addEntropies(
                                counts, total: total, truth: truth,
                                trueEntropy: source.entropies[context], weight: weight)
                        } else {
                            addEntropies(row, scored: row, truth: truth, weight: weight)
                        }
                    }
                    guard wanted.drift, let reference, let referenceDistribution else { return }
                    reference.counts.withUnsafeBufferPointer { all in
                        let counts = UnsafeBufferPointer(rebasing: all[cells])
                        let total =
                            source.contexts == 1 ? reference.size : counts.reduce(0, +)
                        referenceDistribution.fill(other, from: counts, total: total)
                    }
                    var distance = 0.0
                    for symbol in 0..<vocabulary { distance += abs(row[symbol] - other[symbol]) }
                    drift += weight * distance
                }
            }
        }
        guard wanted.support else { return }
        alive =
            source.contexts == 1
            ? aliveNGrams : DiscreteMeasures.symbolsAlive(model.counts, of: vocabulary)
    }

    func value(of metric: DiscreteMetric, lineage: DiscreteLineage) -> Double {
        switch metric {
        case .squaredError: squaredError
        case .chiSquared: chiSquared
        case .excessCrossEntropy: excessCrossEntropy
        case .totalVariation: totalVariation
        case .entropy: entropy
        case .sumOfSquares: sumOfSquares
        case .alive: Double(alive)
        case .aliveNGrams: Double(aliveNGrams)
        case .unseenMass: unseenMass
        case .drift: drift
        case .collapsed: collapsed
        case .fitsToCollapse: Double(lineage.collapse ?? lineage.fits)
        case .effectiveSample: lineage.effectiveSample
        }
    }

    private mutating func addSupport(
        _ counts: UnsafeBufferPointer<Double>, row: UnsafeMutableBufferPointer<Double>,
        truth: DiscreteSource, cells: Range<Int>, weight: Double
    ) {
        var seen = 0
        var squares = 0.0
        var possible = 0
        for symbol in counts.indices {
            squares += row[symbol] * row[symbol]
            if row[symbol] > 0 { possible += 1 }
            if counts[symbol] > 0 { seen += 1 }
        }
        aliveNGrams += seen
        guard weight > 0 else { return }
        sumOfSquares += weight * squares
        if possible == 1 { collapsed += weight }
        guard seen < counts.count else { return }
        var unseen = 0.0
        truth.distribution.withUnsafeBufferPointer { distribution in
            for symbol in counts.indices where counts[symbol] == 0 {
                unseen += distribution[cells.lowerBound + symbol]
            }
        }
        unseenMass += weight * unseen
    }

    private mutating func addDistances(
        _ row: UnsafeMutableBufferPointer<Double>, truth: UnsafeBufferPointer<Double>,
        weight: Double
    ) {
        var squares = 0.0
        var absolute = 0.0
        for symbol in truth.indices {
            let difference = row[symbol] - truth[symbol]
            squares += difference * difference
            absolute += abs(difference)
        }
        squaredError += weight * squares
        totalVariation += weight * absolute / 2
    }

    private mutating func addChiSquared(
        _ row: UnsafeMutableBufferPointer<Double>, truth: UnsafeBufferPointer<Double>,
        weight: Double
    ) {
        var sum = 0.0
        for symbol in truth.indices {
            let difference = row[symbol] - truth[symbol]
            // 0/0 where neither distribution has the symbol.
            if difference != 0 { sum += difference * difference / truth[symbol] }
        }
        chiSquared += weight * sum
    }

    /// Entropies from probabilities; `scored` is the distribution that the cross-entropy is
    /// measured with.
    private mutating func addEntropies(
        _ row: UnsafeMutableBufferPointer<Double>, scored: UnsafeMutableBufferPointer<Double>,
        truth: UnsafeBufferPointer<Double>, weight: Double
    ) {
        var own = 0.0
        var excess = 0.0
        for symbol in truth.indices {
            if row[symbol] > 0 { own -= row[symbol] * Elementary.log(row[symbol]) }
            if truth[symbol] > 0 {
                excess += truth[symbol] * Elementary.log(truth[symbol] / scored[symbol])
            }
        }
        entropy += weight * own
        excessCrossEntropy += weight * excess
    }

    /// Entropies of relative frequencies, whose logarithms are those of whole numbers:
    /// H(q) = log N - sum c log c/N and H(p, q) = log N - sum p log c.
    private mutating func addEntropies(
        _ counts: UnsafeBufferPointer<Double>, total: Double, truth: UnsafeBufferPointer<Double>,
        trueEntropy: Double, weight: Double
    ) {
        WholeLogarithms.table.withUnsafeBufferPointer { logarithms in
            let whole = logarithms[Int(total)]
            var own = 0.0
            var cross = 0.0
            var isLost = false
            for symbol in truth.indices {
                // The table has 0 at 0, so that lost symbols add nothing to the sums.
                let logarithm = logarithms[Int(counts[symbol])]
                own += counts[symbol] * logarithm
                cross += truth[symbol] * logarithm
                if counts[symbol] == 0, truth[symbol] > 0 { isLost = true }
            }
            entropy += weight * (whole - own / total)
            excessCrossEntropy +=
                isLost ? .infinity : weight * max(whole - cross - trueEntropy, 0)
        }
    }

    private static func symbolsAlive(_ counts: [Double], of vocabulary: Int) -> Int {
        var isAlive = Array(repeating: false, count: vocabulary)
        for cell in counts.indices where counts[cell] > 0 { isAlive[cell % vocabulary] = true }
        return isAlive.count { $0 }
    }
}

/// Logarithms of small whole numbers.
enum WholeLogarithms {
    static let table = [0] + (1..<8_192).map { Elementary.log(Double($0)) }
}
