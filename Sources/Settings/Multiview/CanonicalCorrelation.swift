package import Compute

/// Rows of one view's representation, centred, with what makes their covariance the identity.
package struct WhitenedView {
    /// The rows minus their mean, (rows, columns).
    package let centred: Matrix
    /// L^-1 for the Cholesky factor L of S + r, where S is the covariance over rows - 1;
    /// (columns, columns) and lower triangular.
    package let whitening: Matrix

    /// Whitens some rows; nil where S + r is not positive definite, or where numbers are not finite.
    ///
    /// - Parameters:
    ///   - rows: At least two rows.
    ///   - ridge: r >= 0, in units of the columns' variance.
    package init?(_ rows: Matrix, ridge: Double) {
        centred = rows.minusColumnMeans()
        var covariance = centred.gram().multiplied(by: 1 / Double(rows.rows - 1))
        for index in 0..<rows.columns { covariance[index, index] += ridge }
        guard covariance.elements.allSatisfy(\.isFinite),
            let whitening = covariance.cholesky()?.lowerTriangularInverse()
        else { return nil }
        self.whitening = whitening
    }
}

/// Corr of two views: the sum of their canonical correlations, and its gradient.
///
/// T = L1^-1 S12 L2^-T has the canonical correlations as its singular values (Hotelling 1936), so
/// that Corr is T's trace norm, as in deep CCA with as many components as there are (Andrew et al.
/// 2013). The gradient is theirs, written with Cholesky factors in place of symmetric roots: with T =
/// U D V^T and n rows, that of the first view is (2 H1 G11 + H2 G12^T) / (n - 1), where
/// G12 = L1^-T U V^T L2^-1 and G11 = -1/2 L1^-T U D U^T L1^-1. No difference of singular values stands
/// in a denominator, so that equal ones do no harm.
package struct CanonicalCorrelation {
    private let first: WhitenedView
    private let second: WhitenedView
    private let decomposition: SingularDecomposition

    /// The canonical correlations, descending: 0 to 1, and with a ridge less than 1.
    package var values: [Double] { decomposition.values }
    /// Their sum.
    package var sum: Double { decomposition.values.reduce(0, +) }

    /// Of two views with as many rows; nil where numbers are too large to be finite.
    package init?(_ first: WhitenedView, _ second: WhitenedView) {
        let count = first.centred.rows
        precondition(count == second.centred.rows, "views of different rows")
        let covariance = first.centred.transposedTimes(second.centred)
            .multiplied(by: 1 / Double(count - 1))
        let whitened = first.whitening.times(covariance).timesTransposed(second.whitening)
        guard let decomposition = whitened.singularDecomposition() else { return nil }
        self.first = first
        self.second = second
        self.decomposition = decomposition
    }

    /// The gradient of ``sum`` by the rows of each view, in the views' shapes.
    package func gradients() -> (first: Matrix, second: Matrix) {
        let (left, right) = (decomposition.left, decomposition.right.transposed)
        let cross = first.whitening.transposedTimes(left)
            .timesTransposed(second.whitening.transposedTimes(right))
        let scale = 1 / Double(first.centred.rows - 1)
        var one = first.centred.times(slope(first.whitening, left))
        one.add(second.centred.timesTransposed(cross))
        var other = second.centred.times(slope(second.whitening, right))
        other.add(first.centred.times(cross))
        return (one.multiplied(by: scale), other.multiplied(by: scale))
    }

    /// 2 G11 of some whitening and singular vectors.
    private func slope(_ whitening: Matrix, _ vectors: Matrix) -> Matrix {
        let directions = whitening.transposedTimes(vectors)
        return directions.times(.diagonal(values.map { -$0 })).timesTransposed(directions)
    }
}
