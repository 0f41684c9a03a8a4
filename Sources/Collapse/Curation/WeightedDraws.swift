package import Compute
import Support

/// Draws of examples in proportion to weights, until what is drawn has a size.
package struct WeightedDraws {
    /// How often each example was drawn.
    package private(set) var counts: [Int]
    /// The last one, which reached the size.
    package private(set) var last: Int?
    private var size = 0

    /// Draws examples.
    ///
    /// - Parameters:
    ///   - logWeights: The logarithm of each example's weight, minus infinity for 0. Only
    ///     differences count.
    ///   - sizes: The size of each example.
    ///   - total: What the sizes of all draws reach; less where copies run out, and nothing where no
    ///     example that has a size weighs anything.
    ///   - copies: How often an example can be drawn at most: draws are without replacement from so
    ///     many copies of each, one after another in proportion to the weights of what is left, as
    ///     `numpy.random.choice` draws. Nil draws with replacement.
    ///   - key: The stream.
    package init(
        logWeights: [Double], sizes: [Int], total: Int, copies: Int?, from key: RandomKey
    ) {
        counts = Array(repeating: 0, count: logWeights.count)
        var random = RandomStream(key)
        guard let copies else {
            drawIndependently(logWeights, sizes, total, &random)
            return
        }
        // The first arrivals of exponential clocks with the weights as rates are such a sequence
        // (Efraimidis and Spirakis 2006); logarithms keep weights of any size apart.
        var arrivals: [(time: Double, index: Int)] = []
        arrivals.reserveCapacity(logWeights.count * copies)
        for (index, logWeight) in logWeights.enumerated() {
            for _ in 0..<copies {
                // Every copy takes its draw, so that one weight moves no other's.
                let waiting = -Elementary.log(1 - random.uniform())
                guard logWeight > -.infinity else { continue }
                arrivals.append((Elementary.log(waiting) - logWeight, index))
            }
        }
        arrivals.sort { $0.time != $1.time ? $0.time < $1.time : $0.index < $1.index }
        for arrival in arrivals where size < total { add(arrival.index, sizes) }
    }

    private mutating func drawIndependently(
        _ logWeights: [Double], _ sizes: [Int], _ total: Int, _ random: inout RandomStream
    ) {
        let largest = logWeights.max() ?? 0
        guard zip(logWeights, sizes).contains(where: { $0 > largest - 700 && $1 > 0 }) else {
            return
        }
        var sum = 0.0
        let sums = logWeights.map { logWeight in
            sum += Elementary.exp(logWeight - largest)
            return sum
        }
        while size < total {
            let position = random.uniform() * sum
            // The first sum above the position belongs to an example that weighs something.
            add(sums.partitioningIndex { $0 > position }, sizes)
        }
    }

    private mutating func add(_ index: Int, _ sizes: [Int]) {
        counts[index] += 1
        size += sizes[index]
        last = index
    }
}

extension TrainingData {
    /// The data with some examples drawn anew in proportion to weights, until they have `factor`
    /// times the size that they had; the last one that is drawn is cut where needed. The others stay.
    func resampling(
        _ indices: [Int], logWeights: [Double], factor: Double, copies: Int?, from key: RandomKey
    ) -> TrainingData {
        let sizes = indices.map { examples.size(at: $0) }
        let before = sizes.reduce(0, +)
        let after = max(1, Int((factor * Double(before)).rounded(.toNearestOrEven)))
        let draws = WeightedDraws(
            logWeights: logWeights, sizes: sizes, total: after, copies: copies, from: key)
        // Examples without any size are as good as they are.
        guard let last = draws.last else { return self }
        var counts = Array(repeating: 1, count: examples.count)
        for (index, count) in zip(indices, draws.counts) { counts[index] = count }
        return repeating(counts, last: indices[last])
            .prefix(size: examples.totalSize - before + after)
    }
}
