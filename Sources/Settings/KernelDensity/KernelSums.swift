import Compute

/// Points at which kernel sums are taken, laid out for the C kernel.
package struct EvaluationPoints: Sendable {
    /// The number of points, without padding.
    package let count: Int
    /// The number of coordinates of a point.
    package let dimension: Int
    /// The count rounded up to whole lanes.
    let paddedCount: Int
    /// Coordinate k of position j is `coordinates[k * paddedCount + j]`; positions beyond the count
    /// are the origin.
    let coordinates: [Double]

    package init(_ points: Points) {
        count = points.count
        dimension = points.dimension
        let padded = (points.count + 15) / 16 * 16
        paddedCount = padded
        var coordinates = [Double](repeating: 0, count: padded * points.dimension)
        for index in 0..<points.count {
            for (axis, value) in points[index].enumerated() {
                coordinates[axis * padded + index] = value
            }
        }
        self.coordinates = coordinates
    }
}

/// Sums of Gaussian kernels at positions, sum_i w_i exp(-|x - x_i|^2 / 2h^2), which add over
/// points.
///
/// Each is kept as a peak, the logarithm of the largest kernel, and the sum divided by that kernel,
/// so that none underflows: far from all points the density of a narrow kernel is below the
/// smallest double.
package struct KernelSums: Sendable {
    private let count: Int
    private var peaks: [Double]
    private var sums: [Double]

    /// The sums over points with positive weights, at least one of them.
    package init(
        of points: Points, weights: [Double]?, at positions: EvaluationPoints, bandwidth: Double
    ) {
        precondition(
            points.count > 0 && points.dimension == positions.dimension,
            "\(points.count) points of dimension \(points.dimension) at positions of dimension "
                + "\(positions.dimension)")
        count = positions.count
        peaks = Array(repeating: 0, count: positions.paddedCount)
        sums = peaks
        let rate = 0.5 / (bandwidth * bandwidth)
        Double.kernels.gaussianSums(
            &peaks, &sums, positions.coordinates, positions.paddedCount, points.coordinates,
            weights,
            points.count, points.dimension, rate)
    }

    /// Adds the sums over later points.
    package mutating func add(_ later: KernelSums) {
        precondition(
            count == later.count, "sums at \(count) positions and at \(later.count) others")
        Double.kernels.addGaussianSums(&peaks, &sums, later.peaks, later.sums, peaks.count)
    }

    /// The logarithm of each sum.
    package var logarithms: [Double] {
        (0..<count).map { peaks[$0] + Elementary.log(sums[$0]) }
    }
}
