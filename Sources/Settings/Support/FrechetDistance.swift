package import Compute

/// The Frechet distance of two sets of points, taken for normal: |m - n|^2 + tr(A + B - 2 (A B)^1/2)
/// for means m, n and covariances A, B (Heusel et al. 2017, squared as there).
package struct FrechetDistance {
    /// Mean and covariance of some points.
    struct Moments {
        let mean: [Double]
        let covariance: Matrix

        /// - Parameter points: A row each; at least two.
        init(of points: Matrix) {
            let (count, columns) = (points.rows, points.columns)
            var mean = [Double](repeating: 0, count: columns)
            for row in 0..<count {
                for column in 0..<columns { mean[column] += points[row, column] / Double(count) }
            }
            self.mean = mean
            covariance = points.subtracting(row: mean).gram().multiplied(by: 1 / Double(count - 1))
        }
    }

    private let reference: Moments
    /// The square root of the reference's covariance.
    private let root: Matrix

    package init(from reference: Matrix) {
        self.reference = Moments(of: reference)
        let (values, vectors) = self.reference.covariance.symmetricEigen()
        root = vectors.times(.diagonal(values.map { max(0, $0).squareRoot() }))
            .timesTransposed(vectors)
    }

    package func callAsFunction(to points: Matrix) -> Double {
        let other = Moments(of: points)
        let shift = zip(reference.mean, other.mean).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        let product = root.times(other.covariance).times(root)
        let common = product.symmetricEigen().values.reduce(0) { $0 + max(0, $1).squareRoot() }
        return shift + reference.covariance.trace + other.covariance.trace - 2 * common
    }
}
