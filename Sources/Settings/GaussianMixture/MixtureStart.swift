package import Compute

/// How the first shares of points in components are chosen when a fit starts from scratch.
package enum MixtureStart: String, CaseIterable, Sendable {
    /// Clusters by Lloyd's algorithm from the seeds of k-means++ (Arthur and Vassilvitskii 2007).
    case kMeans = "k-means"
    /// Random shares.
    case random

    /// Shares of `count` components in each point, point by point.
    package func responsibilities(
        _ points: Points, weights: [Double]?, count: Int, key: RandomKey
    ) -> [Double] {
        var random = RandomStream(key)
        switch self {
        case .random:
            return (0..<points.count).flatMap { _ in
                // The half step keeps the sum above zero.
                let shares = (0..<count).map { _ in random.uniform() + 0x1p-54 }
                let total = shares.reduce(0, +)
                return shares.map { $0 / total }
            }
        case .kMeans:
            var clusters = Clusters(points, weights: weights, count: count, &random)
            clusters.refine()
            var shares = [Double](repeating: 0, count: points.count * count)
            for (index, cluster) in clusters.assignments.enumerated() {
                shares[index * count + cluster] = 1
            }
            return shares
        }
    }
}

/// Points in clusters around centres.
private struct Clusters {
    private let points: Points
    private let weights: [Double]?
    private var centres: [[Double]] = []
    /// The cluster of each point.
    private(set) var assignments: [Int]
    private var distances: [Double]

    /// Seeds by k-means++: each next one is a point drawn in proportion to its squared distance
    /// from those before. Where all points coincide with seeds, one of them is drawn at random.
    init(_ points: Points, weights: [Double]?, count: Int, _ random: inout RandomStream) {
        self.points = points
        self.weights = weights
        assignments = Array(repeating: 0, count: points.count)
        distances = Array(repeating: .infinity, count: points.count)
        for cluster in 0..<count {
            let shares = distances.indices.map { (weights?[$0] ?? 1) * distances[$0] }
            let total = shares.reduce(0, +)
            var seed = random.below(points.count)
            if total > 0, total.isFinite {
                seed = shares.index(atRunningSum: random.uniform() * total)
            }
            centres.append(Array(points[seed]))
            for index in 0..<points.count {
                let distance = squaredDistance(index, cluster)
                if distance < distances[index] {
                    distances[index] = distance
                    assignments[index] = cluster
                }
            }
        }
    }

    /// Lloyd's steps until no point changes its cluster.
    mutating func refine() {
        for _ in 0..<300 {
            moveCentres()
            var hasChanged = false
            for index in 0..<points.count {
                var nearest = assignments[index]
                var distance = squaredDistance(index, nearest)
                for cluster in centres.indices {
                    let other = squaredDistance(index, cluster)
                    if other < distance { (nearest, distance) = (cluster, other) }
                }
                if nearest != assignments[index] {
                    assignments[index] = nearest
                    hasChanged = true
                }
            }
            if !hasChanged { return }
        }
    }

    /// To the means of the clusters; the centre of an empty one stays.
    private mutating func moveCentres() {
        var totals = [Double](repeating: 0, count: centres.count)
        var sums = centres.map { $0.map { _ in 0.0 } }
        for (index, cluster) in assignments.enumerated() {
            let weight = weights?[index] ?? 1
            totals[cluster] += weight
            for (axis, value) in points[index].enumerated() {
                sums[cluster][axis] += weight * value
            }
        }
        for cluster in centres.indices where totals[cluster] > 0 {
            centres[cluster] = sums[cluster].map { $0 / totals[cluster] }
        }
    }

    private func squaredDistance(_ index: Int, _ cluster: Int) -> Double {
        var sum = 0.0
        for axis in 0..<points.dimension {
            let step = points.coordinates[index * points.dimension + axis] - centres[cluster][axis]
            sum += step * step
        }
        return sum
    }
}
