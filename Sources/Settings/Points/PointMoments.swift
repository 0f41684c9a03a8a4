/// The weighted count, mean and spread of points.
package struct PointMoments: Hashable, Sendable {
    /// How many points there are, whatever their weights.
    package private(set) var count: Int
    /// The sum of the weights; weights that are not positive count as 0.
    package private(set) var totalWeight: Double
    /// The weighted mean, one value for each coordinate; 0 where nothing has a weight.
    package private(set) var mean: [Double]
    /// The weighted sum of squared distances from the mean.
    package private(set) var squares: Double

    /// By West's recurrence, which keeps its digits when the spread is small against the mean.
    package init(_ points: Points, weights: [Double]?) {
        count = points.count
        totalWeight = 0
        mean = Array(repeating: 0, count: points.dimension)
        squares = 0
        for index in 0..<points.count {
            let weight = weights?[index] ?? 1
            guard weight > 0 else { continue }
            totalWeight += weight
            let share = weight / totalWeight
            for (axis, value) in points[index].enumerated() {
                let step = value - mean[axis]
                mean[axis] += step * share
                squares += weight * step * (value - mean[axis])
            }
        }
    }

    /// The mean over coordinates of the maximum-likelihood variance.
    package var variance: Double { squares / totalWeight / Double(mean.count) }

    /// The squared distance of the mean from a point.
    package func squaredDistance(of point: [Double]) -> Double {
        zip(mean, point).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// Adds later points (Chan, Golub and LeVeque 1983).
    package mutating func merge(_ later: PointMoments) {
        count += later.count
        guard later.totalWeight > 0 else { return }
        guard totalWeight > 0 else {
            let count = count
            self = later
            self.count = count
            return
        }
        let whole = totalWeight + later.totalWeight
        squares +=
            later.squares + later.squaredDistance(of: mean) * totalWeight * later.totalWeight
            / whole
        for axis in mean.indices {
            mean[axis] += (later.mean[axis] - mean[axis]) * later.totalWeight / whole
        }
        totalWeight = whole
    }
}
