package import Compute

/// Least squares with a ridge: the w that minimises |X w - y|^2 + c |w|^2, and of those the one of
/// least norm.
///
/// Where rows and columns differ by a factor of two or more, or the ridge helps, the smaller of X^T
/// X and X X^T is factored; near a square X, whose smallest singular value may be next to nothing,
/// the singular values are used.
package enum RidgeSolver {
    /// The weights for a ridge c >= 0, a column for each column of labels; a penalty lam of the
    /// mean squared error
    /// |X w - y|^2/n is c = n lam.
    package static func weights(inputs: Matrix, labels: Matrix, ridge: Double) -> Matrix {
        let (rows, columns) = (inputs.rows, inputs.columns)
        guard rows > 0 else { return Matrix(rows: columns, columns: labels.columns) }
        if ridge > 0 || isFarFromSquare(inputs) {
            let weights =
                if rows >= columns {
                    inputs.gram().solving(inputs.transposedTimes(labels), ridge: ridge)
                } else {
                    inputs.timesTransposed(inputs).solving(labels, ridge: ridge)
                        .map { inputs.transposedTimes($0) }
                }
            if let weights { return weights }
        }
        guard ridge > 0 else { return inputs.leastSquares(labels) }
        // A ridge is as many more rows, labelled 0.
        let root = Matrix.diagonal(ridge.squareRoot(), count: columns)
        let zeros = [Double](repeating: 0, count: columns * labels.columns)
        return Matrix(rows: rows + columns, columns: columns, inputs.elements + root.elements)
            .leastSquares(
                Matrix(
                    rows: rows + columns, columns: labels.columns, labels.elements + zeros))
    }

    /// The weights for one column of labels.
    package static func weights(inputs: Matrix, labels: [Double], ridge: Double) -> [Double] {
        weights(inputs: inputs, labels: .column(labels), ridge: ridge).elements
    }

    /// X^+, which gives the least-squares weights of least norm for any labels.
    package static func pseudoinverse(of inputs: Matrix) -> Matrix {
        if isFarFromSquare(inputs) {
            let inverse =
                inputs.rows >= inputs.columns
                ? inputs.gram().solving(inputs.transposed, ridge: 0)
                : inputs.timesTransposed(inputs).solving(inputs, ridge: 0)?.transposed
            if let inverse { return inverse }
        }
        return inputs.leastSquares(.diagonal(1, count: inputs.rows))
    }

    private static func isFarFromSquare(_ inputs: Matrix) -> Bool {
        inputs.rows >= 2 * inputs.columns || inputs.columns >= 2 * inputs.rows
    }

    /// The weights from X^T X and X^T y. Directions that rounding cannot tell from none are left
    /// out.
    package static func weights(gram: Matrix, products: [Double], ridge: Double) -> [Double] {
        if let weights = gram.solving(.column(products), ridge: ridge) {
            return weights.elements
        }
        let (values, vectors) = gram.symmetricEigen()
        let smallest = Double(values.count) * .ulpOfOne * (values.last ?? 0)
        let coordinates = zip(vectors.transposedTimes(vector: products), values).map {
            $1 > smallest ? $0 / ($1 + ridge) : 0
        }
        return vectors.times(vector: coordinates)
    }
}

extension Matrix {
    fileprivate static func column(_ values: [Double]) -> Matrix {
        Matrix(rows: values.count, columns: 1, values)
    }

    /// x with (a + ridge) x = b for this symmetric a; nil where a is singular and no ridge helps,
    /// or is so near to it that half of the digits would go.
    fileprivate func solving(_ b: Matrix, ridge: Double) -> Matrix? {
        guard ridge == 0 else { return addingToDiagonal(ridge).solvingPositiveDefinite(b) }
        guard let factor = cholesky() else { return nil }
        let pivots = (0..<rows).map { factor[$0, $0] * factor[$0, $0] }
        guard let least = pivots.min(), let most = pivots.max(), least > 1e-8 * most else {
            return nil
        }
        return solvingPositiveDefinite(b)
    }

    /// This square matrix plus a multiple of the identity.
    fileprivate func addingToDiagonal(_ value: Double) -> Matrix {
        guard value != 0 else { return self }
        var result = self
        for index in 0..<rows { result[index, index] += value }
        return result
    }
}
