import Compute
import Support

/// The centres of a kernel estimate, in chunks that models share: a pool that grows copies none of
/// its points.
package struct KernelPoints: Sendable {
    /// Points that came together, all of positive weight.
    struct Chunk: Sendable {
        let points: Points
        let weights: [Double]?
        /// The running total of the weights; nil where all weigh 1.
        let runningWeights: [Double]?

        init(_ points: Points, weights: [Double]?) {
            guard let weights else {
                (self.points, self.weights, runningWeights) = (points, nil, nil)
                return
            }
            let kept = weights.indices.filter { weights[$0] > 0 }
            self.points = kept.count == weights.count ? points : points.selecting(kept)
            self.weights = kept.map { weights[$0] }
            var total = 0.0
            runningWeights = kept.map {
                total += weights[$0]
                return total
            }
        }

        var totalWeight: Double { runningWeights.map { $0.last ?? 0 } ?? Double(points.count) }

        /// The point at which the running total of weights passes `weight`.
        func index(at weight: Double) -> Int {
            guard let runningWeights else { return min(Int(weight), points.count - 1) }
            return min(runningWeights.partitioningIndex { $0 > weight }, points.count - 1)
        }
    }

    private var chunks: [Chunk] = []
    /// The total weight up to and with each chunk.
    private var ends: [Double] = []

    init(_ points: Points, weights: [Double]?) {
        let chunk = Chunk(points, weights: weights)
        guard chunk.points.count > 0 else { return }
        chunks = [chunk]
        ends = [chunk.totalWeight]
    }

    /// The sum of the weights of all centres; 0 without any.
    package var totalWeight: Double { ends.last ?? 0 }

    mutating func append(_ later: KernelPoints) {
        let total = totalWeight
        chunks += later.chunks
        ends += later.ends.map { total + $0 }
    }

    /// The sums of the kernels at positions; nil where there are no points.
    package func sums(at positions: EvaluationPoints, bandwidth: Double) -> KernelSums? {
        var whole: KernelSums?
        for chunk in chunks {
            let sums = KernelSums(
                of: chunk.points, weights: chunk.weights, at: positions, bandwidth: bandwidth)
            if whole == nil { whole = sums } else { whole?.add(sums) }
        }
        return whole
    }

    /// Draws centres with probabilities in proportion to their weights and appends their
    /// coordinates.
    func drawCentres(_ count: Int, into coordinates: inout [Double], _ random: inout RandomStream) {
        for _ in 0..<count {
            let weight = random.uniform() * totalWeight
            let index = min(ends.partitioningIndex { $0 > weight }, chunks.count - 1)
            let start = index == 0 ? 0 : ends[index - 1]
            let chunk = chunks[index]
            coordinates.append(contentsOf: chunk.points[chunk.index(at: weight - start)])
        }
    }
}
