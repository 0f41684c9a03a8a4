package import Compute

/// Independent draws of a model that have not been made: only how many, from which model and under
/// which key.
///
/// A fit needs no more of a batch than its mean and scatter, whose joint distribution is known:
/// with z ~ N(0, I/n) and W ~ Wishart(n - 1, I) independent of it, the mean is m + F z and the
/// scatter F W F^T. W is drawn through Bartlett's triangle (1933), so that n draws in d dimensions
/// cost d(d + 3)/2 random numbers instead of n d, and the factor of the next model is a product of
/// two triangles. A batch whose rows somebody wants is drawn row by row instead; the loop never
/// asks the same batch for both, because a setting makes batches only for arms that use them whole.
package struct GaussianBatch: Hashable, Sendable {
    /// The model that is drawn from.
    package var model: GaussianModel
    /// What the model's covariance is multiplied by in its draws.
    package var bias: Double
    /// The number of draws, n.
    package var count: Int
    /// The key of the normals; chi-squared draws use the key of the next index.
    package var key: RandomKey

    package init(model: GaussianModel, bias: Double, count: Int, key: RandomKey) {
        self.model = model
        self.bias = bias
        self.count = count
        self.key = key
    }

    /// The draws themselves.
    package var rows: Matrix {
        model.rows(count, times: bias.squareRoot(), from: key)
    }

    /// The mean and scatter of the draws.
    package var moments: GaussianMoments {
        let rank = model.rank
        let freedom = count - 1
        let width = min(rank, freedom)
        let below = width * (rank - width) + width * (width - 1) / 2
        let normals = NormalDraws.array(rank + below, from: key)
        var chi = RandomStream(key.at(Int(key.index) + 1))
        // A is rank x width: chi with n - 1, n - 2 ... degrees of freedom on the diagonal, normals
        // below it.
        var triangle = Matrix(rows: rank, columns: width)
        let scale = bias.squareRoot()
        triangle.elements.withUnsafeMutableBufferPointer { a in
            var next = rank
            for row in 0..<rank {
                for column in 0..<min(row, width) {
                    a[row * width + column] = scale * normals[next]
                    next += 1
                }
                if row < width {
                    let square = chi.chiSquared(degrees: freedom - row)
                    a[row * width + row] = scale * square.squareRoot()
                }
            }
        }
        let factor: Matrix
        if model.isTriangular && rank == model.dimension {
            triangle.multiplyFromLeft(byLowerTriangular: model.factor)
            factor = triangle
        } else {
            factor = model.factor.times(triangle)
        }
        let shrink = (bias / Double(count)).squareRoot()
        let offset = model.factor.times(vector: normals[..<rank].map { $0 * shrink })
        return GaussianMoments(
            weight: Double(count), squaredWeight: Double(count),
            mean: zip(model.mean, offset).map { $0 + $1 },
            scatter: .factored(factor, isTriangular: model.isTriangular))
    }
}
