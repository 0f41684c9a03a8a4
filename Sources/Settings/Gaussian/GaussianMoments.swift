package import Compute

/// What a fit needs of weighted draws: their number by weight, their mean and their scatter about
/// it.
package struct GaussianMoments: Hashable, Sendable {
    /// The sum of the weighted outer products of the draws' distances from their mean.
    package enum Scatter: Hashable, Sendable {
        /// F with F F^T the scatter.
        case factored(Matrix, isTriangular: Bool)
        /// The scatter itself, of which the lower triangle alone is meant.
        case whole(Matrix)
    }

    /// The sum of the weights.
    package var weight: Double
    /// The sum of their squares.
    package var squaredWeight: Double
    /// The weighted mean, one value for each coordinate; 0 without draws.
    package var mean: [Double]
    /// The scatter about ``mean``, divided by no weight.
    package var scatter: Scatter

    package init(weight: Double, squaredWeight: Double, mean: [Double], scatter: Scatter) {
        self.weight = weight
        self.squaredWeight = squaredWeight
        self.mean = mean
        self.scatter = scatter
    }

    /// No draws.
    package init(dimension: Int) {
        self.init(
            weight: 0, squaredWeight: 0, mean: Array(repeating: 0, count: dimension),
            scatter: .factored(Matrix(rows: dimension, columns: 0), isTriangular: true))
    }

    /// The moments of rows, each with its weight or all with weight 1.
    ///
    /// Rows are taken block by block, so that each is read once: their distances from the first
    /// row, which is a draw of the same distribution, lose no digits that those from the mean would
    /// keep.
    package init(rows: Matrix, weights: [Double]? = nil) {
        let (count, dimension) = (rows.rows, rows.columns)
        self.init(dimension: dimension)
        let total = weights?.reduce(0, +) ?? Double(count)
        guard total > 0 else { return }
        weight = total
        squaredWeight = weights?.reduce(0) { $0 + $1 * $1 } ?? Double(count)
        let origin = Array(rows.elements[..<dimension])
        var sums = [Double](repeating: 0, count: dimension)
        if count <= dimension {
            var centred = GaussianMoments.distances(
                of: rows, 0..<count, from: origin, weights: weights, sums: &sums)
            let mean = sums.map { $0 / total }
            for row in 0..<count {
                let root = weights?[row].squareRoot() ?? 1
                for column in 0..<dimension { centred[row, column] -= root * mean[column] }
            }
            scatter = .factored(centred.transposed, isTriangular: false)
        } else {
            var whole = Matrix(rows: dimension, columns: dimension)
            for first in stride(from: 0, to: count, by: GaussianMoments.blockSize) {
                let block = first..<min(first + GaussianMoments.blockSize, count)
                whole.addToLowerTriangle(
                    gramOf: GaussianMoments.distances(
                        of: rows, block, from: origin, weights: weights, sums: &sums))
            }
            whole.addToLowerTriangle(outerProductOf: sums, times: -1 / total)
            scatter = .whole(whole)
        }
        mean = zip(origin, sums).map { $0 + $1 / total }
    }

    /// Rows of a block: enough for a product at full pace, few enough to stay in the cache.
    private static let blockSize = 128

    /// Rows less an origin, times the roots of their weights; the weighted distances are added to
    /// `sums`.
    private static func distances(
        of rows: Matrix, _ block: Range<Int>, from origin: [Double], weights: [Double]?,
        sums: inout [Double]
    ) -> Matrix {
        let dimension = rows.columns
        let size = block.count * dimension
        let elements = [Double](unsafeUninitializedCapacity: size) { distances, filled in
            rows.elements.withUnsafeBufferPointer { elements in
                for (position, row) in block.enumerated() {
                    let weight = weights?[row] ?? 1
                    let root = weight.squareRoot()
                    for column in 0..<dimension {
                        let distance = elements[row * dimension + column] - origin[column]
                        sums[column] += weight * distance
                        distances[position * dimension + column] = root * distance
                    }
                }
            }
            filled = size
        }
        return Matrix(rows: block.count, columns: dimension, elements)
    }

    /// The same draws, each with its weight multiplied.
    package func weighted(by factor: Double) -> GaussianMoments {
        guard factor > 0 else { return GaussianMoments(dimension: mean.count) }
        if factor == 1 { return self }
        var moments = self
        moments.weight *= factor
        moments.squaredWeight *= factor * factor
        switch scatter {
        case .factored(let matrix, let isTriangular):
            moments.scatter = .factored(
                matrix.multiplied(by: factor.squareRoot()), isTriangular: isTriangular)
        case .whole(let matrix): moments.scatter = .whole(matrix.multiplied(by: factor))
        }
        return moments
    }

    /// Adds other draws (Chan, Golub and LeVeque 1983).
    package mutating func merge(_ other: GaussianMoments) {
        guard other.weight > 0 else { return }
        guard weight > 0 else {
            self = other
            return
        }
        let total = weight + other.weight
        let share = other.weight / total
        let shift = zip(other.mean, mean).map { $0 - $1 }
        var whole = takeWholeScatter()
        switch other.scatter {
        case .factored(let factor, _):
            whole.addToLowerTriangle(productWithTransposeOf: factor)
        case .whole(let matrix): whole.add(matrix)
        }
        whole.addToLowerTriangle(outerProductOf: shift, times: weight * share)
        scatter = .whole(whole)
        for (index, step) in shift.enumerated() { mean[index] += share * step }
        weight = total
        squaredWeight += other.squaredWeight
    }

    /// The scatter as a matrix of which nothing else holds a copy, so that it is added to in place.
    private mutating func takeWholeScatter() -> Matrix {
        switch scatter {
        case .whole(let matrix):
            scatter = .whole(Matrix(rows: 0, columns: 0))
            return matrix
        case .factored(let factor, _):
            var whole = Matrix(rows: mean.count, columns: mean.count)
            whole.addToLowerTriangle(productWithTransposeOf: factor)
            return whole
        }
    }

    /// The model with this mean, whose covariance is the scatter divided by `denominator`; no
    /// covariance at all where that is not positive.
    package func model(denominator: Double) -> GaussianModel {
        guard denominator > 0 else {
            return GaussianModel(
                mean: mean, factor: Matrix(rows: mean.count, columns: 0), isTriangular: true)
        }
        let scale = 1 / denominator.squareRoot()
        switch scatter {
        case .factored(let factor, let isTriangular):
            return GaussianModel(
                mean: mean, factor: factor.multiplied(by: scale), isTriangular: isTriangular)
        case .whole(let matrix):
            let tolerance = matrix.semidefiniteTolerance
            if let factor = matrix.cholesky(),
                mean.indices.allSatisfy({ factor[$0, $0] * factor[$0, $0] > tolerance })
            {
                return GaussianModel(
                    mean: mean, factor: factor.multiplied(by: scale), isTriangular: true)
            }
            return GaussianModel(
                mean: mean, factor: matrix.semidefiniteFactor().multiplied(by: scale),
                isTriangular: false)
        }
    }
}
