package import Compute
import Support

/// How the noise of the regularisation is drawn: mean 0 and variance 1, as views are standardised.
package enum NoiseDistribution: String, CaseIterable, Sendable {
    case normal
    /// Between -sqrt(3) and sqrt(3).
    case uniform

    /// A matrix of noise that depends on the key alone, row by row.
    package func draws(rows: Int, columns: Int, from key: RandomKey) -> Matrix {
        let count = rows * columns
        switch self {
        case .normal:
            return Matrix(rows: rows, columns: columns, NormalDraws.array(count, from: key))
        case .uniform:
            var random = RandomStream(key)
            let limit = 3.0.squareRoot()
            return Matrix(
                rows: rows, columns: columns,
                (0..<count).map { _ in limit * (2 * random.uniform() - 1) })
        }
    }
}
