package import Compute

/// N(mean, F F^T): a mean and any factor of a covariance, which may be singular.
package struct GaussianModel: Hashable, Sendable {
    /// One value for each coordinate.
    package var mean: [Double]
    /// F, dimension x rank.
    package var factor: Matrix
    /// Whether F is zero above its diagonal.
    package var isTriangular: Bool

    package init(mean: [Double], factor: Matrix, isTriangular: Bool) {
        precondition(
            mean.count == factor.rows,
            "a mean of \(mean.count) elements, a factor of \(factor.rows) rows")
        self.mean = mean
        self.factor = factor
        self.isTriangular = isTriangular
    }

    /// N(0, variance I).
    package init(dimension: Int, variance: Double) {
        self.init(
            mean: Array(repeating: 0, count: dimension),
            factor: .diagonal(variance.squareRoot(), count: dimension), isTriangular: true)
    }

    /// The number of coordinates.
    package var dimension: Int { mean.count }
    /// At most the dimension, and less than the number of draws behind the fit.
    package var rank: Int { factor.columns }

    /// The trace of the covariance.
    package var trace: Double {
        factor.elements.withUnsafeBufferPointer { elements in
            elements.baseAddress.map { Double.kernels.sumOfSquares($0, elements.count) } ?? 0
        }
    }

    /// The squared distance of the mean from 0, the true mean of the setting `gaussian`.
    package var squaredNormOfMean: Double { mean.reduce(0) { $0 + $1 * $1 } }

    /// The logarithm of the covariance's determinant; minus infinity where it is singular.
    package var logDeterminant: Double {
        guard isRegular else { return -.infinity }
        return 2 * (0..<dimension).reduce(0) { $0 + Elementary.log(abs(factor[$1, $1])) }
    }

    /// Whether the factor is a square triangle, as the factors of all regular covariances are.
    private var isRegular: Bool { isTriangular && rank == dimension }

    /// Kullback-Leibler divergence of this model from N(0, variance I); infinite where the
    /// covariance is singular.
    package func divergence(fromVariance variance: Double) -> Double {
        guard isRegular, let inverse = factor.lowerTriangularInverse() else { return .infinity }
        let spread = inverse.elements.reduce(0) { $0 + $1 * $1 }
        let offset = inverse.times(vector: mean).reduce(0) { $0 + $1 * $1 }
        let size = Double(dimension)
        let divergence =
            0.5
            * (variance * spread + offset - size + logDeterminant
                - size * Elementary.log(variance))
        // Rounding can turn nothing at all into a little less; a factor near zero can overflow.
        return divergence.isNaN ? .infinity : max(0, divergence)
    }

    /// The squared Wasserstein-2 distance to N(0, variance I): |m|^2 + tr S + d v - 2 sqrt(v) tr
    /// S^(1/2).
    package func squaredWasserstein(toVariance variance: Double) -> Double {
        let nuclear =
            dimension == 1 ? trace.squareRoot() : factor.singularValues().reduce(0, +)
        let spread = trace + Double(dimension) * variance - 2 * variance.squareRoot() * nuclear
        return squaredNormOfMean + max(0, spread)
    }

    /// The logarithm of the density at each row of a matrix; minus infinity under a singular model.
    package func logDensities(of rows: Matrix) -> [Double] {
        guard isRegular, let inverse = factor.lowerTriangularInverse() else {
            return Array(repeating: -.infinity, count: rows.rows)
        }
        let constant = -0.5 * (Double(dimension) * Elementary.log(2 * .pi) + logDeterminant)
        return (0..<rows.rows).map { row in
            let offset = (0..<dimension).map { rows[row, $0] - mean[$0] }
            return constant - 0.5 * inverse.times(vector: offset).reduce(0) { $0 + $1 * $1 }
        }
    }

    /// Draws `first ..< first + count` of the model as rows: mean + `scale` F z, with z of the
    /// key's normals.
    package func rows(
        _ count: Int, times scale: Double = 1, from key: RandomKey, startingAt first: Int = 0
    ) -> Matrix {
        guard isRegular else {
            let normals = Matrix(
                rows: count, columns: rank,
                NormalDraws.array(count * rank, from: key, startingAt: first * rank))
            var rows = normals.timesTransposed(factor)
            rows.elements.withUnsafeMutableBufferPointer { shift($0, times: scale) }
            return rows
        }
        // Block by block, so that each row is finished while it is in the cache.
        let elements = [Double](unsafeUninitializedCapacity: count * dimension) { rows, filled in
            for start in stride(from: 0, to: count, by: GaussianModel.blockSize) {
                let end = min(start + GaussianModel.blockSize, count)
                let block = UnsafeMutableBufferPointer(
                    rebasing: rows[start * dimension..<end * dimension])
                NormalDraws.fill(block, from: key, startingAt: (first + start) * dimension)
                factor.multiplyAsLowerTriangular(rows: block)
                shift(block, times: scale)
            }
            filled = count * dimension
        }
        return Matrix(rows: count, columns: dimension, elements)
    }

    private static let blockSize = 128

    /// Rows x become mean + `scale` x.
    private func shift(_ rows: UnsafeMutableBufferPointer<Double>, times scale: Double) {
        mean.withUnsafeBufferPointer { mean in
            for start in stride(from: 0, to: rows.count, by: mean.count) {
                for column in mean.indices {
                    rows[start + column] = mean[column] + scale * rows[start + column]
                }
            }
        }
    }
}
