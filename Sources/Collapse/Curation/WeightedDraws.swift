package import Compute
import Support

/// Draws of examples in proportion to weights.
package enum WeightedDraws {
    /// Draws examples in proportion to their weights.
    ///
    /// - Parameters:
    ///   - logWeights: The logarithm of each example's weight, minus infinity for 0; some are
    ///     finite. Only differences count.
    ///   - draws: How many examples are drawn; fewer are where the copies run out.
    ///   - copies: How often an example can be drawn at most: draws are without replacement from so
    ///     many copies of each, one after another in proportion to the weights of what is left, as
    ///     `numpy.random.choice` draws. Nil draws with replacement.
    ///   - key: The stream.
    /// - Returns: How often each example is drawn.
    package static func counts(
        logWeights: [Double], draws: Int, copies: Int?, from key: RandomKey
    ) -> [Int] {
        var random = RandomStream(key)
        var counts = Array(repeating: 0, count: logWeights.count)
        guard let copies else {
            for index in independent(logWeights, draws, &random) { counts[index] += 1 }
            return counts
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
        for arrival in arrivals.prefix(draws) { counts[arrival.index] += 1 }
        return counts
    }

    private static func independent(
        _ logWeights: [Double], _ draws: Int, _ random: inout RandomStream
    ) -> [Int] {
        let largest = logWeights.max() ?? 0
        var sum = 0.0
        let sums = logWeights.map { logWeight in
            sum += Elementary.exp(logWeight - largest)
            return sum
        }
        return (0..<draws).map { _ in
            let position = random.uniform() * sum
            // The first sum above the position belongs to an example that weighs something.
            return sums.partitioningIndex { $0 > position }
        }
    }
}
